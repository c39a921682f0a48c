#include "server/balance_status.h"

#include "base/text.h"

namespace start_claude::server {
namespace {

json::Value count(std::uint64_t number) {
  return json::Value::integer(static_cast<long long>(number));
}

/// With one decimal; in integers, because the standard library's way from a double to text is
/// 120 KB of the static binary.
json::Value milliseconds(std::chrono::microseconds time) {
  const auto tenths = (time.count() + 50) / 100;
  return json::Number{std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10)};
}

json::Value status_of_endpoint(const BalanceEndpoint& endpoint, const EndpointRecord& record,
                               const SelectionRules& rules, const BalanceTimes& times) {
  const EndpointHistory& history = record.history;
  const bool is_banned = history.is_banned(times.now_by_loop);
  json::Object object{{"name", endpoint.name()},
                      {"host", base::printable(endpoint.authority())},
                      {"order", json::Value::integer(endpoint.order())},
                      {"state", is_banned ? "banned" : "well"},
                      {"requests", count(record.requests)},
                      {"failures", count(record.failures)},
                      {"unanswered", count(history.unanswered)},
                      {"samples", count(first_byte_count(history, rules, times.now_by_loop))}};
  if (const auto mean = mean_first_byte(history, rules, times.now_by_loop)) {
    object.set("meanFirstByteMs", milliseconds(*mean));
  }
  if (is_banned) {
    const auto left = history.ban->until - times.now_by_loop;
    // In whole seconds, so that it is the same however often it is asked for.
    object.set("bannedUntil",
               base::format_rfc3339(std::chrono::round<std::chrono::seconds>(times.now + left)));
    object.set("reason", base::printable(history.ban->words));
  }
  return object;
}

}  // namespace

json::Value status_of(const BalanceSet& set, const BalanceLedger& ledger,
                      const BalanceCounts& counts, const BalanceTimes& times) {
  json::Array endpoints;
  for (const auto& endpoint : set.endpoints) {
    endpoints.push_back(
        status_of_endpoint(*endpoint, ledger.record(*endpoint), set.rules(), times));
  }
  json::Array skipped;
  for (const auto& [name, reason] : set.skipped) {
    skipped.push_back(
        json::Object{{"name", base::printable(name)}, {"reason", base::printable(reason)}});
  }
  return json::Object{{"command", "balance"},
                      {"strategy", config::format_strategy(set.settings.strategy)},
                      {"started", base::format_rfc3339(times.started)},
                      {"loaded", base::format_rfc3339(times.loaded)},
                      {"connections", count(counts.open_connections)},
                      {"activeRequests", count(counts.active_requests)},
                      {"healthChecks", set.settings.checks_health},
                      {"endpoints", std::move(endpoints)},
                      {"skipped", std::move(skipped)}};
}

}  // namespace start_claude::server
