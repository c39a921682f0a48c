// Small total functions over ASCII and UTF-8 text, independent of the locale.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace start_claude::base {

/// U+FEFF in UTF-8, which editors on Windows begin a text with.
inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
/// The text after its byte order mark, if it begins with one.
std::string_view without_byte_order_mark(std::string_view text);

/// Lower case of the ASCII letters; every other byte is kept.
std::string to_lower(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);

/// Without leading and trailing spaces, tabs, CR and LF.
std::string_view trim(std::string_view text);

/// The parts between separators; n separators give n + 1 parts, empty ones included. They are
/// views of `text`, which must outlive them: so it may be no temporary string.
std::vector<std::string_view> split(std::string_view text, char separator);
template <class Text>
requires std::same_as<Text, std::string> std::vector<std::string_view> split(Text&& text,
                                                                             char separator)
= delete;
std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// Every occurrence, from the left, without looking at what was put in; an empty `from` occurs
/// nowhere.
std::string replace_all(std::string text, std::string_view from, std::string_view to);

/// Decimal digits only, no sign, no spaces, no overflow.
std::optional<std::uint64_t> parse_unsigned(std::string_view text);

/// True if `text` is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
bool is_utf8(std::string_view text);

/// `text` safe to print on one line of a terminal: control characters (C0, DEL, C1), malformed
/// bytes, line separators and the marks that reverse the direction of what follows (U+202A to
/// U+202E, U+2066 to U+2069) each become "?", and everything after `characters_max` code points
/// becomes "...".
std::string printable(std::string_view text, std::size_t characters_max = 200);

/// The first character of well-formed `text` that leaves no ink and is no plain blank: a control
/// character (tab and line ends among them), a no-break space or another of Unicode's blanks, a
/// zero-width character, a byte order mark; nothing if there is none.
std::optional<char32_t> first_invisible(std::string_view text);

/// "1 configuration", "2 configurations": an "s" for every count but one.
std::string count_of(std::size_t count, std::string_view singular);

/// A size for people: "912 B", "1.1 KB", "3.4 MB" (powers of 1000).
std::string format_size(std::uint64_t bytes);

/// The same name to a person: ASCII letters lower-cased, every other byte kept. This is the
/// case folding by which profiles match.
std::string fold_case(std::string_view name);

}  // namespace start_claude::base
