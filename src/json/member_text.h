// One member of an object changed in its text, everything else byte for byte, without reading what
// is inside: for large texts of which only the outside matters.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace start_claude::json {

/// `text`, an object, with `value` (a JSON text itself) in place of the value of its member `name`;
/// of every one, if it is there more than once. Nothing if there is none, or if `text` is no
/// object. Does not tell whether what is inside the other members is JSON. Linear.
std::optional<std::string> with_member_text(std::string_view text, std::string_view name,
                                            std::string_view value);

}  // namespace start_claude::json
