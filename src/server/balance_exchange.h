// One client request and its way to an answer: from endpoint to endpoint until one gives one.
//
// As long as nothing has reached the client, a failure (no connection, TLS, a timeout, 401, 403,
// 429, 5xx) bans the endpoint and the request goes to the next one; with the last one, the client
// gets to see what that one said. From the answer's first byte on there is no way back.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/stream_client.h"
#include "platform/clock.h"
#include "server/balance_ledger.h"
#include "server/balance_set.h"

namespace start_claude::server {

/// Why a client gets no endpoint's answer.
struct NoAnswer {
  int status = 502;
  std::string message;  ///< one line, no secrets
  std::optional<std::chrono::seconds> retry_after = {};
};

/// Where an answer goes: the client's connection.
class AnswerSink {
 public:
  using Flow = http::StreamHandler::Flow;
  virtual ~AnswerSink() = default;
  /// The head, then pieces, then an end; or refuse() alone. pause holds the endpoint up until
  /// BalanceExchange::resume(); cancel says that the client is gone.
  virtual Flow send_head(const http::StreamHead& head) = 0;
  virtual Flow send_body(std::string_view piece) = 0;
  /// `cut`: the endpoint broke off, and the client must be able to tell.
  enum class Ending { whole, cut };
  virtual void end(Ending ending) = 0;
  virtual void refuse(const NoAnswer& why) = 0;
};

/// What all exchanges share; must live longer.
struct BalanceParts {
  platform::EventLoop& loop;
  const platform::Clock& clock;
  http::StreamClient& client;
  BalanceLedger& ledger;
};

class BalanceExchange final : public http::StreamHandler {
 public:
  BalanceExchange(const BalanceParts& parts, std::shared_ptr<const BalanceSet> set,
                  ClientRequest request, AnswerSink& sink);
  ~BalanceExchange() override;
  BalanceExchange(const BalanceExchange&) = delete;
  BalanceExchange& operator=(const BalanceExchange&) = delete;

  /// May answer at once, if there is nobody to ask. The sink's end() or refuse() is the last call.
  void begin();
  /// The client has taken what it was sent.
  void resume() { parts_.client.resume(stream_); }

  Flow on_head(const http::StreamHead& head) override;
  Flow on_body(std::string_view piece) override;
  void on_end(const std::optional<http::Failure>& failure) override;

 private:
  enum class Stage { idle, waiting, answering, over };

  const BalanceEndpoint& endpoint() const { return *set_->endpoints[tried_.back()]; }
  bool has_another() const;
  void try_next();
  void refuse_waiting(Instant until);
  void fail(Ban ban);
  Ban ban_for(std::string words) const;
  Ban ban_for(const http::StreamHead& head) const;
  void start_timer(std::chrono::milliseconds patience);
  void on_timer();
  void on_timeout();

  BalanceParts parts_;
  std::shared_ptr<const BalanceSet> set_;
  ClientRequest request_;
  AnswerSink& sink_;
  Stage stage_ = Stage::idle;
  std::vector<std::size_t> tried_;  ///< the last one is being tried
  http::StreamClient::StreamId stream_ = 0;
  platform::EventLoop::TimerId timer_ = 0;
  std::chrono::milliseconds patience_{};
  Instant began_{};
  Instant last_sign_{};
  bool is_held_up_ = false;  ///< by a client that takes its time
  bool is_failure_ = false;  ///< the answer that is being handed on is one
  NoAnswer last_failure_;
};

/// True for the statuses that say that another endpoint may do better: 401, 403, 429, 5xx.
bool is_endpoint_failure(int status);

}  // namespace start_claude::server
