// Eight bytes of a text at a time: which of them, if any, ends a run of ordinary ones in a string.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace start_claude::json {

inline constexpr std::uint64_t every_byte = 0x0101010101010101U;

inline std::uint64_t eight_bytes(const char* at) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, at, sizeof bytes);
  return bytes;
}

/// Not zero if any byte of `bytes` is `c`.
inline std::uint64_t has_byte(std::uint64_t bytes, char c) {
  const std::uint64_t same_is_zero = bytes ^ (every_byte * static_cast<unsigned char>(c));
  return (same_is_zero - every_byte) & ~same_is_zero & (every_byte * 0x80U);
}

/// The first quote or backslash from `at` on; the end of `text` if there is none.
inline std::size_t string_mark(std::string_view text, std::size_t at) {
  while (at + 8 <= text.size()) {
    const std::uint64_t bytes = eight_bytes(text.data() + at);
    if ((has_byte(bytes, '"') | has_byte(bytes, '\\')) != 0) break;
    at += 8;
  }
  while (at < text.size() && text[at] != '"' && text[at] != '\\') ++at;
  return at;
}

/// The first byte from `at` on that a string cannot hold as it is, or that is not ASCII; the end of
/// `text` if there is none.
inline std::size_t string_exception(std::string_view text, std::size_t at) {
  while (at + 8 <= text.size()) {
    const std::uint64_t bytes = eight_bytes(text.data() + at);
    const std::uint64_t control = (bytes - every_byte * 0x20U) & ~bytes & (every_byte * 0x80U);
    const std::uint64_t beyond_ascii = bytes & (every_byte * 0x80U);
    if ((has_byte(bytes, '"') | has_byte(bytes, '\\') | control | beyond_ascii) != 0) break;
    at += 8;
  }
  while (at < text.size()) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\') break;
    ++at;
  }
  return at;
}

inline bool is_white_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

inline std::size_t white_space_end(std::string_view text, std::size_t at) {
  while (at < text.size() && is_white_space(text[at])) ++at;
  return at;
}

}  // namespace start_claude::json
