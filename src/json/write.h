// From value to text: compact, canonical, pretty, or in the layout of an earlier text.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/shared_text.h"
#include "base/text_parts.h"
#include "json/value.h"

namespace start_claude::json {

/// No white space; members in their order; numbers as spelled. `"`, `\` and U+0000 to U+001F are
/// escaped, and half surrogate pairs; everything else is UTF-8. Here and below, bytes in a string
/// that are not UTF-8 are written as U+FFFD.
std::string write_compact(const Value& value);

/// Two values are equal exactly if their canonical texts are: members sorted by name (bytewise, a
/// repeated name once, with its last value), no white space, numbers in one normal form without
/// loss of precision (1.10 as 1.1, 1e2 as 100, 1e400 as it is).
std::string write_canonical(const Value& value);
/// The same text in pieces of some 64 KB, for what need not hold all of it.
void write_canonical(const Value& value, const std::function<void(std::string_view)>& take);

/// Indented by two spaces, "\n" line ends, a newline at the end: the layout of a new file.
std::string write_pretty(const Value& value);

/// `value` in the layout of `original`, a JSON text: wherever nothing changed the bytes are those
/// of `original` (white space, escapes, number spelling, BOM, CRLF, final newline or none).
/// "Nothing changed" is equality of values: other member order or number spelling alone is no
/// change, and an object of which nothing else changed keeps its original text. In those that did
/// change, members and elements stand in `value`'s order. What is new is spaced like its
/// neighbours. The result always says `value`. If `original` is not JSON it is write_pretty(value).
/// Linear in both, but for sorting the members of objects, and for what changed deep down: it is
/// compared again at each level above it.
std::string write_over(std::string_view original, const Value& value);
/// The same where it is known what `original` says, `before`, which was parsed from it. What stays
/// as it was is not copied.
base::TextParts write_over(const base::SharedText& original, const Value& before,
                           const Value& value);

}  // namespace start_claude::json
