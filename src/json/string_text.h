// Strings between their two shapes: as typed between quotes, and decoded. RFC 8259 section 7.
//
// Half of a surrogate pair, which only an escape can write, is kept as its three WTF-8 bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace start_claude::json {

/// How many bytes the character at the start of `bytes` takes, 0 if they are not UTF-8 (RFC 3629).
std::size_t utf8_length(std::string_view bytes);

/// What is between the quotes of a string as it was typed.
inline std::string_view without_quotes(std::string_view quoted) {
  return quoted.substr(1, quoted.size() - 2);
}

/// The string that `typed`, the text between the quotes, stands for; nothing if an escape is wrong.
/// Does not look at quotes, control characters or UTF-8: scan() did.
std::optional<std::string> decode_string(std::string_view typed);

/// Appends `string` in quotes: `"`, `\` and U+0000 to U+001F escaped, half surrogate pairs as
/// \udXXX, other bytes that are not UTF-8 as U+FFFD.
void append_quoted(std::string& text, std::string_view string);

}  // namespace start_claude::json
