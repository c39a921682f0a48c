// Which headers are for the next hop only (RFC 9110 section 7.6.1), and so never passed on.
#pragma once

#include <string>
#include <vector>

#include "http/message.h"

namespace start_claude::server {

/// `headers` without the connection's own: Connection and what it names, Keep-Alive, Proxy-*, TE,
/// Trailer, Transfer-Encoding, Upgrade. Content-Length goes, too: whoever passes a message on
/// frames it anew.
http::Headers end_to_end_headers(const http::Headers& headers);

}  // namespace start_claude::server
