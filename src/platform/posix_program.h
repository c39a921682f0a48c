// Programs run by fork and exec.
#pragma once

#include "platform/program.h"

namespace start_claude::platform {

class PosixPrograms final : public Programs {
 public:
  ProgramResult run(const ProgramRequest& request) override;
};

}  // namespace start_claude::platform
