#include "s3/xml.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.h"

namespace start_claude::s3 {
namespace {

enum class TokenKind { text, cdata, open, close, empty_element, ignored, malformed };

struct Token {
  TokenKind kind = TokenKind::malformed;
  std::string_view value;  ///< the text itself, or the element's name without prefix
  std::size_t length = 0;  ///< bytes taken, delimiters included
};

constexpr std::string_view blanks = " \t\r\n";

/// A token that goes on until `end`; `begin` is what it started with.
Token until(std::string_view rest, TokenKind kind, std::string_view begin, std::string_view end) {
  const auto at = rest.find(end, begin.size());
  if (at == std::string_view::npos) return {};
  return {kind, rest.substr(begin.size(), at - begin.size()), at + end.size()};
}

/// Where a tag ends: its ">" outside of quoted attribute values.
std::size_t tag_end(std::string_view rest) {
  char quote = '\0';
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const char c = rest[i];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      return i;
    }
  }
  return std::string_view::npos;
}

Token tag_token(std::string_view rest) {
  const auto end = tag_end(rest);
  if (end == std::string_view::npos) return {};
  Token token{TokenKind::open, rest.substr(1, end - 1), end + 1};
  if (token.value.starts_with('/')) {
    token.kind = TokenKind::close;
    token.value.remove_prefix(1);
  } else if (token.value.ends_with('/')) {
    token.kind = TokenKind::empty_element;
    token.value.remove_suffix(1);
  }
  token.value = token.value.substr(0, token.value.find_first_of(blanks));
  const auto colon = token.value.find(':');
  if (colon != std::string_view::npos) token.value.remove_prefix(colon + 1);
  if (token.value.empty()) token.kind = TokenKind::malformed;
  return token;
}

/// Precondition: `rest` is not empty.
Token first_token(std::string_view rest) {
  if (rest.front() != '<') {
    const auto end = std::min(rest.find('<'), rest.size());
    return {TokenKind::text, rest.substr(0, end), end};
  }
  if (rest.starts_with("<!--")) return until(rest, TokenKind::ignored, "<!--", "-->");
  if (rest.starts_with("<![CDATA[")) return until(rest, TokenKind::cdata, "<![CDATA[", "]]>");
  if (rest.starts_with("<?")) return until(rest, TokenKind::ignored, "<?", "?>");
  if (rest.starts_with("<!")) return {};
  return tag_token(rest);
}

void append_utf8(std::string& text, std::uint32_t point) {
  const auto byte = [&text](std::uint32_t value) { text += static_cast<char>(value); };
  if (point < 0x80) return byte(point);
  if (point < 0x800) {
    byte(0xC0U | point >> 6U);
  } else {
    if (point < 0x10000) {
      byte(0xE0U | point >> 12U);
    } else {
      byte(0xF0U | point >> 18U);
      byte(0x80U | (point >> 12U & 0x3FU));
    }
    byte(0x80U | (point >> 6U & 0x3FU));
  }
  byte(0x80U | (point & 0x3FU));
}

/// The code point of "#39" or "#x27"; nothing if it names none.
std::optional<std::uint32_t> parse_character_reference(std::string_view name) {
  if (!name.starts_with('#')) return std::nullopt;
  name.remove_prefix(1);
  const bool hexadecimal = name.starts_with('x');
  if (hexadecimal) name.remove_prefix(1);
  if (name.empty() || name.size() > 8) return std::nullopt;
  std::uint64_t point = 0;
  for (const char c : name) {
    const auto digit = std::string_view("0123456789abcdef").find(base::to_lower({&c, 1}));
    if (digit == std::string_view::npos || (!hexadecimal && digit > 9)) return std::nullopt;
    point = point * (hexadecimal ? 16 : 10) + digit;
  }
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  if (point == 0 || point > 0x10FFFF || surrogate) return std::nullopt;
  return static_cast<std::uint32_t>(point);
}

struct Entity {
  std::string_view name;
  char character;
};
constexpr std::array<Entity, 5> entities = {
    {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};

bool append_entity(std::string& text, std::string_view name) {
  for (const Entity& entity : entities) {
    if (entity.name != name) continue;
    text += entity.character;
    return true;
  }
  const auto point = parse_character_reference(name);
  if (point) append_utf8(text, *point);
  return point.has_value();
}

void append_decoded(std::string& text, std::string_view raw) {
  constexpr std::size_t entity_name_max = 10;
  while (!raw.empty()) {
    const auto begin = std::min(raw.find('&'), raw.size());
    text += raw.substr(0, begin);
    raw.remove_prefix(begin);
    if (raw.empty()) return;
    const auto end = raw.substr(0, entity_name_max + 2).find(';');
    if (end != std::string_view::npos && append_entity(text, raw.substr(1, end - 1))) {
      raw.remove_prefix(end + 1);
    } else {
      text += '&';
      raw.remove_prefix(1);
    }
  }
}

}  // namespace

std::optional<XmlElement> XmlReader::next() {
  std::string_view name;
  std::string_view content;
  std::size_t depth = 0;
  while (!rest_.empty()) {
    const Token token = first_token(rest_);
    if (token.kind == TokenKind::malformed) break;
    const std::string_view here = rest_;
    rest_.remove_prefix(token.length);
    if (token.kind == TokenKind::empty_element && depth == 0) return XmlElement{token.value, {}};
    if (token.kind == TokenKind::open && depth++ == 0) {
      name = token.value;
      content = rest_;
    }
    if (token.kind != TokenKind::close) continue;
    if (depth == 0) break;
    if (--depth > 0) continue;
    if (token.value != name) break;
    return XmlElement{name, content.substr(0, content.size() - here.size())};
  }
  rest_ = {};
  return std::nullopt;
}

std::optional<XmlElement> find_xml(std::string_view content, std::string_view name) {
  XmlReader reader(content);
  while (auto element = reader.next()) {
    if (element->name == name) return element;
  }
  return std::nullopt;
}

std::string xml_text(std::string_view content) {
  std::string text;
  while (!content.empty()) {
    const Token token = first_token(content);
    if (token.kind == TokenKind::malformed) break;
    if (token.kind == TokenKind::text) append_decoded(text, token.value);
    if (token.kind == TokenKind::cdata) text += token.value;
    content.remove_prefix(token.length);
  }
  return std::string(base::trim(text));
}

std::string escape_xml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const Entity* found = nullptr;
    for (const Entity& entity : entities) {
      if (entity.character == c) found = &entity;
    }
    if (found == nullptr) {
      escaped += c;
    } else {
      escaped.append("&").append(found->name).append(";");
    }
  }
  return escaped;
}

}  // namespace start_claude::s3
