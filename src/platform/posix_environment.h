// The process's own variables, host name and id.
#pragma once

#include "platform/environment.h"

namespace start_claude::platform {

class PosixEnvironment final : public Environment {
 public:
  std::optional<std::string> variable(std::string_view name) const override;
  std::string host_name() const override;
  int process_id() const override;
  std::string current_folder() const override;
};

}  // namespace start_claude::platform
