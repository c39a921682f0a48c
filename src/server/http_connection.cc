#include "server/http_connection.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "server/reason_phrase.h"

namespace start_claude::server {
namespace {

constexpr std::string_view head_end = "\r\n\r\n";
constexpr std::chrono::seconds drain_patience{2};
/// How long those who wait for a place may wait for a kept connection to notice it.
constexpr std::chrono::milliseconds notice_time{200};
/// How soon a stream notices that nobody reads it any more.
constexpr std::chrono::seconds stream_notice_time{1};
constexpr std::size_t drain_bytes_max = std::size_t{8} * 1024 * 1024;

void set_patience(int socket, int option, std::chrono::milliseconds patience) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(patience);
  const std::chrono::microseconds rest = patience - seconds;
  timeval time{};
  time.tv_sec = static_cast<time_t>(seconds.count());
  time.tv_usec = static_cast<suseconds_t>(rest.count());
  (void)::setsockopt(socket, SOL_SOCKET, option, &time, sizeof(time));
}

std::string status_and_headers(const http::Response& response) {
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + " ";
  text.append(reason_phrase(response.status)).append("\r\n");
  for (const auto& header : response.headers) {
    text.append(header.name).append(": ").append(header.value).append("\r\n");
  }
  return text;
}

bool has_body(int status) { return status != 204 && status != 304; }

}  // namespace

HttpConnection::HttpConnection(int socket, HttpService& service, const platform::Clock& clock,
                               ConnectionLimits limits, std::function<bool()> may_keep_alive)
    : socket_(socket),
      service_(service),
      clock_(clock),
      limits_(limits),
      may_keep_alive_(std::move(may_keep_alive)) {
  const int on = 1;
  (void)::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  set_patience(socket_, SO_SNDTIMEO, limits_.stall);
}

void HttpConnection::serve() {
  while (serve_one() == Next::another_request) {
  }
}

HttpConnection::Next HttpConnection::serve_one() {
  const auto text = read_head();
  if (!text) {
    if (received_.size() >= limits_.head_bytes_max) return refuse({431, "the head is too long"});
    return Next::end;
  }
  auto head = parse_request_head(*text);
  if (const auto* problem = std::get_if<HeadProblem>(&head)) return refuse(*problem);
  return answer_request(std::get<RequestHead>(std::move(head)));
}

HttpConnection::Next HttpConnection::answer_request(RequestHead head) {
  const auto& method = head.request.method;
  if (!head.has_content_length && (method == "PUT" || method == "POST")) {
    return refuse_unread_body(head, service_.refuse_unmeasured(head.request));
  }
  if (head.content_length > limits_.unasked_body_bytes_max || head.expects_continue) {
    const auto refusal = service_.refuse_head(head.request, head.content_length);
    if (refusal) return refuse_unread_body(head, *refusal);
  }
  if (head.expects_continue && head.content_length > 0 && received_.empty()) {
    if (!send("HTTP/1.1 100 Continue\r\n\r\n")) return Next::end;
  }
  std::string body;
  if (!read_body(body, static_cast<std::size_t>(head.content_length))) return Next::end;
  head.request.body = std::move(body);
  const auto [response, stream] = service_.serve(head.request);
  if (stream != nullptr) {
    send_stream(response, *stream);
    return Next::end;
  }
  const bool keep = head.keeps_alive && may_keep_alive_();
  const Next next = keep ? Next::another_request : Next::end;
  if (!send_response(head, response, next)) return Next::end;
  is_kept_ = true;
  return next;
}

/// The rest of what the client is sending cannot be told from a next request, so this ends it.
HttpConnection::Next HttpConnection::refuse_unread_body(const RequestHead& head,
                                                        const http::Response& response) {
  if (send_response(head, response, Next::end)) drain();
  return Next::end;
}

HttpConnection::Next HttpConnection::refuse(const HeadProblem& problem) {
  const RequestHead unknown;
  http::Response response{problem.status, {{"Content-Type", "text/plain"}}, {}};
  response.body.append(problem.reason).append("\n");
  return refuse_unread_body(unknown, response);
}

/// The text up to and including the empty line; nothing if the connection ended or is too slow.
std::optional<std::string> HttpConnection::read_head() {
  if (received_.empty() && !wait_for_first_bytes()) return std::nullopt;
  const auto deadline = clock_.monotonic() + limits_.stall;
  for (;;) {
    // Empty lines before a request are left over from clients that end a body with one.
    while (received_.starts_with("\r\n")) received_.erase(0, 2);
    if (const auto end = received_.find(head_end); end != std::string::npos) {
      if (end + head_end.size() > limits_.head_bytes_max) return std::nullopt;
      std::string head = received_.substr(0, end + head_end.size());
      received_.erase(0, head.size());
      return head;
    }
    if (received_.size() >= limits_.head_bytes_max) return std::nullopt;
    if (clock_.monotonic() > deadline) return std::nullopt;
    if (receive(limits_.stall) != Received::bytes) return std::nullopt;
  }
}

/// A kept connection gives its place up for those who have had none; a new one is heard first.
bool HttpConnection::wait_for_first_bytes() {
  const auto began = clock_.monotonic();
  while (clock_.monotonic() < began + limits_.idle) {
    switch (receive(notice_time)) {
      case Received::bytes: return true;
      case Received::end: return false;
      case Received::nothing_yet: break;
    }
    const bool may_go = is_kept_ || clock_.monotonic() - began >= limits_.silence;
    if (may_go && !may_keep_alive_()) return false;
  }
  return false;
}

bool HttpConnection::read_body(std::string& body, std::size_t size) {
  body = received_.substr(0, size);
  received_.erase(0, body.size());
  const std::chrono::seconds expected{size / limits_.body_bytes_per_second_min};
  const auto deadline = clock_.monotonic() + limits_.stall + expected;
  while (body.size() < size) {
    if (clock_.monotonic() > deadline || receive(limits_.stall) != Received::bytes) {
      return false;
    }
    const auto wanted = std::min(size - body.size(), received_.size());
    body.append(received_, 0, wanted);
    received_.erase(0, wanted);
  }
  return true;
}

HttpConnection::Received HttpConnection::receive(std::chrono::milliseconds patience) {
  set_patience(socket_, SO_RCVTIMEO, patience);
  std::array<char, std::size_t{64} * 1024> buffer;
  for (;;) {
    const auto count = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return Received::nothing_yet;
    if (count <= 0) return Received::end;
    received_.append(buffer.data(), static_cast<std::size_t>(count));
    return Received::bytes;
  }
}

bool HttpConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool HttpConnection::send_response(const RequestHead& head, const http::Response& response,
                                   Next next) {
  std::string text = status_and_headers(response);
  if (has_body(response.status) && !response.headers.contains("Content-Length")) {
    text += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
  }
  text += next == Next::end ? "Connection: close\r\n\r\n" : "Connection: keep-alive\r\n\r\n";
  const bool with_body = has_body(response.status) && head.request.method != "HEAD";
  // One packet where it fits: a small answer should not wait for two.
  constexpr std::size_t small = std::size_t{64} * 1024;
  if (!with_body) return send(text);
  if (response.body.size() <= small) return send(text + response.body);
  return send(text) && send(response.body);
}

void HttpConnection::send_stream(const http::Response& response, BodyStream& body) {
  if (!send(status_and_headers(response) + "Connection: close\r\n\r\n")) return;
  while (const auto piece = body.next(stream_notice_time)) {
    if (piece->empty() ? is_peer_gone() : !send(*piece)) return;
  }
}

bool HttpConnection::is_peer_gone() const {
  char byte = 0;
  const auto count = ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR);
}

/// Closing a socket with unread bytes resets the connection, and with it the answer on its way.
void HttpConnection::drain() {
  (void)::shutdown(socket_, SHUT_WR);
  const auto deadline = clock_.monotonic() + drain_patience;
  std::size_t drained = 0;
  while (drained < drain_bytes_max && clock_.monotonic() < deadline) {
    received_.clear();
    if (receive(drain_patience) != Received::bytes) return;
    drained += received_.size();
  }
}

}  // namespace start_claude::server
