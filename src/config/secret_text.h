// Text that may hold a config document, without what must not be seen.
//
// Reads byte by byte rather than by the parser, so that all else keeps its layout and a document
// that is damaged or cut off hides its secrets as well. Which strings those are, secret_members.h
// says.
#pragma once

#include <string>
#include <string_view>

namespace start_claude::config {

/// `text` with `mask` (which needs no escaping in JSON) in place of each JSON string that is a
/// secret. Text without JSON comes back as it is.
std::string mask_secret_strings(std::string_view text, std::string_view mask);

}  // namespace start_claude::config
