// Time, as a thing that is handed in.
#pragma once

#include <chrono>

#include "base/time.h"

namespace start_claude::platform {

class Clock {
 public:
  virtual ~Clock() = default;
  /// The wall clock of this machine. It may be wrong, and it may jump.
  virtual UtcTime now() const = 0;
  /// Never goes back; its zero means nothing. For durations and deadlines.
  virtual std::chrono::milliseconds monotonic() const = 0;
  /// May end early, for an interrupt only.
  virtual void sleep_for(std::chrono::milliseconds duration) = 0;
  /// Local time minus UTC at `time`, by this machine's time zone.
  virtual std::chrono::minutes utc_offset(UtcTime time) const = 0;
};

}  // namespace start_claude::platform
