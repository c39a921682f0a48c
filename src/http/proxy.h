// Which requests go through a proxy, by the customs of HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
//
// Decided here rather than in the client library so that every build answers alike, and so that a
// failure to connect can name the proxy. Loopback and link-local addresses never go through one:
// they mean this machine and its cloud's metadata service, not the proxy's.
#pragma once

#include <string>
#include <string_view>

#include "http/uri.h"

namespace start_claude::http {

/// `no_proxy` is a list separated by commas or spaces: "*" (all), a host name (itself and its
/// subdomains, with or without a leading "." or "*."), an address, or a range such as 10.0.0.0/8;
/// names and addresses may end in ":port". Entries that are none of these match nothing.
bool bypasses_proxy(const Uri& uri, std::string_view no_proxy);

/// A proxy as shown to people: host and port without scheme, user, password and path.
std::string proxy_name(std::string_view proxy);

}  // namespace start_claude::http
