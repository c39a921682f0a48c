// From value to text: compact, canonical, pretty, or in the layout of an earlier text.
#pragma once

#include <string>
#include <string_view>

#include "json/value.h"

namespace start_claude::json {

/// No white space; members in their order; numbers as spelled. ASCII control characters are
/// escaped, everything else is UTF-8.
std::string write_compact(const Value& value);

/// Two values are equal exactly if their canonical texts are: members sorted by name (bytewise,
/// a repeated name once), no white space, numbers normalised without loss of precision.
std::string write_canonical(const Value& value);

/// Indented by two spaces, "\n" line ends, a newline at the end: the layout of a new file.
std::string write_pretty(const Value& value);

/// `value` in the layout of `original`, a JSON text: wherever nothing changed the bytes are those
/// of `original` (white space, escapes, number spelling, order, BOM, CRLF, final newline or none).
/// What is new is indented like its neighbours. Members and elements stand in `value`'s order.
/// If `original` is not JSON the result is write_pretty(value). Linear in both.
std::string write_over(std::string_view original, const Value& value);

}  // namespace start_claude::json
