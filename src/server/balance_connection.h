// One client of the balancing proxy: requests in, answers out, one after the other.
//
// A state machine in the proxy's event loop; it never waits. What is read is bounded (the head, the
// body), and so is what waits to be written: an endpoint is held up rather than buffered. A client
// that goes away ends its exchange at once.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "platform/descriptor.h"
#include "server/answer_text.h"
#include "server/balance_exchange.h"
#include "server/chunked_body.h"
#include "server/request_head.h"

namespace start_claude::server {

struct BalanceLimits {
  std::size_t connections_max = 1024;
  std::size_t head_bytes_max = std::size_t{64} * 1024;
  /// The API takes 32 MB at most.
  std::size_t body_bytes_max = std::size_t{64} * 1024 * 1024;
  std::size_t unwritten_bytes_max = std::size_t{64} * 1024;
  std::chrono::milliseconds idle{120'000};  ///< between requests
  std::chrono::milliseconds stall{60'000};  ///< within one
};

class BalanceConnection;

/// What connections need of the proxy they belong to.
class BalanceHub {
 public:
  virtual ~BalanceHub() = default;
  virtual const BalanceParts& parts() const = 0;
  virtual const BalanceLimits& limits() const = 0;
  virtual bool is_authorized(const http::Headers& headers) const = 0;
  /// What requests that begin now work on.
  virtual std::shared_ptr<const BalanceSet> current_set() const = 0;
  virtual std::string status_json() const = 0;
  /// The connection is over and may be destroyed, though not before this returns to the loop.
  virtual void closed(BalanceConnection& connection) = 0;
};

class BalanceConnection final : public AnswerSink {
 public:
  BalanceConnection(platform::Descriptor socket, BalanceHub& hub);
  ~BalanceConnection() override;
  BalanceConnection(const BalanceConnection&) = delete;
  BalanceConnection& operator=(const BalanceConnection&) = delete;

  Flow send_head(const http::StreamHead& head) override;
  Flow send_body(std::string_view piece) override;
  void end(Ending ending) override;
  void refuse(const NoAnswer& why) override;

  bool is_answering() const { return stage_ == Stage::answering; }

 private:
  enum class Stage {
    reading_head,
    reading_body,
    answering,
    draining,  ///< answered, but the client has not heard yet that it should stop sending
    closed,
  };

  void on_ready(platform::Readiness ready);
  void receive();
  void process();
  /// False if more must be received first, or nothing more is expected.
  bool read_head();
  void take_head(RequestHead head);
  bool read_body();
  void answer_request();
  void answer_status();
  /// Whatever else the client is sending cannot be told from a next request.
  void refuse_and_close(const NoAnswer& why);
  void finish_answer();
  void write(std::string_view text);
  void release_head();
  void flush();
  void update_interest();
  void arm(std::chrono::milliseconds patience);
  void on_timer();
  void retire_exchange();
  void close();

  platform::Descriptor socket_;
  BalanceHub& hub_;
  Stage stage_ = Stage::reading_head;
  std::string received_;
  std::string unwritten_;
  RequestHead head_;
  std::string body_;
  std::optional<ChunkedBody> chunks_;
  AnswerShape shape_;
  AnswerFraming framing_ = AnswerFraming::none;
  bool closes_after_writing_ = false;
  bool is_processing_ = false;
  /// Of an answer, to go out together with what follows. A client that is woken for the head alone
  /// takes the processor before there is anything for it to do.
  std::string held_head_;
  platform::EventLoop::TimerId head_timer_ = 0;
  std::shared_ptr<BalanceExchange> exchange_;
  platform::EventLoop::TimerId timer_ = 0;
};

}  // namespace start_claude::server
