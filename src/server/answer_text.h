// The head of an answer as it goes over the wire to a client (RFC 9112): how its body ends is
// decided here, once.
#pragma once

#include <string>
#include <string_view>

#include "http/stream_client.h"
#include "server/balance_exchange.h"

namespace start_claude::server {

/// How the client can tell where the body ends.
enum class AnswerFraming {
  none,       ///< there is no body
  length,     ///< by Content-Length
  chunked,    ///< a chunk at a time
  connection  ///< it ends with the connection
};

/// What matters of the request for the answer's shape.
struct AnswerShape {
  bool is_head = false;  ///< the method is HEAD
  bool is_http_1_0 = false;
  bool keeps_alive = true;
};

AnswerFraming framing_of(const http::StreamHead& head, const AnswerShape& shape);

/// The status line and the headers that are for the client, up to and including the empty line.
/// Cookies are not: the client would bring them to the next endpoint.
std::string format_answer_head(const http::StreamHead& head, AnswerFraming framing,
                               const AnswerShape& shape);

/// A chunk; `piece` must not be empty, which would be the end.
void append_chunk(std::string& text, std::string_view piece);
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

/// A whole answer of this program's own, with a body in the shape of the API's errors.
std::string format_refusal(const NoAnswer& why, const AnswerShape& shape);
/// A whole answer with that JSON.
std::string format_json_answer(std::string_view json, const AnswerShape& shape);

}  // namespace start_claude::server
