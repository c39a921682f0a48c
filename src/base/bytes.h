// Bytes as text: hexadecimal and base64.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace start_claude::base {

/// Two lower-case digits per byte.
std::string to_hex(std::string_view bytes);
/// Either case; nothing unless `text` is an even number of hexadecimal digits.
std::optional<std::string> from_hex(std::string_view text);

/// RFC 4648 section 4, with padding.
std::string to_base64(std::string_view bytes);
/// Nothing unless `text` is just as to_base64() writes it.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace start_claude::base
