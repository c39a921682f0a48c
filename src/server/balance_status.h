// What GET /__status says, as JSON: which endpoints there are and how they do. No secrets.
#pragma once

#include <string>

#include "base/time.h"
#include "json/value.h"
#include "server/balance_ledger.h"
#include "server/balance_set.h"

namespace start_claude::server {

struct BalanceCounts {
  std::size_t open_connections = 0;
  std::size_t active_requests = 0;
};

struct BalanceTimes {
  UtcTime started;
  UtcTime loaded;  ///< when the set was read
  UtcTime now;
  Instant now_by_loop{};
};

/// One object; its members are described in docs/balance.md.
json::Value status_of(const BalanceSet& set, const BalanceLedger& ledger,
                      const BalanceCounts& counts, const BalanceTimes& times);

}  // namespace start_claude::server
