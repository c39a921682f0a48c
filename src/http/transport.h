// One HTTP exchange: a request goes out, a whole response or a failure comes back.
//
// A transport sends what it is given byte for byte, follows no redirect, adds no header but Host
// and Content-Length, and never asks for compression. It retries nothing, except that a GET or HEAD
// may go out again if a kept connection turns out to be closed. Policy lives above it.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <variant>

#include "http/message.h"

namespace start_claude::http {

enum class FailureKind {
  name_not_resolved,
  not_connected,       ///< refused, no route, the connect timeout ran out, or unsendable
  tls_not_trusted,     ///< the certificate's chain, name or dates
  tls_too_old,         ///< the server speaks no version of TLS that is still safe
  tls_failed,          ///< any other TLS failure
  timed_out,           ///< no whole answer in time; the request may have had its effect
  connection_lost,     ///< after the request began to go out; it may have had its effect
  malformed_response,  ///< not HTTP, or the body is not as long as Content-Length says
  too_large,           ///< the body is longer than Limits::response_bytes_max
  proxy_denied,        ///< the proxy wants another user or password (407)
  proxy_failed,
};

/// True if the server may have acted on the request: a PUT must then be settled by reading.
bool may_have_had_effect(FailureKind kind);

struct Failure {
  FailureKind kind = FailureKind::connection_lost;
  std::string reason;  ///< one line for people, without secrets
};

using Reply = std::variant<Response, Failure>;

struct Limits {
  std::chrono::milliseconds connect_timeout{10'000};
  /// Without the time that Request::while_awaited takes.
  std::chrono::milliseconds total_timeout{30'000};
  /// What a failure names as the time allowed, where this is one attempt of several that share it;
  /// zero: total_timeout.
  std::chrono::milliseconds shared_timeout{0};
  std::size_t response_bytes_max = std::size_t{512} * 1024 * 1024;
};

class Transport {
 public:
  virtual ~Transport() = default;
  virtual Reply send(const Request& request, const Limits& limits) = 0;
};

}  // namespace start_claude::http
