// The number grammar of RFC 8259 section 6, and one normal form for all spellings of a number.
//
// Nothing is ever converted to binary: a number of a million digits, or with an exponent of twenty,
// is text from end to end.
#pragma once

#include <string>
#include <string_view>

namespace start_claude::json {

/// True if the whole of `text` is a JSON number: "-0.5e+3", not "+1", "01", ".5", "1." or " 1".
bool is_number(std::string_view text);

/// The one spelling that all spellings of the same number share, itself a JSON number: "1.1" for
/// 1.10 and 11e-1, "100" for 1e2, "0" for -0.0. Plain from 1e-7 up to 40 digits before the point,
/// else as in "1.5e400". What is not a number is returned as it is. Linear in the text.
std::string normal_number(std::string_view spelling);

}  // namespace start_claude::json
