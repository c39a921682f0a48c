// What a caller may set about talking to a store, and what it is told while that goes on.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

namespace start_claude::s3 {

/// One attempt on the wire, as `--verbose` reports it. Holds no secret and no header value.
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

struct StoreOptions {
  /// For one whole call, all attempts and pauses included.
  std::chrono::milliseconds deadline{30'000};
  std::chrono::milliseconds connect_timeout{10'000};
  std::size_t response_bytes_max = std::size_t{64} * 1024 * 1024;
  /// Sends If-Match without quotes from the start, because an earlier run learnt that this store
  /// wants it so (Ceph before 2025, DigitalOcean).
  bool etag_unquoted = false;
  std::function<void(const AttemptReport&)> report = {};
  /// Called once for what a person should know though the call goes on: the signing clock was
  /// corrected, the region was.
  std::function<void(const std::string&)> warn = {};
};

}  // namespace start_claude::s3
