// How this machine goes to the network, as the variables say that curl, the AWS tools, Node and
// Python heed.
#pragma once

#include "http/curl_transport.h"
#include "platform/environment.h"

namespace start_claude::cli {

/// The proxies and the certificates that are trusted. curl itself never reads the environment.
http::CurlOptions machine_network(const platform::Environment& environment);

}  // namespace start_claude::cli
