// A second reading of JSON that the first is held against: not by simdjson, whole, at once, and
// into values that know no text.
#pragma once

#include <optional>
#include <string_view>

#include "json/value.h"

namespace start_claude::support {

/// Nothing if it is not JSON, or nested deeper than json::nesting_max.
std::optional<json::Value> reference_parse(std::string_view text);

}  // namespace start_claude::support
