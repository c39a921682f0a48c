#include "server/balance_connection.h"

#include <array>
#include <cerrno>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace start_claude::server {
namespace {

constexpr std::string_view head_end = "\r\n\r\n";
constexpr std::string_view status_path = "/__status";
/// How long a client that was refused may take to stop sending.
constexpr std::chrono::milliseconds drain_patience{2'000};
constexpr std::size_t receive_bytes = std::size_t{64} * 1024;

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK; }

}  // namespace

BalanceConnection::BalanceConnection(platform::Descriptor socket, BalanceHub& hub)
    : socket_(std::move(socket)), hub_(hub) {
  const int on = 1;
  (void)::setsockopt(socket_.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  hub_.parts().loop.watch(socket_.number(), {.read = true},
                          [this](platform::Readiness ready) { on_ready(ready); });
  arm(hub_.limits().idle);
}

BalanceConnection::~BalanceConnection() {
  hub_.parts().loop.cancel(timer_);
  hub_.parts().loop.cancel(head_timer_);
  if (stage_ != Stage::closed) hub_.parts().loop.forget(socket_.number());
}

void BalanceConnection::on_ready(platform::Readiness ready) {
  if (ready.write) flush();
  if (stage_ == Stage::closed) return;
  if (stage_ == Stage::answering) {
    // A client that has closed its side does not wait for an answer any more.
    if (ready.closed) close();
    return;
  }
  if (ready.read || ready.closed) receive();
}

void BalanceConnection::receive() {
  // One for all connections of the thread: it holds nothing between two calls.
  static thread_local std::array<char, receive_bytes> buffer;
  const auto count = platform::retry_interrupted(
      [&] { return ::recv(socket_.number(), buffer.data(), buffer.size(), 0); });
  if (count < 0 && would_block()) return;
  if (count <= 0) return close();
  if (stage_ == Stage::draining) return;
  received_.append(buffer.data(), static_cast<std::size_t>(count));
  if (stage_ == Stage::reading_body) arm(hub_.limits().stall);
  process();
}

/// Takes from what was received as much as can be taken. Called from within itself by answers that
/// come at once, it leaves the rest to the outer call.
void BalanceConnection::process() {
  if (std::exchange(is_processing_, true)) return;
  bool goes_on = true;
  while (goes_on) {
    switch (stage_) {
      case Stage::reading_head: goes_on = read_head(); break;
      case Stage::reading_body: goes_on = read_body(); break;
      case Stage::answering:
      case Stage::draining:
      case Stage::closed: goes_on = false; break;
    }
  }
  is_processing_ = false;
  update_interest();
}

bool BalanceConnection::read_head() {
  // Empty lines before a request are left over from clients that end a body with one.
  while (received_.starts_with("\r\n")) received_.erase(0, 2);
  const auto end = received_.find(head_end);
  if (end == std::string::npos || end + head_end.size() > hub_.limits().head_bytes_max) {
    if (received_.size() >= hub_.limits().head_bytes_max) {
      shape_ = {};
      refuse_and_close({.status = 431, .message = "the request's head is too long"});
    } else if (!received_.empty()) {
      arm(hub_.limits().stall);
    }
    return false;
  }
  const auto text = std::string_view(received_).substr(0, end + head_end.size());
  auto head = parse_request_head(text, BodyFraming::any_framing);
  received_.erase(0, end + head_end.size());
  if (const auto* problem = std::get_if<HeadProblem>(&head)) {
    shape_ = {};
    refuse_and_close({.status = problem->status, .message = std::string(problem->reason)});
    return false;
  }
  take_head(std::get<RequestHead>(std::move(head)));
  return true;
}

/// What can be refused is refused before the body is read.
void BalanceConnection::take_head(RequestHead head) {
  head_ = std::move(head);
  const http::Request& request = head_.request;
  shape_ = {.is_head = request.method == "HEAD",
            .is_http_1_0 = head_.is_http_1_0,
            .keeps_alive = head_.keeps_alive};
  const auto refuse_with = [this](int status, std::string message) {
    refuse_and_close({.status = status, .message = std::move(message)});
  };
  if (!hub_.is_authorized(request.headers)) {
    return refuse_with(401, "the token is missing or wrong");
  }
  if (request.method == "TRACE" || request.method == "CONNECT") {
    return refuse_with(405, request.method + " is not passed on");
  }
  if (!http::parse_uri("http://any" + request.uri.target())) {
    return refuse_with(400, "the target is not a path");
  }
  if (head_.content_length > hub_.limits().body_bytes_max) {
    return refuse_with(413, "the request is too large");
  }
  body_.clear();
  chunks_.reset();
  if (head_.is_chunked) chunks_.emplace(hub_.limits().body_bytes_max);
  stage_ = Stage::reading_body;
  const bool has_body = head_.is_chunked || head_.content_length > 0;
  if (head_.expects_continue && has_body && received_.empty()) {
    write("HTTP/1.1 100 Continue\r\n\r\n");
  }
}

bool BalanceConnection::read_body() {
  if (chunks_) {
    switch (chunks_->take(received_, body_)) {
      case ChunkedBody::Progress::complete: break;
      case ChunkedBody::Progress::needs_more: return false;
      case ChunkedBody::Progress::too_large:
        refuse_and_close({.status = 413, .message = "the request is too large"});
        return false;
      case ChunkedBody::Progress::malformed:
        refuse_and_close({.status = 400, .message = "the request's chunks are malformed"});
        return false;
    }
  } else {
    const auto wanted = static_cast<std::size_t>(head_.content_length) - body_.size();
    if (body_.empty()) body_.reserve(wanted);
    const auto count = std::min(wanted, received_.size());
    body_.append(received_, 0, count);
    received_.erase(0, count);
    if (count < wanted) return false;
  }
  answer_request();
  return true;
}

void BalanceConnection::answer_request() {
  stage_ = Stage::answering;
  hub_.parts().loop.cancel(std::exchange(timer_, 0));
  if (received_.empty()) received_.shrink_to_fit();
  if (head_.request.uri.path == status_path) return answer_status();
  ClientRequest request{.head = std::move(head_.request)};
  if (head_.is_chunked || head_.has_content_length) {
    request.body = std::make_shared<const std::string>(std::exchange(body_, {}));
  }
  exchange_ = std::make_shared<BalanceExchange>(hub_.parts(), hub_.current_set(),
                                                std::move(request), *this);
  exchange_->begin();
}

void BalanceConnection::answer_status() {
  const std::string& method = head_.request.method;
  if (method != "GET" && method != "HEAD") {
    return refuse({.status = 405, .message = "ask for the status with GET"});
  }
  write(format_json_answer(hub_.status_json(), shape_));
  finish_answer();
}

AnswerSink::Flow BalanceConnection::send_head(const http::StreamHead& head) {
  framing_ = framing_of(head, shape_);
  if (framing_ == AnswerFraming::connection) shape_.keeps_alive = false;
  held_head_ = format_answer_head(head, framing_, shape_);
  // What has come in already follows at once; for anything else it does not wait.
  head_timer_ = hub_.parts().loop.call_after({}, [this] { release_head(); });
  return Flow::more;
}

void BalanceConnection::release_head() {
  hub_.parts().loop.cancel(std::exchange(head_timer_, 0));
  if (!held_head_.empty()) write(std::exchange(held_head_, {}));
}

AnswerSink::Flow BalanceConnection::send_body(std::string_view piece) {
  switch (framing_) {
    case AnswerFraming::none: return Flow::more;
    case AnswerFraming::chunked: {
      std::string chunk;
      append_chunk(chunk, piece);
      write(chunk);
      break;
    }
    case AnswerFraming::length:
    case AnswerFraming::connection: write(piece); break;
  }
  if (stage_ == Stage::closed) return Flow::cancel;
  return unwritten_.size() > hub_.limits().unwritten_bytes_max ? Flow::pause : Flow::more;
}

void BalanceConnection::end(Ending ending) {
  retire_exchange();
  if (ending == Ending::cut) {
    // Without the end that was promised, so that the client can tell.
    closes_after_writing_ = true;
    shape_.keeps_alive = false;
  } else if (framing_ == AnswerFraming::chunked) {
    write(last_chunk);
  }
  finish_answer();
}

void BalanceConnection::refuse(const NoAnswer& why) {
  retire_exchange();
  write(format_refusal(why, shape_));
  finish_answer();
}

void BalanceConnection::refuse_and_close(const NoAnswer& why) {
  shape_.keeps_alive = false;
  received_.clear();
  write(format_refusal(why, shape_));
  if (stage_ == Stage::closed) return;
  stage_ = Stage::draining;
  arm(drain_patience);
  if (unwritten_.empty()) (void)::shutdown(socket_.number(), SHUT_WR);
}

void BalanceConnection::finish_answer() {
  release_head();
  if (stage_ == Stage::closed) return;
  if (!shape_.keeps_alive) {
    closes_after_writing_ = true;
    if (unwritten_.empty()) return close();
    arm(hub_.limits().stall);
    return update_interest();
  }
  stage_ = Stage::reading_head;
  arm(hub_.limits().idle);
  process();
}

void BalanceConnection::write(std::string_view text) {
  if (stage_ == Stage::closed) return;
  if (!held_head_.empty()) {
    const std::string whole = std::exchange(held_head_, {}).append(text);
    return write(whole);
  }
  if (unwritten_.empty()) {
    const auto count = platform::retry_interrupted(
        [&] { return ::send(socket_.number(), text.data(), text.size(), MSG_NOSIGNAL); });
    if (count < 0 && !would_block()) return close();
    if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
    if (text.empty()) return;
  }
  unwritten_ += text;
  update_interest();
}

void BalanceConnection::flush() {
  while (!unwritten_.empty()) {
    const auto count = platform::retry_interrupted([&] {
      return ::send(socket_.number(), unwritten_.data(), unwritten_.size(), MSG_NOSIGNAL);
    });
    if (count < 0 && would_block()) return;
    if (count <= 0) return close();
    unwritten_.erase(0, static_cast<std::size_t>(count));
  }
  if (closes_after_writing_) return close();
  if (stage_ == Stage::draining) (void)::shutdown(socket_.number(), SHUT_WR);
  update_interest();
  if (exchange_) exchange_->resume();
}

void BalanceConnection::update_interest() {
  if (stage_ == Stage::closed) return;
  const bool answers = stage_ == Stage::answering;
  hub_.parts().loop.change_interest(
      socket_.number(), {.read = !answers, .write = !unwritten_.empty(), .closed = answers});
}

void BalanceConnection::arm(std::chrono::milliseconds patience) {
  hub_.parts().loop.cancel(timer_);
  timer_ = hub_.parts().loop.call_after(patience, [this] { on_timer(); });
}

void BalanceConnection::on_timer() {
  timer_ = 0;
  close();
}

/// It may be on the stack, so it is destroyed later.
void BalanceConnection::retire_exchange() {
  if (!exchange_) return;
  hub_.parts().loop.call_soon([exchange = std::exchange(exchange_, nullptr)] { (void)exchange; });
}

void BalanceConnection::close() {
  if (stage_ == Stage::closed) return;
  stage_ = Stage::closed;
  hub_.parts().loop.cancel(std::exchange(timer_, 0));
  hub_.parts().loop.cancel(std::exchange(head_timer_, 0));
  held_head_.clear();
  hub_.parts().loop.forget(socket_.number());
  socket_ = platform::Descriptor(-1);
  unwritten_.clear();
  retire_exchange();
  hub_.closed(*this);
}

}  // namespace start_claude::server
