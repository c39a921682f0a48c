#include "server/balance_selection.h"

#include <algorithm>
#include <numeric>

#include "base/text.h"

namespace start_claude::server {
namespace {

using Indices = std::vector<std::size_t>;

/// More than these add nothing to a mean that chooses between endpoints.
constexpr std::size_t samples_max = 1000;
constexpr std::chrono::seconds retry_after_max = std::chrono::hours(24);

template <class Predicate>
Indices indices_where(const std::vector<Candidate>& candidates, Predicate predicate) {
  Indices indices;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (predicate(candidates[i])) indices.push_back(i);
  }
  return indices;
}

/// The first of the least by `key`. Precondition: `indices` is not empty.
template <class Key>
std::size_t least_of(const Indices& indices, Key key) {
  return *std::min_element(indices.begin(), indices.end(),
                           [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
}

std::size_t longest_without_turn(const std::vector<Candidate>& candidates, const Indices& indices) {
  return least_of(indices, [&](std::size_t i) { return candidates[i].history->last_turn; });
}

std::size_t by_order(const std::vector<Candidate>& candidates, const Indices& indices) {
  return least_of(indices, [&](std::size_t i) {
    return std::pair(candidates[i].order, candidates[i].history->last_turn);
  });
}

std::size_t by_speed(const std::vector<Candidate>& candidates, const Indices& indices,
                     const SelectionRules& rules, Instant now) {
  const auto mean = [&](std::size_t i) {
    return mean_first_byte(*candidates[i].history, rules, now);
  };
  Indices measured;
  Indices wanting;  // nobody is about to measure them
  for (const std::size_t i : indices) {
    const EndpointHistory& history = *candidates[i].history;
    if (mean(i)) {
      measured.push_back(i);
    } else if (history.unanswered < rules.samples_min) {
      wanting.push_back(i);
    }
  }
  if (!wanting.empty()) return longest_without_turn(candidates, wanting);
  if (measured.empty()) return longest_without_turn(candidates, indices);
  return least_of(measured, [&](std::size_t i) {
    return std::pair(*mean(i), candidates[i].history->last_turn);
  });
}

std::size_t by_strategy(const std::vector<Candidate>& candidates, const Indices& indices,
                        const SelectionRules& rules, Instant now) {
  switch (rules.strategy) {
    case config::BalanceStrategy::fallback: return by_order(candidates, indices);
    case config::BalanceStrategy::polling: return longest_without_turn(candidates, indices);
    case config::BalanceStrategy::speed_first: return by_speed(candidates, indices, rules, now);
  }
  return indices.front();
}

}  // namespace

Choice select(const std::vector<Candidate>& candidates, const SelectionRules& rules, Instant now) {
  const Indices well = indices_where(candidates, [now](const Candidate& candidate) {
    return !candidate.was_tried && !candidate.history->is_banned(now);
  });
  if (!well.empty()) return Use{by_strategy(candidates, well, rules, now)};
  const auto banned_for = [&](BanReason reason) {
    return indices_where(candidates, [now, reason](const Candidate& candidate) {
      return !candidate.was_tried && candidate.history->is_banned(now) &&
             candidate.history->ban->reason == reason;
    });
  };
  const auto ban_end = [&](std::size_t i) { return candidates[i].history->ban->until; };
  const Indices failed = banned_for(BanReason::failed);
  if (!failed.empty()) return Use{least_of(failed, ban_end), true};
  const Indices asked = banned_for(BanReason::was_asked);
  if (!asked.empty()) return Wait{ban_end(least_of(asked, ban_end))};
  return NoneLeft{};
}

std::size_t first_byte_count(const EndpointHistory& history, const SelectionRules& rules,
                             Instant now) {
  const auto& samples = history.first_bytes;
  return static_cast<std::size_t>(std::count_if(
      samples.begin(), samples.end(),
      [&](const FirstByte& sample) { return now - sample.at <= rules.response_time_window; }));
}

std::optional<std::chrono::microseconds> mean_first_byte(const EndpointHistory& history,
                                                         const SelectionRules& rules, Instant now) {
  std::chrono::microseconds sum{};
  long long count = 0;
  for (const FirstByte& sample : history.first_bytes) {
    if (now - sample.at > rules.response_time_window) continue;
    sum += sample.took;
    ++count;
  }
  if (count == 0 || count < static_cast<long long>(rules.samples_min)) return std::nullopt;
  return sum / count;
}

void add_first_byte(EndpointHistory& history, FirstByte sample,
                    std::chrono::milliseconds response_time_window) {
  auto& samples = history.first_bytes;
  std::erase_if(samples,
                [&](const FirstByte& old) { return sample.at - old.at > response_time_window; });
  if (samples.size() >= samples_max) samples.erase(samples.begin());
  samples.push_back(sample);
}

std::optional<std::chrono::seconds> parse_retry_after(std::string_view value, UtcTime now) {
  const std::string_view text = base::trim(value);
  if (!text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos) {
    const auto seconds = base::parse_unsigned(text);
    const auto most = static_cast<std::uint64_t>(retry_after_max.count());
    return std::chrono::seconds(seconds ? std::min(*seconds, most) : most);
  }
  const auto date = base::parse_time(text);
  if (!date) return std::nullopt;
  const auto wait = std::chrono::ceil<std::chrono::seconds>(*date - now);
  return std::clamp(wait, std::chrono::seconds(0), retry_after_max);
}

}  // namespace start_claude::server
