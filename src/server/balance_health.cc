#include "server/balance_health.h"

#include <algorithm>
#include <utility>

namespace start_claude::server {
namespace {

/// A health check that has no answer by then has failed.
constexpr std::chrono::milliseconds answer_timeout{10'000};

ClientRequest question() {
  ClientRequest request;
  request.head.method = "GET";
  request.head.uri.path = "/v1/models";
  request.head.uri.query = "limit=1";
  request.head.headers = {{"anthropic-version", "2023-06-01"}, {"Accept", "application/json"}};
  return request;
}

}  // namespace

/// One question to one endpoint.
class BalanceHealth::Check final : public http::StreamHandler {
 public:
  Check(BalanceHealth& health, std::shared_ptr<const BalanceSet> set,
        const BalanceEndpoint& endpoint)
      : health_(health), set_(std::move(set)), endpoint_(endpoint) {
    auto& parts = health_.parts_;
    stream_ = parts.client.start(endpoint_.request_for(question(), set_->settings.connect_timeout),
                                 *this);
    timer_ = parts.loop.call_after(answer_timeout, [this] {
      timer_ = 0;
      on_end(http::Failure{http::FailureKind::timed_out, "no answer to a health check"});
    });
  }
  ~Check() override {
    health_.parts_.loop.cancel(timer_);
    health_.parts_.client.cancel(stream_);
  }
  Check(const Check&) = delete;
  Check& operator=(const Check&) = delete;

  Flow on_head(const http::StreamHead& head) override {
    status_ = head.status;
    return Flow::more;
  }
  // Read to its end, so that the connection is there for the next request.
  Flow on_body(std::string_view) override { return Flow::more; }
  void on_end(const std::optional<http::Failure>& failure) override {
    if (failure) {
      ban("health check: " + failure->reason);
    } else if (is_endpoint_failure(status_)) {
      ban("health check: status " + std::to_string(status_));
    } else {
      recover();
    }
    health_.finished(*this);
  }

 private:
  void ban(std::string words) {
    const Instant now = health_.parts_.loop.now();
    health_.parts_.ledger.ban(endpoint_,
                              {now + set_->settings.ban, BanReason::failed, std::move(words)}, now);
  }
  void recover() {
    const auto& known = health_.parts_.ledger.record(endpoint_).history.ban;
    if (known && known->reason == BanReason::failed) health_.parts_.ledger.lift_ban(endpoint_);
  }

  BalanceHealth& health_;
  std::shared_ptr<const BalanceSet> set_;
  const BalanceEndpoint& endpoint_;  ///< of set_
  int status_ = 0;
  http::StreamClient::StreamId stream_ = 0;
  platform::EventLoop::TimerId timer_ = 0;
};

BalanceHealth::~BalanceHealth() { parts_.loop.cancel(timer_); }

void BalanceHealth::watch(std::shared_ptr<const BalanceSet> set) {
  set_ = std::move(set);
  checks_.clear();
  schedule();
}

void BalanceHealth::schedule() {
  parts_.loop.cancel(std::exchange(timer_, 0));
  if (!set_->settings.checks_health || set_->endpoints.empty()) return;
  timer_ = parts_.loop.call_after(set_->settings.health_interval, [this] {
    timer_ = 0;
    check_all();
    schedule();
  });
}

void BalanceHealth::check_all() {
  checks_.clear();
  const Instant now = parts_.loop.now();
  for (const auto& endpoint : set_->endpoints) {
    const auto& history = parts_.ledger.record(*endpoint).history;
    const bool wants_peace = history.is_banned(now) && history.ban->reason == BanReason::was_asked;
    if (!wants_peace) checks_.push_back(std::make_shared<Check>(*this, set_, *endpoint));
  }
}

/// The check is on the stack, so it is destroyed later.
void BalanceHealth::finished(Check& check) {
  const auto found = std::find_if(checks_.begin(), checks_.end(),
                                  [&check](const auto& own) { return own.get() == &check; });
  if (found == checks_.end()) return;
  parts_.loop.call_soon([finished = std::move(*found)] { (void)finished; });
  checks_.erase(found);
}

}  // namespace start_claude::server
