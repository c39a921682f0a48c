// The words behind a status code in an HTTP/1.1 status line (RFC 9110 section 15).
#pragma once

#include <string_view>

namespace start_claude::server {

/// "Status" for a code that no server here sends. Clients ignore the words.
std::string_view reason_phrase(int status);

}  // namespace start_claude::server
