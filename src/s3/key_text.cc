#include "s3/key_text.h"

#include <array>
#include <cstdio>
#include <string_view>

#include "base/text.h"

namespace start_claude::s3 {
namespace {

bool is_quoted(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> quotes = {
      {{"\"", "\""}, {"'", "'"}, {"`", "`"}, {"\u201c", "\u201d"}, {"\u2018", "\u2019"}}};
  for (const auto& [open, close] : quotes) {
    const bool has_both = text.starts_with(open) && text.ends_with(close);
    if (has_both && text.size() >= open.size() + close.size()) return true;
  }
  return false;
}

std::string code_point_name(char32_t point) {
  std::array<char, 16> name{};
  std::snprintf(name.data(), name.size(), "U+%04X", static_cast<unsigned>(point));
  return name.data();
}

/// Empty if there is none.
std::string stray_in(std::string_view text) {
  if (is_quoted(text)) return "has quotes around it";
  if (text.find_first_of("\r\n") != std::string_view::npos) return "has a line break in it";
  if (const auto invisible = base::first_invisible(text)) {
    return "has an invisible character in it (" + code_point_name(*invisible) + ")";
  }
  return {};
}

}  // namespace

Result<base::Done> check_key_texts(const std::vector<KeyText>& texts) {
  for (const KeyText& text : texts) {
    const std::string stray = stray_in(text.value);
    if (stray.empty()) continue;
    return Error{ErrorKind::not_configured, text.name + ' ' + stray,
                 "take it out: the key does not work with it"};
  }
  return base::Done{};
}

}  // namespace start_claude::s3
