#include "server/request_head.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"

namespace start_claude::server {
namespace {

constexpr std::string_view line_end = "\r\n";

/// RFC 9110 section 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
  });
}

bool is_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

bool is_field_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
  });
}

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

struct RequestLine {
  std::string_view method;
  std::string_view target;
  bool is_http_1_0 = false;
};

std::variant<RequestLine, HeadProblem> parse_request_line(std::string_view line) {
  const auto parts = base::split(line, ' ');
  if (parts.size() != 3) return HeadProblem{400, "the request line has not three parts"};
  const bool is_1_0 = parts[2] == "HTTP/1.0";
  if (!is_1_0 && parts[2] != "HTTP/1.1") {
    if (parts[2].starts_with("HTTP/")) return HeadProblem{505, "only HTTP/1.1 is spoken here"};
    return HeadProblem{400, "the request line names no version of HTTP"};
  }
  if (!is_token(parts[0])) return HeadProblem{400, "the method is not a word"};
  if (!is_visible(parts[1])) return HeadProblem{400, "the target has bytes that must be escaped"};
  return RequestLine{parts[0], parts[1], is_1_0};
}

/// A proxy may be sent the absolute form: the origin's part of it is what counts.
std::optional<std::string_view> origin_form(std::string_view target) {
  if (target.starts_with("http://")) {
    const auto slash = target.find('/', std::string_view("http://").size());
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  if (!target.starts_with('/') || target.find('#') != std::string_view::npos) return std::nullopt;
  return target;
}

std::optional<http::Header> parse_field(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  // Neither a blank before the colon nor a folded line passes as a name.
  if (!is_token(line.substr(0, colon))) return std::nullopt;
  const auto value = without_blanks(line.substr(colon + 1));
  if (!is_field_value(value)) return std::nullopt;
  return http::Header{std::string(line.substr(0, colon)), std::string(value)};
}

std::optional<http::Uri> uri_of(std::string_view target, std::string_view host) {
  http::Uri uri{.scheme = "http"};
  const auto bracket = host.rfind(']');
  const auto colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  uri.host = host.substr(0, colon);
  if (colon != std::string_view::npos) {
    const auto port = base::parse_unsigned(host.substr(colon + 1));
    if (!port || *port > 65535) return std::nullopt;
    uri.port = static_cast<std::uint16_t>(*port);
  }
  const auto question_mark = std::min(target.find('?'), target.size());
  uri.path = target.substr(0, question_mark);
  if (question_mark < target.size()) uri.query = target.substr(question_mark + 1);
  return uri;
}

std::size_t count_of(const http::Headers& headers, std::string_view name) {
  return static_cast<std::size_t>(std::count_if(
      headers.begin(), headers.end(),
      [&](const http::Header& header) { return base::equal_ignoring_case(header.name, name); }));
}

bool has_option(const http::Headers& headers, std::string_view option) {
  const std::string connection = headers.find("Connection").value_or("");
  const auto options = base::split(connection, ',');
  return std::any_of(options.begin(), options.end(), [&](std::string_view text) {
    return base::equal_ignoring_case(base::trim(text), option);
  });
}

/// RFC 9112 section 6.1: beside a Content-Length, or from a client of HTTP/1.0, somebody on the way
/// may have taken the message for another one than it is.
std::optional<HeadProblem> read_transfer_encoding(RequestHead& head, bool is_http_1_0) {
  const auto& headers = head.request.headers;
  if (is_http_1_0 || headers.contains("Content-Length")) {
    return HeadProblem{400, "a Transfer-Encoding has no place here"};
  }
  if (count_of(headers, "Transfer-Encoding") > 1 ||
      !base::equal_ignoring_case(*headers.find("Transfer-Encoding"), "chunked")) {
    return HeadProblem{501, "no other Transfer-Encoding than chunked is known"};
  }
  head.is_chunked = true;
  return std::nullopt;
}

/// What the headers say about the message: where it ends, and whether another may follow.
std::optional<HeadProblem> read_framing(RequestHead& head, BodyFraming framing, bool is_http_1_0) {
  const auto& headers = head.request.headers;
  if (headers.contains("Transfer-Encoding")) {
    if (framing == BodyFraming::length) {
      return HeadProblem{501, "send a Content-Length, not a Transfer-Encoding"};
    }
    if (const auto problem = read_transfer_encoding(head, is_http_1_0)) return problem;
  }
  if (count_of(headers, "Content-Length") > 1) {
    return HeadProblem{400, "there is more than one Content-Length"};
  }
  if (const auto length = headers.find("Content-Length")) {
    const auto number = base::parse_unsigned(*length);
    if (!number) return HeadProblem{400, "Content-Length is not a number"};
    head.content_length = *number;
    head.has_content_length = true;
  }
  if (const auto expectation = headers.find("Expect")) {
    if (!base::equal_ignoring_case(*expectation, "100-continue")) {
      return HeadProblem{417, "no other expectation than 100-continue is known"};
    }
    // To a client of HTTP/1.0 nothing may be sent but the answer.
    head.expects_continue = !is_http_1_0;
  }
  head.keeps_alive =
      is_http_1_0 ? has_option(headers, "keep-alive") : !has_option(headers, "close");
  return std::nullopt;
}

}  // namespace

std::variant<RequestHead, HeadProblem> parse_request_head(std::string_view text,
                                                          BodyFraming framing) {
  const auto end_of_line = text.find(line_end);
  if (end_of_line == std::string_view::npos) return HeadProblem{400, "a line does not end"};
  const auto line = parse_request_line(text.substr(0, end_of_line));
  if (const auto* problem = std::get_if<HeadProblem>(&line)) return *problem;
  const auto& request_line = std::get<RequestLine>(line);
  const auto target = origin_form(request_line.target);
  if (!target) return HeadProblem{400, "the target is not a path"};

  RequestHead head;
  head.request.method = request_line.method;
  head.is_http_1_0 = request_line.is_http_1_0;
  for (auto rest = text.substr(end_of_line + 2); !rest.starts_with(line_end);) {
    const auto end = rest.find(line_end);
    if (end == std::string_view::npos) return HeadProblem{400, "a line does not end"};
    auto field = parse_field(rest.substr(0, end));
    if (!field) return HeadProblem{400, "a header line is malformed"};
    head.request.headers.add(std::move(field->name), std::move(field->value));
    rest.remove_prefix(end + line_end.size());
  }
  const auto hosts = count_of(head.request.headers, "Host");
  if (hosts > 1 || (hosts == 0 && !request_line.is_http_1_0)) {
    return HeadProblem{400, "there must be one Host header"};
  }
  auto uri = uri_of(*target, head.request.headers.find("Host").value_or(""));
  if (!uri) return HeadProblem{400, "the Host header is malformed"};
  head.request.uri = *std::move(uri);
  if (const auto problem = read_framing(head, framing, request_line.is_http_1_0)) return *problem;
  return head;
}

}  // namespace start_claude::server
