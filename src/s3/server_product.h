// Which program answers on a host of somebody's own, by what its replies look like.
//
// For people and reports only: what a server can do is measured, never looked up by its name.
#pragma once

#include <optional>
#include <string_view>

#include "http/message.h"
#include "s3/error_response.h"

namespace start_claude::s3 {

/// "MinIO", "Ceph", "Garage"; empty if the reply does not tell. Proxies may replace the Server
/// header, so the shapes of request ids and of error bodies count as well.
std::string_view product_of(const http::Response& response,
                            const std::optional<ErrorResponse>& error);

}  // namespace start_claude::s3
