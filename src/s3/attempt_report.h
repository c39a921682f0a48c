// One attempt on the wire, be it to the store or to whoever hands out credentials, as `--verbose`
// shows it.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "http/transport.h"

namespace start_claude::s3 {

/// Holds no secret and no header value but the request's id.
struct AttemptReport {
  std::string method;
  std::string host;
  std::string path;
  int attempt = 1;
  int status = 0;  ///< 0 if there was no response
  std::string failure;
  std::string request_id;
  /// Of a signature that did not match: where the server signed something else. Empty otherwise.
  std::string signature;
  std::chrono::milliseconds took{0};
};

using AttemptObserver = std::function<void(const AttemptReport&)>;

/// Everything but the attempt's number and how long it took.
AttemptReport report_of(const http::Request& request, const http::Reply& reply);

}  // namespace start_claude::s3
