// The head of an HTTP/1.1 request as it came over the wire: strict, and byte for byte.
//
// RFC 9112. Signatures cover the request as sent, so nothing is decoded, joined or reordered; what
// two readers could understand differently (RFC 9112 section 11.2) is refused.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "http/message.h"

namespace start_claude::server {

struct RequestHead {
  http::Request request;  ///< without its body
  std::uint64_t content_length = 0;
  bool has_content_length = false;
  bool is_chunked = false;  ///< then there is no length
  bool keeps_alive = true;
  bool is_http_1_0 = false;  ///< the client knows no chunks
  /// The client waits for "100 Continue" before it sends the body.
  bool expects_continue = false;
};

/// A status of HTTP's own: 400, 417, 501 or 505, and why.
struct HeadProblem {
  int status = 400;
  std::string_view reason;
};

/// How a body may be framed.
enum class BodyFraming {
  length,      ///< by Content-Length; 501 to a Transfer-Encoding
  any_framing  ///< in chunks as well
};

/// `text` is all up to and including the empty line.
std::variant<RequestHead, HeadProblem> parse_request_head(
    std::string_view text, BodyFraming framing = BodyFraming::length);

}  // namespace start_claude::server
