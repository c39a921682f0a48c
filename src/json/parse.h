// From text to value: one pass that holds the text against the grammar; what is in it is read when
// somebody looks (value.h).
//
// Accepts RFC 8259 with an optional UTF-8 byte order mark; refuses anything else and says where.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/shared_text.h"
#include "json/value.h"

namespace start_claude::json {

/// Arrays and objects inside each other; more is refused, so that no text overflows the stack.
inline constexpr std::size_t nesting_max = 512;

/// Where a text stops being JSON, and why. Lines ("\n" ends one) and columns count from 1; a column
/// is a byte; a byte order mark counts as none. The reason quotes no more than one
/// byte of the text, which may be full of secrets.
struct SyntaxError {
  std::size_t line = 1;
  std::size_t column = 1;
  std::string reason;  ///< "unterminated string", "nested more than 512 deep", ...
  bool operator==(const SyntaxError&) const = default;
};

/// The value at a path of member names in a text that parse() takes: what lies beside the path is
/// skipped, not looked at. Nothing if it is not there. For a text that was parsed before.
std::optional<Value> parse_at(std::string_view text, std::span<const std::string_view> path);

/// Numbers of any size and precision are taken as they are spelled, a repeated name as often as it
/// is there, an escaped half of a surrogate pair as Value says. Linear.
std::variant<Value, SyntaxError> parse(std::string_view text);
/// The same without a copy of the text: the value keeps it.
std::variant<Value, SyntaxError> parse_shared(base::SharedText text);

}  // namespace start_claude::json
