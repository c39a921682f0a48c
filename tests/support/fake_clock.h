// A clock that stands still until told otherwise, and may be wrong as real ones are.
//
// True time and skew are separate: several FakeClocks that are advanced together keep one true time
// while each shows its own.
#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include "platform/clock.h"

namespace start_claude::support {

class FakeClock final : public platform::Clock {
 public:
  /// Called by sleep_for after the time has passed, so that others can act "meanwhile".
  std::function<void(std::chrono::milliseconds slept)> after_sleep;

  FakeClock() = default;
  explicit FakeClock(UtcTime true_time) : true_time_(true_time) {}

  UtcTime now() const override { return true_time_ + skew_; }
  std::chrono::milliseconds monotonic() const override { return monotonic_; }
  void sleep_for(std::chrono::milliseconds duration) override {
    sleeps_.push_back(duration);
    advance(duration);
    if (after_sleep) after_sleep(duration);
  }
  std::chrono::minutes utc_offset(UtcTime) const override { return utc_offset_; }

  /// Time passes, for the wall clock and the monotonic one. Not backwards.
  void advance(std::chrono::milliseconds duration) {
    true_time_ += duration;
    monotonic_ += duration;
  }
  /// The wall clock jumps, as when someone sets it; no time passes.
  void set_now(UtcTime time) { true_time_ = time - skew_; }
  /// From now on now() is that much ahead of the true time (behind, if negative).
  void set_skew(std::chrono::milliseconds skew) { skew_ = skew; }
  void set_utc_offset(std::chrono::minutes offset) { utc_offset_ = offset; }

  UtcTime true_time() const { return true_time_; }
  /// Every duration slept so far, in order.
  const std::vector<std::chrono::milliseconds>& sleeps() const { return sleeps_; }

 private:
  /// 2026-11-22T08:14:03.000Z, the moment most tests are set in.
  UtcTime true_time_{std::chrono::milliseconds{1'795'335'243'000}};
  std::chrono::milliseconds monotonic_{1'000'000};
  std::chrono::milliseconds skew_{0};
  std::chrono::minutes utc_offset_{0};
  std::vector<std::chrono::milliseconds> sleeps_;
};

}  // namespace start_claude::support
