// What an HTTP server serves: a request goes in, an answer comes out. No sockets.
//
// HttpConnection reads requests and hands them over; the service says early which bodies are not
// worth reading. All of it is called by several threads at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "http/message.h"

namespace start_claude::server {

/// A body that is not all there yet, such as server-sent events.
class BodyStream {
 public:
  virtual ~BodyStream() = default;
  /// What to send next; "" if there was nothing for as long as `patience`; nothing at the end.
  virtual std::optional<std::string> next(std::chrono::milliseconds patience) = 0;
};

struct HttpAnswer {
  http::Response response;
  /// The body, if it is to be sent as it comes; the connection is closed after it.
  std::unique_ptr<BodyStream> stream = nullptr;
};

class HttpService {
 public:
  virtual ~HttpService() = default;
  /// The answer to a whole request as it came in: URI undecoded, Host among the headers.
  virtual HttpAnswer serve(const http::Request& request) = 0;
  /// The answer to a request whose body is not worth reading; nothing if it should be read and
  /// serve() called.
  virtual std::optional<http::Response> refuse_head(const http::Request& head,
                                                    std::uint64_t body_bytes) = 0;
  /// The answer to a PUT or POST that does not say how long it is.
  virtual http::Response refuse_unmeasured(const http::Request& head) = 0;
};

}  // namespace start_claude::server
