#include "server/balance_ledger.h"

#include <algorithm>
#include <utility>

namespace start_claude::server {

EndpointRecord& BalanceLedger::entry(const BalanceEndpoint& endpoint) {
  Entry& entry = entries_[endpoint.identity()];
  entry.name = endpoint.name();
  return entry.record;
}

const EndpointRecord& BalanceLedger::record(const BalanceEndpoint& endpoint) const {
  static const EndpointRecord none;
  const auto found = entries_.find(endpoint.identity());
  return found == entries_.end() ? none : found->second.record;
}

void BalanceLedger::keep_only(const BalanceSet& set) {
  std::erase_if(entries_, [&set](const auto& item) {
    const auto& endpoints = set.endpoints;
    const bool stays =
        std::any_of(endpoints.begin(), endpoints.end(),
                    [&item](const auto& endpoint) { return endpoint->identity() == item.first; });
    return !stays && item.second.record.history.unanswered == 0;
  });
}

Choice BalanceLedger::choose(const BalanceSet& set, const std::vector<std::size_t>& tried,
                             Instant now) const {
  std::vector<Candidate> candidates;
  candidates.reserve(set.endpoints.size());
  for (const auto& endpoint : set.endpoints) {
    candidates.push_back({.order = endpoint->order(), .history = &record(*endpoint).history});
  }
  for (const std::size_t index : tried) candidates[index].was_tried = true;
  return select(candidates, set.rules(), now);
}

void BalanceLedger::began(const BalanceEndpoint& endpoint) {
  EndpointRecord& record = entry(endpoint);
  record.history.last_turn = ++last_turn_;
  ++record.history.unanswered;
  ++record.requests;
}

void BalanceLedger::answered(const BalanceEndpoint& endpoint, FirstByte first_byte,
                             const BalanceSet& set) {
  gave_up(endpoint);
  add_first_byte(entry(endpoint).history, first_byte, set.settings.response_time_window);
}

void BalanceLedger::failed(const BalanceEndpoint& endpoint) {
  gave_up(endpoint);
  ++entry(endpoint).failures;
}

void BalanceLedger::gave_up(const BalanceEndpoint& endpoint) {
  std::size_t& unanswered = entry(endpoint).history.unanswered;
  if (unanswered > 0) --unanswered;
}

void BalanceLedger::ban(const BalanceEndpoint& endpoint, Ban ban, Instant now) {
  EndpointHistory& history = entry(endpoint).history;
  const bool was_banned = history.is_banned(now);
  // Requests that were on their way at the same time fail for the same reason: one is news.
  if (was_banned && history.ban->until >= ban.until) return;
  const auto banned_for = std::chrono::ceil<std::chrono::seconds>(ban.until - now);
  const StateChange change{endpoint.name(), true, banned_for, ban.words};
  history.ban = std::move(ban);
  if (!was_banned) report_(change);
}

void BalanceLedger::lift_ban(const BalanceEndpoint& endpoint) {
  std::optional<Ban>& ban = entry(endpoint).history.ban;
  if (!ban) return;
  ban.reset();
  report_({endpoint.name()});
}

std::optional<Instant> BalanceLedger::end_bans(Instant now) {
  std::optional<Instant> next;
  for (auto& [identity, entry] : entries_) {
    std::optional<Ban>& ban = entry.record.history.ban;
    if (!ban) continue;
    if (ban->until <= now) {
      ban.reset();
      report_({entry.name});
    } else {
      next = next ? std::min(*next, ban->until) : ban->until;
    }
  }
  return next;
}

}  // namespace start_claude::server
