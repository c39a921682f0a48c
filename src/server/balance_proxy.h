// The local proxy that spreads requests over endpoints: listens on 127.0.0.1, serves in one thread.
//
// bind(), replace() a set, then serve() in the thread of your choice. A set can be replaced at any
// time from any thread: requests that begin afterwards work on the new one, others finish on
// theirs.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/result.h"
#include "base/secret.h"
#include "platform/clock.h"
#include "server/balance_connection.h"
#include "server/balance_ledger.h"
#include "server/balance_set.h"

namespace start_claude::server {

struct BalanceProxyOptions {
  /// What clients must bring, as x-api-key or as bearer token.
  Secret token;
  /// The roots that connections to endpoints trust; nothing means the system's.
  std::optional<std::string> ca_file = {};
  BalanceLimits limits = {};
  /// Called in the serving thread.
  BalanceLedger::Report report = [](const StateChange&) {};
};

class BalanceProxy {
 public:
  /// The clock must live longer and be thread-safe.
  BalanceProxy(const platform::Clock& clock, BalanceProxyOptions options);
  /// Precondition: serve() is not running.
  ~BalanceProxy();
  BalanceProxy(const BalanceProxy&) = delete;
  BalanceProxy& operator=(const BalanceProxy&) = delete;

  /// 0 takes any free port. The error is of kind `unreachable`.
  Result<base::Done> bind(std::uint16_t port);
  std::uint16_t bound_port() const;

  /// From any thread.
  void replace(std::shared_ptr<const BalanceSet> set);
  /// Until stop().
  void serve();
  /// From any thread. Requests that are being answered are cut off.
  void stop();

 private:
  class Service;
  std::unique_ptr<Service> service_;
};

}  // namespace start_claude::server
