#include "http/response_reader.h"

#include <new>
#include <utility>

#include "base/text.h"

namespace start_claude::http {
namespace {

/// All header lines of all answers to one request, interim ones included. S3 allows 2 KB of
/// metadata and no store is known to send more than a few kilobytes in all.
constexpr std::size_t header_bytes_max = std::size_t{256} * 1024;

/// A line that goes on with the header before it (RFC 9112 section 5.2).
bool is_continuation(std::string_view line) { return line.front() == ' ' || line.front() == '\t'; }

}  // namespace

bool ResponseReader::take_header_line(std::string_view line) noexcept {
  header_bytes_ += line.size();
  if (header_bytes_ > header_bytes_max) {
    problem_ = Problem::headers_too_large;
    return false;
  }
  try {
    read_header_line(line);
  } catch (const std::bad_alloc&) {
    problem_ = Problem::no_memory;
    return false;
  }
  return true;
}

void ResponseReader::read_header_line(std::string_view line) {
  const auto text = base::trim(line);
  if (!in_headers_ && line.starts_with("HTTP/")) {
    in_headers_ = true;
    unfinished_.reset();
    response_.headers = Headers{};
    return;
  }
  if (!in_headers_) return;  // a trailer, after the body
  if (!text.empty() && is_continuation(line)) {
    if (unfinished_) unfinished_->value += " " + std::string(text);
    return;
  }
  if (unfinished_) {
    response_.headers.add(std::move(unfinished_->name), std::move(unfinished_->value));
    unfinished_.reset();
  }
  if (text.empty()) {
    in_headers_ = false;
    return;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  unfinished_ = Header{std::string(base::trim(line.substr(0, colon))),
                       std::string(base::trim(line.substr(colon + 1)))};
}

bool ResponseReader::take_body(std::string_view piece) noexcept {
  try {
    const auto room = body_bytes_max_ - response_.body.size();
    if (piece.size() > room || content_length().value_or(0) > body_bytes_max_) {
      problem_ = Problem::body_too_large;
      return false;
    }
    // Growing by doubling would hold a large body twice.
    if (response_.body.empty()) {
      response_.body.reserve(content_length().value_or(0) + base::SharedText::spare_wanted);
    }
    response_.body += piece;
  } catch (const std::bad_alloc&) {
    problem_ = Problem::no_memory;
    return false;
  }
  return true;
}

std::optional<std::size_t> ResponseReader::content_length() const {
  const auto text = response_.headers.find("Content-Length");
  return text ? base::parse_unsigned(*text) : std::nullopt;
}

Response ResponseReader::finish(int status) {
  response_.status = status;
  return std::exchange(response_, Response{});
}

}  // namespace start_claude::http
