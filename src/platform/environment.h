// What the process was given: variables, the host's name, its own id.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace start_claude::platform {

class Environment {
 public:
  virtual ~Environment() = default;
  /// Nothing if unset or empty: an empty variable means "not given" for every variable we read.
  virtual std::optional<std::string> variable(std::string_view name) const = 0;
  virtual std::string host_name() const = 0;
  virtual int process_id() const = 0;
  /// Where relative paths begin; empty if that folder is gone.
  virtual std::string current_folder() const = 0;
};

}  // namespace start_claude::platform
