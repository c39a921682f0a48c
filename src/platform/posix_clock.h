// The clocks and the time zone of this machine.
#pragma once

#include "platform/clock.h"

namespace start_claude::platform {

class PosixClock final : public Clock {
 public:
  /// Reads the time zone (TZ, else /etc/localtime), once.
  PosixClock();
  UtcTime now() const override;
  /// Goes on while the machine sleeps, so that a laptop that wakes up sees its deadlines passed.
  std::chrono::milliseconds monotonic() const override;
  void sleep_for(std::chrono::milliseconds duration) override;
  std::chrono::minutes utc_offset(UtcTime time) const override;
};

}  // namespace start_claude::platform
