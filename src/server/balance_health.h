// Asks every endpoint now and then whether it works, without a client's request.
//
// The question is GET /v1/models?limit=1: it costs nothing and shows whether the credentials are
// good. Any answer will do that is not a failure; a server that does not know the path works. An
// endpoint that works is not banned any longer, unless it asked to be left alone.
#pragma once

#include <memory>
#include <vector>

#include "server/balance_exchange.h"

namespace start_claude::server {

class BalanceHealth {
 public:
  /// What `parts` refers to must live longer.
  explicit BalanceHealth(const BalanceParts& parts) : parts_(parts) {}
  ~BalanceHealth();
  BalanceHealth(const BalanceHealth&) = delete;
  BalanceHealth& operator=(const BalanceHealth&) = delete;

  /// From now on it is these endpoints that are asked, by their set's settings.
  void watch(std::shared_ptr<const BalanceSet> set);

 private:
  class Check;

  void schedule();
  void check_all();
  void finished(Check& check);

  BalanceParts parts_;
  std::shared_ptr<const BalanceSet> set_;
  std::vector<std::shared_ptr<Check>> checks_;
  platform::EventLoop::TimerId timer_ = 0;
};

}  // namespace start_claude::server
