#include "base/text.h"

#include <algorithm>
#include <array>
#include <limits>

namespace start_claude::base {
namespace {

constexpr std::string_view blanks = " \t\r\n";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

struct CodePoint {
  char32_t value = 0;
  std::size_t length = 0;  ///< bytes; 0 if they are not well-formed UTF-8
};

/// The code point `text` begins with, by RFC 3629. Precondition: not empty.
CodePoint first_code_point(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead < 0xC2 ? 0U : lead < 0xE0 ? 2U : lead < 0xF0 ? 3U : 4U;
  if (length == 0 || lead > 0xF4 || text.size() < length) return {};
  char32_t value = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0U) != 0x80U) return {};
    value = value << 6U | (next & 0x3FU);
  }
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (overlong || surrogate || value > 0x10FFFF) return {};
  return {value, length};
}

bool disturbs_a_terminal(char32_t value) {
  const bool control = value < 0x20 || (value >= 0x7F && value < 0xA0);
  const bool line_end = value == 0x2028 || value == 0x2029;
  const bool direction =
      (value >= 0x202A && value <= 0x202E) || (value >= 0x2066 && value <= 0x2069);
  return control || line_end || direction;
}

struct Range {
  char32_t first;
  char32_t last;
};

/// Unicode's blanks, format characters and fillers, beside the control characters.
constexpr std::array<Range, 15> invisible_ranges{{{0x00, 0x1F},
                                                  {0x7F, 0xA0},
                                                  {0xAD, 0xAD},
                                                  {0x034F, 0x034F},
                                                  {0x061C, 0x061C},
                                                  {0x115F, 0x1160},
                                                  {0x1680, 0x1680},
                                                  {0x180B, 0x180E},
                                                  {0x2000, 0x200F},
                                                  {0x2028, 0x202F},
                                                  {0x205F, 0x206F},
                                                  {0x3000, 0x3000},
                                                  {0xFE00, 0xFE0F},
                                                  {0xFEFF, 0xFEFF},
                                                  {0xE0000, 0xE0FFF}}};

bool is_invisible(char32_t value) {
  return std::any_of(invisible_ranges.begin(), invisible_ranges.end(), [&](const Range& range) {
    return value >= range.first && value <= range.last;
  });
}

}  // namespace

std::string_view without_byte_order_mark(std::string_view text) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  return text;
}

std::string to_lower(std::string_view text) {
  std::string lowered(text);
  std::transform(lowered.begin(), lowered.end(), lowered.begin(), lower);
  return lowered;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string joined;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) joined += separator;
    joined += parts[i];
  }
  return joined;
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  if (from.empty() || text.find(from) == std::string::npos) return text;
  std::string replaced;
  std::size_t begin = 0;
  for (;;) {
    const auto end = text.find(from, begin);
    if (end == std::string::npos) return replaced.append(text, begin);
    replaced.append(text, begin, end - begin).append(to);
    begin = end + from.size();
  }
}

std::optional<std::uint64_t> parse_unsigned(std::string_view text) {
  if (text.empty()) return std::nullopt;
  constexpr auto value_max = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (value_max - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto length = first_code_point(text).length;
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string printable(std::string_view text, std::size_t characters_max) {
  std::string safe;
  for (std::size_t characters = 0; !text.empty(); ++characters) {
    if (characters == characters_max) return safe += "...";
    const auto point = first_code_point(text);
    const auto length = std::max<std::size_t>(point.length, 1);
    if (point.length == 0 || disturbs_a_terminal(point.value)) {
      safe += '?';
    } else {
      safe += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return safe;
}

std::optional<char32_t> first_invisible(std::string_view text) {
  while (!text.empty()) {
    const CodePoint next = first_code_point(text);
    if (next.length > 0 && is_invisible(next.value)) return next.value;
    text.remove_prefix(std::max<std::size_t>(next.length, 1));
  }
  return std::nullopt;
}

std::string count_of(std::size_t count, std::string_view singular) {
  std::string text = std::to_string(count);
  text.append(" ").append(singular);
  if (count != 1) text += 's';
  return text;
}

std::string format_size(std::uint64_t bytes) {
  if (bytes < 1000) return std::to_string(bytes) + " B";
  constexpr std::array<std::string_view, 6> units = {"KB", "MB", "GB", "TB", "PB", "EB"};
  std::uint64_t tenth_of_unit = 100;
  for (std::size_t i = 0;; ++i, tenth_of_unit *= 1000) {
    const auto remainder = bytes % tenth_of_unit;
    const auto tenths = bytes / tenth_of_unit + (remainder >= tenth_of_unit / 2 ? 1 : 0);
    // 999,950 rounds to a thousand of one unit, which is one of the next.
    if (tenths >= 10'000 && i + 1 < units.size()) continue;
    std::string text = std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + ' ';
    return text.append(units[i]);
  }
}

std::string fold_case(std::string_view name) { return to_lower(name); }

}  // namespace start_claude::base
