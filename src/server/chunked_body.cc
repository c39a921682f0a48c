#include "server/chunked_body.h"

#include <algorithm>
#include <string_view>

namespace start_claude::server {
namespace {

constexpr std::size_t line_bytes_max = 4096;
constexpr std::size_t trailer_bytes_max = 16 * 1024;
/// 60 bits: whatever is longer is longer than any body.
constexpr std::size_t size_digits_max = 15;

/// -1 if it is none.
int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

ChunkedBody::Progress ChunkedBody::take_size(std::string_view line) {
  std::uint64_t size = 0;
  std::size_t digits = 0;
  for (; digits < line.size() && hex_digit(line[digits]) >= 0; ++digits) {
    if (digits == size_digits_max) return Progress::too_large;
    size = size * 16 + static_cast<std::uint64_t>(hex_digit(line[digits]));
  }
  const auto rest = line.substr(digits);
  // Blanks before an extension are allowed by nobody but old servers; a bare one is refused.
  if (digits == 0 || (!rest.empty() && rest.front() != ';')) return Progress::malformed;
  if (rest.find_first_of("\r\n") != std::string_view::npos) return Progress::malformed;
  chunk_left_ = size;
  expects_ = size == 0 ? Expects::trailer : Expects::data;
  return Progress::needs_more;
}

ChunkedBody::Progress ChunkedBody::take(std::string& received, std::string& body) {
  std::size_t at = 0;
  auto progress = Progress::needs_more;
  const std::string_view text = received;
  while (progress == Progress::needs_more) {
    if (expects_ == Expects::data) {
      const auto piece = text.substr(
          at, static_cast<std::size_t>(std::min<std::uint64_t>(chunk_left_, text.size() - at)));
      if (chunk_left_ > body_bytes_max_ - std::min(body_bytes_max_, body.size())) {
        progress = Progress::too_large;
        break;
      }
      body += piece;
      at += piece.size();
      chunk_left_ -= piece.size();
      if (chunk_left_ > 0) break;
      expects_ = Expects::data_end;
    }
    const auto end = text.find("\r\n", at);
    const auto line = text.substr(at, end == std::string_view::npos ? end : end - at);
    if (line.size() > line_bytes_max || (expects_ == Expects::data_end && line.size() > 1)) {
      progress = Progress::malformed;
      break;
    }
    if (end == std::string_view::npos) break;
    at = end + 2;
    switch (expects_) {
      case Expects::size: progress = take_size(line); break;
      case Expects::data: break;
      case Expects::data_end:
        if (!line.empty()) progress = Progress::malformed;
        expects_ = Expects::size;
        break;
      case Expects::trailer:
        trailer_bytes_ += line.size();
        if (line.empty()) progress = Progress::complete;
        if (trailer_bytes_ > trailer_bytes_max) progress = Progress::malformed;
        break;
    }
  }
  received.erase(0, at);
  return progress;
}

}  // namespace start_claude::server
