#include "server/answer_text.h"

#include <array>
#include <charconv>

#include "base/text.h"
#include "json/write.h"
#include "server/hop_by_hop.h"
#include "server/reason_phrase.h"

namespace start_claude::server {
namespace {

/// The names the API has for them, so that clients treat them as they treat the API's own.
std::string_view error_type(int status) {
  switch (status) {
    case 401: return "authentication_error";
    case 403: return "permission_error";
    case 404: return "not_found_error";
    case 413: return "request_too_large";
    case 429: return "rate_limit_error";
    case 502:
    case 503:
    case 504: return "api_error";
    default: return "invalid_request_error";
  }
}

bool has_no_body(int status) { return status == 204 || status == 304 || status < 200; }

std::string status_line(int status) {
  return "HTTP/1.1 " + std::to_string(status) + " " + std::string(reason_phrase(status)) + "\r\n";
}

std::string_view connection_line(const AnswerShape& shape) {
  if (!shape.keeps_alive) return "Connection: close\r\n";
  return shape.is_http_1_0 ? "Connection: keep-alive\r\n" : "";
}

std::string format_own(int status, std::string_view more_headers, std::string_view json,
                       const AnswerShape& shape) {
  std::string text = status_line(status);
  text.append("Content-Type: application/json\r\nCache-Control: no-store\r\n");
  text.append(more_headers);
  text.append("Content-Length: ").append(std::to_string(json.size())).append("\r\n");
  text.append(connection_line(shape)).append("\r\n");
  if (!shape.is_head) text.append(json);
  return text;
}

}  // namespace

AnswerFraming framing_of(const http::StreamHead& head, const AnswerShape& shape) {
  if (shape.is_head || has_no_body(head.status)) return AnswerFraming::none;
  if (head.content_length) return AnswerFraming::length;
  return shape.is_http_1_0 ? AnswerFraming::connection : AnswerFraming::chunked;
}

std::string format_answer_head(const http::StreamHead& head, AnswerFraming framing,
                               const AnswerShape& shape) {
  std::string text = status_line(head.status);
  for (const auto& [name, value] : end_to_end_headers(head.headers)) {
    if (name.empty() || name.find_first_of(" \t:") != std::string::npos) continue;
    if (base::equal_ignoring_case(name, "Set-Cookie")) continue;
    text.append(name).append(": ").append(value).append("\r\n");
  }
  const bool says_length =
      framing == AnswerFraming::length || (framing == AnswerFraming::none && head.status != 204);
  if (says_length && head.content_length) {
    text.append("Content-Length: ").append(std::to_string(*head.content_length)).append("\r\n");
  }
  if (framing == AnswerFraming::chunked) text.append("Transfer-Encoding: chunked\r\n");
  AnswerShape shown = shape;
  if (framing == AnswerFraming::connection) shown.keeps_alive = false;
  return text.append(connection_line(shown)).append("\r\n");
}

void append_chunk(std::string& text, std::string_view piece) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), piece.size(), 16);
  text.append(digits.data(), end.ptr).append("\r\n").append(piece).append("\r\n");
}

std::string format_refusal(const NoAnswer& why, const AnswerShape& shape) {
  const json::Value error =
      json::Object{{"type", "error"},
                   {"error", json::Object{{"type", error_type(why.status)},
                                          {"message", "start-claude balance: " + why.message}}}};
  const std::string retry_after =
      why.retry_after ? "Retry-After: " + std::to_string(why.retry_after->count()) + "\r\n" : "";
  return format_own(why.status, retry_after, json::write_compact(error) + "\n", shape);
}

std::string format_json_answer(std::string_view json, const AnswerShape& shape) {
  return format_own(200, "", json, shape);
}

}  // namespace start_claude::server
