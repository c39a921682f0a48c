// What became of the requests to each endpoint: turns, speed, bans. Kept over reloads, for as long
// as nothing about the endpoint changed.
//
// Tells every change of state once. Time is handed in.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "server/balance_selection.h"
#include "server/balance_set.h"

namespace start_claude::server {

struct EndpointRecord {
  EndpointHistory history;
  std::uint64_t requests = 0;  ///< attempts, health checks not counted
  std::uint64_t failures = 0;
};

/// An endpoint got another state.
struct StateChange {
  std::string name;
  bool is_banned = false;
  std::chrono::seconds banned_for{};  ///< if it is
  std::string words = {};             ///< why, if it is
};

class BalanceLedger {
 public:
  using Report = std::function<void(const StateChange&)>;
  explicit BalanceLedger(Report report) : report_(std::move(report)) {}

  /// Forgets endpoints that are not in `set`, unless they have requests on their way.
  void keep_only(const BalanceSet& set);

  /// Where a request goes that was tried at the endpoints of those indices.
  Choice choose(const BalanceSet& set, const std::vector<std::size_t>& tried, Instant now) const;

  /// A request goes out; one of answered(), failed() and gave_up() follows.
  void began(const BalanceEndpoint& endpoint);
  /// Its answer began.
  void answered(const BalanceEndpoint& endpoint, FirstByte first_byte, const BalanceSet& set);
  /// It failed before its answer began, or with an answer that is a failure.
  void failed(const BalanceEndpoint& endpoint);
  /// Its answer began well and was cut off.
  void broke_off(const BalanceEndpoint& endpoint) { ++entry(endpoint).failures; }
  /// Nobody wants to know any more.
  void gave_up(const BalanceEndpoint& endpoint);

  void ban(const BalanceEndpoint& endpoint, Ban ban, Instant now);
  /// It works: whatever it was banned for is over.
  void lift_ban(const BalanceEndpoint& endpoint);
  /// Tells which bans have ended by now, and when the next one does.
  std::optional<Instant> end_bans(Instant now);

  /// The record of an endpoint; an empty one if there is none yet.
  const EndpointRecord& record(const BalanceEndpoint& endpoint) const;

 private:
  struct Entry {
    std::string name;
    EndpointRecord record;
  };
  EndpointRecord& entry(const BalanceEndpoint& endpoint);

  Report report_;
  std::map<std::string, Entry, std::less<>> entries_;  ///< by identity
  std::uint64_t last_turn_ = 0;
};

}  // namespace start_claude::server
