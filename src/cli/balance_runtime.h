// balance.json: where a running `balance` is, for programs of the same user that want its status.
//
//   {"version": 1, "pid": 4711, "url": "http://127.0.0.1:2333", "port": 2333, "token": "..."}
//
// Mode 0600, beside s3-state.json, removed at the end; the process may be gone all the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "cli/host.h"
#include "sync/paths.h"

namespace start_claude::cli {

struct BalanceRuntime {
  int process = 0;
  std::uint16_t port = 0;
  Secret token;
};

/// Of several processes the last one is in the file.
Result<base::Done> write_balance_runtime(Host& host, const sync::Paths& paths,
                                         const BalanceRuntime& runtime);
/// Nothing happens if the file is another process's by now.
void remove_balance_runtime(Host& host, const sync::Paths& paths, const BalanceRuntime& runtime);

/// What the file says; nothing without one, or if others than its user may read or write it.
std::optional<BalanceRuntime> read_balance_runtime(const Host& host, const sync::Paths& paths);

/// What it says where clients find the proxy: "http://127.0.0.1:2333".
std::string balance_url(std::uint16_t port);

}  // namespace start_claude::cli
