#include "json/string_text.h"

#include <cstdint>

namespace start_claude::json {
namespace {

unsigned char byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

bool is_continuation(std::string_view bytes, std::size_t at) {
  return at < bytes.size() && (byte_at(bytes, at) & 0xC0) == 0x80;
}

/// True for the three bytes of U+D800 to U+DFFF, which UTF-8 rules out.
bool starts_with_surrogate(std::string_view bytes) {
  return byte_at(bytes, 0) == 0xED && is_continuation(bytes, 1) && byte_at(bytes, 1) >= 0xA0 &&
         is_continuation(bytes, 2);
}

std::optional<std::uint32_t> parse_hex4(std::string_view digits) {
  if (digits.size() < 4) return std::nullopt;
  std::uint32_t code = 0;
  for (const char c : digits.substr(0, 4)) {
    code <<= 4;
    if (c >= '0' && c <= '9') {
      code |= static_cast<std::uint32_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      code |= static_cast<std::uint32_t>(c - 'a' + 10);
    } else if (c >= 'A' && c <= 'F') {
      code |= static_cast<std::uint32_t>(c - 'A' + 10);
    } else {
      return std::nullopt;
    }
  }
  return code;
}

void append_code_point(std::string& text, std::uint32_t code) {
  const auto put = [&text](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0 | (code >> 6));
  } else {
    if (code < 0x10000) {
      put(0xE0 | (code >> 12));
    } else {
      put(0xF0 | (code >> 18));
      put(0x80 | ((code >> 12) & 0x3F));
    }
    put(0x80 | ((code >> 6) & 0x3F));
  }
  put(0x80 | (code & 0x3F));
}

/// Decodes what follows "\u" and returns how many bytes it took, 0 if it is wrong.
std::size_t decode_unicode_escape(std::string& text, std::string_view after) {
  const auto code = parse_hex4(after);
  if (!code) return 0;
  if ((*code & 0xFC00) == 0xD800 && after.substr(4, 2) == "\\u") {
    const auto low = parse_hex4(after.substr(6));
    if (low && (*low & 0xFC00) == 0xDC00) {
      append_code_point(text, 0x10000 + ((*code & 0x3FF) << 10) + (*low & 0x3FF));
      return 10;
    }
  }
  append_code_point(text, *code);
  return 4;
}

char unescaped(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/': return letter;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return '\0';
  }
}

void append_unicode_escape(std::string& text, unsigned code) {
  constexpr std::string_view digits = "0123456789abcdef";
  text += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) text += digits[(code >> shift) & 0xF];
}

void append_escaped(std::string& text, char c) {
  switch (c) {
    case '"': text += "\\\""; break;
    case '\\': text += "\\\\"; break;
    case '\b': text += "\\b"; break;
    case '\f': text += "\\f"; break;
    case '\n': text += "\\n"; break;
    case '\r': text += "\\r"; break;
    case '\t': text += "\\t"; break;
    default: append_unicode_escape(text, static_cast<unsigned char>(c));
  }
}

/// Appends the one character, good or bad, at the start of `rest`; returns the bytes it took.
std::size_t append_beyond_ascii(std::string& text, std::string_view rest) {
  if (const std::size_t length = utf8_length(rest); length > 0) {
    text.append(rest, 0, length);
    return length;
  }
  if (starts_with_surrogate(rest)) {
    append_unicode_escape(text,
                          0xD000U | ((byte_at(rest, 1) & 0x3FU) << 6) | (byte_at(rest, 2) & 0x3FU));
    return 3;
  }
  text += "\xEF\xBF\xBD";
  return 1;
}

}  // namespace

std::size_t utf8_length(std::string_view bytes) {
  if (bytes.empty()) return 0;
  const unsigned char first = byte_at(bytes, 0);
  if (first < 0x80) return 1;
  const std::size_t length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (length == 0 || first > 0xF4 || starts_with_surrogate(bytes)) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(bytes, i)) return 0;
  }
  if (first == 0xE0 && byte_at(bytes, 1) < 0xA0) return 0;  // overlong
  if (first == 0xF0 && byte_at(bytes, 1) < 0x90) return 0;  // overlong
  if (first == 0xF4 && byte_at(bytes, 1) > 0x8F) return 0;  // beyond U+10FFFF
  return length;
}

std::optional<std::string> decode_string(std::string_view typed) {
  std::string text;
  text.reserve(typed.size());
  for (std::size_t at = 0;;) {
    const std::size_t escape = typed.find('\\', at);
    text.append(typed.substr(at, escape - at));
    if (escape == std::string_view::npos) return text;
    if (escape + 1 == typed.size()) return std::nullopt;
    at = escape + 2;
    if (typed[escape + 1] == 'u') {
      const std::size_t taken = decode_unicode_escape(text, typed.substr(at));
      if (taken == 0) return std::nullopt;
      at += taken;
    } else {
      const char c = unescaped(typed[escape + 1]);
      if (c == '\0') return std::nullopt;
      text += c;
    }
  }
}

void append_quoted(std::string& text, std::string_view string) {
  text += '"';
  std::size_t kept = 0;  // everything before it is in `text`
  for (std::size_t at = 0; at < string.size();) {
    const unsigned char byte = byte_at(string, at);
    if (byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\') {
      ++at;
      continue;
    }
    text.append(string, kept, at - kept);
    if (byte < 0x80) {
      append_escaped(text, string[at]);
      ++at;
    } else {
      at += append_beyond_ascii(text, string.substr(at));
    }
    kept = at;
  }
  text.append(string, kept);
  text += '"';
}

}  // namespace start_claude::json
