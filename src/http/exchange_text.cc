#include "http/exchange_text.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/text.h"

namespace start_claude::http {
namespace {

constexpr std::string_view escape_start = "\\x";

constexpr std::array failure_kinds{
    FailureKind::name_not_resolved, FailureKind::not_connected,      FailureKind::tls_not_trusted,
    FailureKind::tls_too_old,       FailureKind::tls_failed,         FailureKind::timed_out,
    FailureKind::connection_lost,   FailureKind::malformed_response, FailureKind::too_large,
    FailureKind::proxy_denied,      FailureKind::proxy_failed,
};

// ---- writing ------------------------------------------------------------------------------------

bool needs_escape(std::string_view text, std::size_t i, bool is_valid_utf8) {
  const auto byte = static_cast<unsigned char>(text[i]);
  if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !is_valid_utf8)) return true;
  if (byte == ' ') return i + 1 == text.size();  // editors drop spaces at the end of a line
  return text.substr(i).starts_with(escape_start);
}

std::string escape(std::string_view text) {
  const bool is_valid_utf8 = base::is_utf8(text);
  std::string escaped;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (needs_escape(text, i, is_valid_utf8)) {
      escaped += escape_start;
      escaped += base::to_hex(text.substr(i, 1));
    } else {
      escaped += text[i];
    }
  }
  return escaped;
}

std::string marked(char marker, std::string_view text) {
  const auto content = escape(text);
  return content.empty() ? std::string(1, marker) : std::string(1, marker) + " " + content;
}

struct Block {
  char marker;
  std::string first_line;
  const Headers& headers;
  std::string_view body;
};

std::vector<std::string> block_lines(const Block& block) {
  std::vector<std::string> lines{marked(block.marker, block.first_line)};
  for (const auto& [name, value] : block.headers) {
    lines.push_back(marked(block.marker, name + ": " + value));
  }
  if (block.body.empty()) return lines;
  lines.push_back(marked(block.marker, ""));
  for (const auto line : base::split(block.body, '\n')) {
    lines.push_back(marked(block.marker, line));
  }
  return lines;
}

/// RFC 9112 section 6.3: these end with their headers, whatever Content-Length says.
bool has_no_body(const Request& request, const Response& response) {
  return request.method == "HEAD" || response.status == 304 || response.status == 204;
}

std::vector<std::string> reply_lines(const Exchange& exchange) {
  if (const auto* failure = std::get_if<Failure>(&exchange.reply)) {
    const auto name = std::string(failure_name(failure->kind));
    return {marked('!', failure->reason.empty() ? name : name + " " + failure->reason)};
  }
  const auto& response = std::get<Response>(exchange.reply);
  auto headers = response.headers;
  if (!has_no_body(exchange.request, response)) headers.remove("Content-Length");
  return block_lines(Block{'<', std::to_string(response.status), headers, response.body});
}

// ---- reading ------------------------------------------------------------------------------------

/// Nothing on a malformed escape.
std::optional<std::string> unescape(std::string_view text) {
  std::string plain;
  while (true) {
    const auto start = text.find(escape_start);
    plain += text.substr(0, start);
    if (start == std::string_view::npos) return plain;
    text.remove_prefix(start + escape_start.size());
    const auto byte = base::from_hex(text.substr(0, 2));
    if (!byte || byte->size() != 1) return std::nullopt;
    plain += *byte;
    text.remove_prefix(2);
  }
}

struct Line {
  std::size_t number = 0;
  char marker = '#';  ///< '#' also for empty lines
  std::string content;
};

Error bad_line(std::size_t number, const std::string& problem) {
  return Error{ErrorKind::invalid_data, "line " + std::to_string(number) + ": " + problem};
}

Result<Line> parse_line(std::string_view text, std::size_t number) {
  if (text.ends_with('\r')) text.remove_suffix(1);
  Line line{number, text.empty() ? '#' : text.front(), {}};
  if (line.marker == '#') return line;
  if (std::string_view("><!").find(line.marker) == std::string_view::npos) {
    return bad_line(number, "a line starts with #, >, < or !");
  }
  if (text.size() > 1 && text[1] != ' ') {
    return bad_line(number, std::string("after ") + line.marker + " comes a space");
  }
  const auto content = unescape(text.substr(std::min<std::size_t>(2, text.size())));
  if (!content) return bad_line(number, "\\x must be followed by two hexadecimal digits");
  line.content = *content;
  return line;
}

/// Reads the lines one after the other; every step returns what it read or the first error.
class ExchangeParser {
 public:
  explicit ExchangeParser(std::vector<Line> lines) : lines_(std::move(lines)) {}

  Result<std::vector<Exchange>> parse() {
    std::vector<Exchange> exchanges;
    skip_comments();
    while (next_ < lines_.size()) {
      auto exchange = parse_exchange();
      if (!exchange) return exchange.error();
      exchanges.push_back(std::move(*exchange));
      skip_comments();
    }
    return exchanges;
  }

 private:
  struct Content {
    Line first;
    Headers headers;
    std::string body;
  };

  bool at(char marker) const { return next_ < lines_.size() && lines_[next_].marker == marker; }
  void skip_comments() {
    while (at('#')) ++next_;
  }
  std::size_t number() const {
    return next_ < lines_.size() ? lines_[next_].number : lines_.size() + 1;
  }

  Result<Exchange> parse_exchange();
  Result<Request> parse_request();
  Result<Reply> parse_reply(const Request& request);
  Result<Content> parse_content(char marker);
  Result<Failure> parse_failure();

  std::vector<Line> lines_;
  std::size_t next_ = 0;
};

Result<Exchange> ExchangeParser::parse_exchange() {
  const auto line = number();
  if (!at('>')) return bad_line(line, "a request (>) must come before its reply");
  auto request = parse_request();
  if (!request) return request.error();
  skip_comments();
  if (!at('<') && !at('!')) return bad_line(line, "this request has no reply (< or !)");
  auto reply = parse_reply(*request);
  if (!reply) return reply.error();
  return Exchange{std::move(*request), std::move(*reply), line};
}

Result<ExchangeParser::Content> ExchangeParser::parse_content(char marker) {
  Content content{lines_[next_++], {}, {}};
  for (; at(marker) && !lines_[next_].content.empty(); ++next_) {
    const std::string_view text = lines_[next_].content;
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0) {
      return bad_line(number(), "a header is written Name: value");
    }
    content.headers.add(std::string(text.substr(0, colon)),
                        std::string(base::trim(text.substr(colon + 1))));
  }
  if (!at(marker)) return content;
  ++next_;  // the empty line
  for (bool is_first = true; at(marker); ++next_, is_first = false) {
    if (!is_first) content.body += '\n';
    content.body += lines_[next_].content;
  }
  return content;
}

Result<Request> ExchangeParser::parse_request() {
  auto content = parse_content('>');
  if (!content) return content.error();
  const std::string_view first = content->first.content;
  const auto space = first.find(' ');
  if (space == std::string_view::npos || space == 0) {
    return bad_line(content->first.number, "a request starts with its method and its URI");
  }
  auto uri = parse_uri(first.substr(space + 1));
  if (!uri) return bad_line(content->first.number, uri.error().message);
  return Request{std::string(first.substr(0, space)), std::move(*uri), std::move(content->headers),
                 std::move(content->body)};
}

Result<Failure> ExchangeParser::parse_failure() {
  const auto& line = lines_[next_++];
  const auto space = std::min(line.content.find(' '), line.content.size());
  const auto name = line.content.substr(0, space);
  const auto kind = std::find_if(failure_kinds.begin(), failure_kinds.end(),
                                 [&name](FailureKind each) { return failure_name(each) == name; });
  if (kind == failure_kinds.end()) {
    return bad_line(line.number, "there is no failure called \"" + name + "\"");
  }
  return Failure{*kind, std::string(base::trim(line.content.substr(space)))};
}

Result<Reply> ExchangeParser::parse_reply(const Request& request) {
  if (at('!')) {
    auto failure = parse_failure();
    if (!failure) return failure.error();
    return Reply{std::move(*failure)};
  }
  auto content = parse_content('<');
  if (!content) return content.error();
  const auto& first = content->first;
  const auto status = base::parse_unsigned(first.content.substr(0, first.content.find(' ')));
  if (!status || *status < 100 || *status > 599) {
    return bad_line(first.number, "a reply starts with its status, 100 to 599");
  }
  Response response{static_cast<int>(*status), std::move(content->headers),
                    std::move(content->body)};
  if (has_no_body(request, response)) {
    if (response.body.empty()) return Reply{std::move(response)};
    return bad_line(first.number, "a reply to HEAD, a 204 or a 304 has no body");
  }
  const auto body_bytes = std::to_string(response.body.size());
  const auto length = response.headers.find("Content-Length");
  if (length && *length != body_bytes) {
    return bad_line(first.number, "Content-Length says " + *length + " but the body has " +
                                      body_bytes + " bytes (leave the header out)");
  }
  if (!length && !response.headers.contains("Transfer-Encoding")) {
    response.headers.add("Content-Length", body_bytes);
  }
  return Reply{std::move(response)};
}

}  // namespace

std::string_view failure_name(FailureKind kind) {
  switch (kind) {
    case FailureKind::name_not_resolved: return "name_not_resolved";
    case FailureKind::not_connected: return "not_connected";
    case FailureKind::tls_not_trusted: return "tls_not_trusted";
    case FailureKind::tls_too_old: return "tls_too_old";
    case FailureKind::tls_failed: return "tls_failed";
    case FailureKind::timed_out: return "timed_out";
    case FailureKind::connection_lost: return "connection_lost";
    case FailureKind::malformed_response: return "malformed_response";
    case FailureKind::too_large: return "too_large";
    case FailureKind::proxy_denied: return "proxy_denied";
    case FailureKind::proxy_failed: return "proxy_failed";
  }
  return "";
}

std::vector<std::string> request_lines(const Request& request) {
  return block_lines(
      Block{'>', request.method + " " + request.uri.text(), request.headers, request.body});
}

std::string format_exchanges(const std::vector<Exchange>& exchanges, std::string_view comment) {
  std::string text;
  if (!comment.empty()) {
    if (comment.ends_with('\n')) comment.remove_suffix(1);
    for (const auto line : base::split(comment, '\n')) {
      text += line.empty() ? "#\n" : "# " + std::string(line) + "\n";
    }
  }
  for (const auto& exchange : exchanges) {
    if (!text.empty()) text += "\n";
    for (const auto& line : request_lines(exchange.request)) text += line + "\n";
    for (const auto& line : reply_lines(exchange)) text += line + "\n";
  }
  return text;
}

Result<std::vector<Exchange>> parse_exchanges(std::string_view text) {
  std::vector<Line> lines;
  for (const auto line_text : base::split(text, '\n')) {
    auto line = parse_line(line_text, lines.size() + 1);
    if (!line) return line.error();
    lines.push_back(std::move(*line));
  }
  return ExchangeParser(std::move(lines)).parse();
}

}  // namespace start_claude::http
