// The kernel's randomness, good enough for tokens and keys.
#pragma once

#include "platform/random.h"

namespace start_claude::platform {

class PosixRandom final : public Random {
 public:
  /// Ends the process if the kernel has no randomness to give: a guessable token is worse.
  std::uint64_t next() override;
};

}  // namespace start_claude::platform
