// How this machine goes to the network, as the variables say that curl, the AWS tools, Node and
// Python heed.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "http/curl_transport.h"
#include "platform/environment.h"

namespace start_claude::cli {

/// The first of these variables that is set to more than blanks, without those around it; else
/// empty.
std::string first_variable(const platform::Environment& environment,
                           std::initializer_list<std::string_view> names);

/// The proxies and the certificates that are trusted. curl itself never reads the environment.
http::CurlOptions machine_network(const platform::Environment& environment);

}  // namespace start_claude::cli
