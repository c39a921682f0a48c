// Which endpoint gets the next request: a pure function of endpoints, history and time.
//
// Round robin is "the one whose last turn is longest ago", so there is no cursor beside the
// history, and a change of the set moves nobody's turn. Nothing in here asks what time it is: times
// are those of a monotonic clock, handed in.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.h"
#include "config/balance_settings.h"

namespace start_claude::server {

/// A point in time, by a clock that never goes back.
using Instant = std::chrono::milliseconds;

enum class BanReason {
  failed,     ///< it could not be reached, or answered with an error
  was_asked,  ///< it said how long it wants to be left alone (Retry-After)
};

struct Ban {
  Instant until{};  ///< over once it is this late
  BanReason reason = BanReason::failed;
  std::string words = {};  ///< for people, no secrets: "status 503"
};

/// How long one answer took to begin.
struct FirstByte {
  Instant at{};
  std::chrono::milliseconds took{};
};

/// What is known of one endpoint.
struct EndpointHistory {
  std::uint64_t last_turn = 0;  ///< higher is later; 0 if it never had one
  std::size_t unanswered = 0;   ///< requests on their way whose answer has not begun
  std::vector<FirstByte> first_bytes = {};
  std::optional<Ban> ban = {};

  bool is_banned(Instant now) const { return ban && now < ban->until; }
};

struct Candidate {
  long long order = 0;
  const EndpointHistory* history = nullptr;
  bool was_tried = false;  ///< by this request
};

struct SelectionRules {
  config::BalanceStrategy strategy = config::BalanceStrategy::fallback;
  std::chrono::milliseconds response_time_window{300'000};
  std::size_t samples_min = 2;
};

/// Send it there.
struct Use {
  std::size_t index = 0;
  bool despite_ban = false;  ///< every other one failed as well
  bool operator==(const Use&) const = default;
};
/// All that are left asked to be left alone; the first of them until then.
struct Wait {
  Instant until{};
  bool operator==(const Wait&) const = default;
};
/// There is none, or this request tried them all.
struct NoneLeft {
  bool operator==(const NoneLeft&) const = default;
};
using Choice = std::variant<Use, Wait, NoneLeft>;

/// Endpoints that failed are chosen only if no other is left, the one whose ban ends first before
/// the others: a network that was down for a moment must not cost five minutes. Those that asked to
/// be left alone are left alone. With speed_first, endpoints that have not been measured get the
/// requests that are needed to measure them.
Choice select(const std::vector<Candidate>& candidates, const SelectionRules& rules, Instant now);

/// How many samples there are in the window.
std::size_t first_byte_count(const EndpointHistory& history, const SelectionRules& rules,
                             Instant now);
/// The mean over the window; nothing with fewer samples than are needed.
std::optional<std::chrono::microseconds> mean_first_byte(const EndpointHistory& history,
                                                         const SelectionRules& rules, Instant now);

/// Adds a sample and forgets those that are too old or too many to count.
void add_first_byte(EndpointHistory& history, FirstByte sample,
                    std::chrono::milliseconds response_time_window);

/// How long `value`, a Retry-After (RFC 9110 section 10.2.3), asks to wait: seconds, or a date.
/// Nothing if it is neither; a day at most.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value, UtcTime now);

}  // namespace start_claude::server
