#include "platform/posix_clock.h"

#include <algorithm>

#include <time.h>

#include "platform/posix_interrupt.h"

namespace start_claude::platform {
namespace {

using std::chrono::milliseconds;

// poll() counts only the time the machine is awake; looking at the clock this often is enough to
// notice that it was suspended.
constexpr milliseconds longest_nap{30'000};
// What is left of a sleep after an interrupt: a loop that polls does not spin until it notices.
constexpr milliseconds interrupted_nap{10};

std::chrono::nanoseconds reading_of(clockid_t id) {
  timespec reading{};
  if (::clock_gettime(id, &reading) != 0) ::clock_gettime(CLOCK_MONOTONIC, &reading);
  return std::chrono::seconds{reading.tv_sec} + std::chrono::nanoseconds{reading.tv_nsec};
}

}  // namespace

PosixClock::PosixClock() { ::tzset(); }

UtcTime PosixClock::now() const {
  return UtcTime{std::chrono::floor<milliseconds>(reading_of(CLOCK_REALTIME))};
}

milliseconds PosixClock::monotonic() const {
  return std::chrono::floor<milliseconds>(reading_of(CLOCK_BOOTTIME));
}

void PosixClock::sleep_for(milliseconds duration) {
  const auto end = reading_of(CLOCK_BOOTTIME) + duration;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(end - reading_of(CLOCK_BOOTTIME));
    if (left <= left.zero()) return;
    if (wait_for({}, std::min(left, longest_nap)) != WaitOutcome::interrupted) continue;
    const auto nap = std::chrono::nanoseconds{std::min(left, interrupted_nap)};
    const timespec rest{.tv_sec = 0, .tv_nsec = static_cast<long>(nap.count())};
    ::nanosleep(&rest, nullptr);
    return;
  }
}

std::chrono::minutes PosixClock::utc_offset(UtcTime time) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch());
  const auto count = static_cast<time_t>(seconds.count());
  tm local{};
  if (::localtime_r(&count, &local) == nullptr) return std::chrono::minutes{0};
  return std::chrono::floor<std::chrono::minutes>(std::chrono::seconds{local.tm_gmtoff});
}

}  // namespace start_claude::platform
