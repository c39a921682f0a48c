// What `balance` says while it runs, in words.
#pragma once

#include <string>
#include <vector>

#include "server/balance_ledger.h"
#include "server/balance_set.h"

namespace start_claude::cli {

/// "production: left alone for 5 min: status 503", "production: works again".
std::string format_state_change(const server::StateChange& change);

/// "3 profiles (fallback): production, staging, spare"
std::string format_set(const server::BalanceSet& set);

/// What should be known of a set before anything is sent: who is left out, and whose credentials
/// would be readable on the way.
std::vector<std::string> warnings_about(const server::BalanceSet& set);

/// True if both say and do the same, so that a reload is no news.
bool is_same_set(const server::BalanceSet& a, const server::BalanceSet& b);

}  // namespace start_claude::cli
