#include "s3/retry.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"

namespace start_claude::s3 {

using std::chrono::milliseconds;

bool is_transient(http::FailureKind kind) {
  switch (kind) {
    case http::FailureKind::not_connected:
    case http::FailureKind::timed_out:
    case http::FailureKind::connection_lost:
    case http::FailureKind::malformed_response: return true;
    case http::FailureKind::name_not_resolved:
    case http::FailureKind::tls_not_trusted:
    case http::FailureKind::tls_too_old:
    case http::FailureKind::tls_failed:
    case http::FailureKind::too_large:
    case http::FailureKind::proxy_denied:
    case http::FailureKind::proxy_failed: return false;
  }
  return false;
}

std::optional<milliseconds> retry_after(const http::Response& response) {
  const auto value = response.headers.find("retry-after");
  if (!value) return std::nullopt;
  constexpr std::uint64_t seconds_max = 24 * 60 * 60;
  if (const auto seconds = base::parse_unsigned(base::trim(*value))) {
    return std::chrono::seconds{std::min(*seconds, seconds_max)};
  }
  const auto then = base::parse_time(base::trim(*value));
  const auto now = base::parse_time(response.headers.find("date").value_or(""));
  if (!then || !now) return std::nullopt;
  return std::max(*then - *now, milliseconds{0});
}

std::optional<milliseconds> retry_delay(const CallProgress& progress,
                                        std::optional<milliseconds> at_least,
                                        platform::Random& random, const RetryLimits& limits) {
  if (progress.attempts >= limits.attempts_max) return std::nullopt;
  milliseconds range = limits.first_pause_max;
  for (int i = 1; i < progress.attempts && range < limits.pause_max; ++i) range *= 2;
  range = std::min(range, limits.pause_max);
  const milliseconds jitter{random.below(static_cast<std::uint64_t>(range.count()) + 1)};
  const milliseconds delay = at_least.value_or(milliseconds{0}) + jitter;
  if (delay >= progress.remaining) return std::nullopt;
  return delay;
}

milliseconds attempt_timeout(const CallProgress& before, const RetryLimits& limits) {
  if (before.attempts + 1 >= limits.attempts_max) return before.remaining;
  return std::max(before.remaining / 2, milliseconds{1});
}

}  // namespace start_claude::s3
