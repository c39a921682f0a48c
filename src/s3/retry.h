// When to send a request again, and how long to wait first. Pure: no clock, no sleeping.
//
// Exponential backoff with full jitter ("Exponential Backoff And Jitter", AWS Architecture Blog,
// 2015), Retry-After as a lower bound (RFC 9110 section 10.2.3), a number of attempts and a total
// deadline.
#pragma once

#include <chrono>
#include <optional>

#include "http/transport.h"
#include "platform/random.h"

namespace start_claude::s3 {

struct RetryLimits {
  int attempts_max = 4;
  /// The first pause is uniform in [0, this], each further range twice as wide. With three pauses
  /// a store that takes one write a second to a key (Cloudflare R2) is usually waited out.
  std::chrono::milliseconds first_pause_max{500};
  std::chrono::milliseconds pause_max{5'000};
};

/// Where a call stands when an attempt has failed.
struct CallProgress {
  int attempts = 1;                        ///< made so far
  std::chrono::milliseconds remaining{0};  ///< until the deadline
};

/// True for failures that another attempt may mend: lost, cut off, timed out, not connected.
bool is_transient(http::FailureKind kind);

/// The server's Retry-After in seconds or as a date (then counted from the reply's own Date); never
/// negative, nothing if there is none.
std::optional<std::chrono::milliseconds> retry_after(const http::Response& response);

/// The pause before the next attempt, or nothing: give up, because the attempts are used up or the
/// pause would not end before the deadline. `at_least` is what the server asked for.
std::optional<std::chrono::milliseconds> retry_delay(
    const CallProgress& progress, std::optional<std::chrono::milliseconds> at_least,
    platform::Random& random, const RetryLimits& limits = {});

/// How long the next attempt may take: half of what remains, so that a silent connection leaves
/// time for another one; all of it for the last attempt.
std::chrono::milliseconds attempt_timeout(const CallProgress& before,
                                          const RetryLimits& limits = {});

}  // namespace start_claude::s3
