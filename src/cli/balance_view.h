// What a running `balance` says of its endpoints, for the manager's page.
//
// The process is found by balance.json and asked at 127.0.0.1, never through a proxy, with the
// token that is in that file. A file that a process left behind when it crashed is as good as none.
#pragma once

#include "cli/host.h"
#include "json/value.h"
#include "sync/paths.h"

namespace start_claude::cli {

/// GET /api/balance of docs/manager-api.md. Waits a second at most; never fails: what does not
/// answer is not running.
json::Value view_of_balance(const Host& host, const sync::Paths& paths);

}  // namespace start_claude::cli
