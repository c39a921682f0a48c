// Finds where and why a text is not JSON. Runs after simdjson refused it, for simdjson does not say
// where; a second reading of RFC 8259 that the tests hold against the first.
#pragma once

#include <optional>
#include <string_view>

#include "json/parse.h"

namespace start_claude::json {

/// The first place where `text` (without a byte order mark) leaves the grammar; nothing if it does
/// not. One pass, no recursion.
std::optional<SyntaxError> diagnose(std::string_view text);

}  // namespace start_claude::json
