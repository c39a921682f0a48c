// settings.balanceMode: how requests are spread over the profiles.
//
// The members are those of the other writer of this format (strategy, healthCheck, failedEndpoint,
// speedFirst); `timeouts` is ours. What is absent has its default.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace start_claude::config {

enum class BalanceStrategy {
  fallback,     ///< by `order`, round robin among equals
  polling,      ///< round robin
  speed_first,  ///< by mean time to the first byte
};

struct BalanceSettings {
  BalanceStrategy strategy = BalanceStrategy::fallback;

  bool checks_health = true;
  std::chrono::milliseconds health_interval{30'000};
  /// How long a profile that failed is left alone.
  std::chrono::seconds ban{300};

  /// For speed_first: answers older than this do not count, and fewer than this are too few.
  std::chrono::milliseconds response_time_window{300'000};
  std::size_t samples_min = 2;

  std::chrono::milliseconds connect_timeout{10'000};
  /// From the request to the first byte of the answer: an answer that does not stream comes whole.
  std::chrono::milliseconds first_byte_timeout{600'000};
  /// Between two pieces of an answer.
  std::chrono::milliseconds stall_timeout{300'000};

  bool operator==(const BalanceSettings&) const = default;
};

/// The settings in a document's settings.balanceMode. An error of kind invalid_data names the
/// first member that cannot be what it should be. Numbers outside of what makes sense are brought
/// to the nearer end.
Result<BalanceSettings> balance_settings_from(const json::Value& document);

/// "fallback", "polling", "speed-first": as on the command line.
std::string_view format_strategy(BalanceStrategy strategy);
/// Any of those, and "Speed First" as settings have it; case, blanks and dashes do not count.
std::optional<BalanceStrategy> parse_strategy(std::string_view text);

}  // namespace start_claude::config
