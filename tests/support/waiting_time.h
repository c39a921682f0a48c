// What a fake of a transport or of a store does between a request and its answer.
#pragma once

namespace start_claude::support {

/// Calls `while_awaited` of an http::Request or s3::PutRequest that went out wholly.
template <class Request>
void use_waiting_time(const Request& request) {
  if (request.while_awaited && !request.body.empty()) request.while_awaited();
}

}  // namespace start_claude::support
