#include "sync/edit_time.h"

#include <chrono>

namespace start_claude::sync {
namespace {

/// Below this a measured skew is the Date header's one-second resolution.
constexpr std::chrono::milliseconds skew_noticed_min{2'000};

}  // namespace

resolve::TimeTrust MeasuredClock::trust() const {
  const bool trusted = !skew || std::chrono::abs(*skew) <= resolve::skew_trusted_max;
  return trusted ? resolve::TimeTrust::trusted : resolve::TimeTrust::untrusted;
}

UtcTime MeasuredClock::at_server(UtcTime local) const {
  if (!skew || std::chrono::abs(*skew) < skew_noticed_min) return local;
  return local + *skew;
}

std::optional<UtcTime> edit_time(UtcTime modified, const MeasuredClock& clock) {
  const auto known = base::plausible(modified, clock.now);
  if (!known) return std::nullopt;
  return clock.at_server(*known);
}

std::optional<UtcTime> stated_time(UtcTime modified, const MeasuredClock& clock,
                                   std::optional<UtcTime> made_over) {
  if (clock.trust() == resolve::TimeTrust::untrusted) return std::nullopt;
  const auto known = edit_time(modified, clock);
  if (known && made_over && !clock.skew && *known < *made_over - resolve::skew_trusted_max) {
    return std::nullopt;
  }
  return known;
}

}  // namespace start_claude::sync
