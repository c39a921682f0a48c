// One connection of an HTTP server: requests come in, one after the other, and are answered.
//
// Reads a request's head, lets the service refuse it before a large body is read, and keeps the
// connection for the next request where both sides may.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"
#include "platform/clock.h"
#include "server/http_service.h"
#include "server/request_head.h"

namespace start_claude::server {

struct ConnectionLimits {
  std::size_t head_bytes_max = std::size_t{64} * 1024;
  /// How long a kept connection may be silent between two requests.
  std::chrono::seconds idle{15};
  /// The same for a new connection that has not said a word, while others wait for its place.
  std::chrono::milliseconds silence{15'000};
  /// How long one read or write may wait for the other side in the middle of a message.
  std::chrono::seconds stall{30};
  /// A body must come at this rate on the whole, so that nobody holds a place by trickling.
  std::size_t body_bytes_per_second_min = std::size_t{16} * 1024;
  /// Bodies up to this size are read before the service may refuse them, which keeps the connection
  /// usable.
  std::uint64_t unasked_body_bytes_max = std::uint64_t{1024} * 1024;
};

class HttpConnection {
 public:
  /// `socket` is open, and stays the caller's to close. `may_keep_alive` is asked before every
  /// answer and now and then between two requests: false if somebody else waits for this place, or
  /// the server is being stopped.
  HttpConnection(int socket, HttpService& service, const platform::Clock& clock,
                 ConnectionLimits limits, std::function<bool()> may_keep_alive);

  /// Until either side has had enough.
  void serve();

 private:
  enum class Next { another_request, end };
  enum class Received { bytes, nothing_yet, end };

  Next serve_one();
  Next answer_request(RequestHead head);
  Next refuse(const HeadProblem& problem);
  Next refuse_unread_body(const RequestHead& head, const http::Response& response);
  std::optional<std::string> read_head();
  bool read_body(std::string& body, std::size_t size);
  bool wait_for_first_bytes();
  Received receive(std::chrono::milliseconds patience);
  bool send(std::string_view bytes);
  bool send_response(const RequestHead& head, const http::Response& response, Next next);
  void send_stream(const http::Response& response, BodyStream& body);
  bool is_peer_gone() const;
  void drain();

  int socket_;
  HttpService& service_;
  const platform::Clock& clock_;
  ConnectionLimits limits_;
  std::function<bool()> may_keep_alive_;
  bool is_kept_ = false;  ///< at least one request has been answered
  std::string received_;  ///< bytes read from the socket and not used yet
};

}  // namespace start_claude::server
