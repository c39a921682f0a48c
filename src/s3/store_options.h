// What a caller may set about talking to a store, and what it is told while that goes on.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "s3/attempt_report.h"

namespace start_claude::s3 {

struct StoreOptions {
  /// For one whole call, all attempts and pauses included.
  std::chrono::milliseconds deadline{30'000};
  std::chrono::milliseconds connect_timeout{10'000};
  std::size_t response_bytes_max = std::size_t{512} * 1024 * 1024;
  /// Whether this store takes If-Match without the ETag's quotes only (Ceph before 2025,
  /// DigitalOcean), as an earlier run learnt; nothing: not known, and tried with the quotes first.
  std::optional<bool> etag_unquoted = {};
  /// Whether this store refuses If-None-Match on a GET, as an earlier run learnt.
  bool refuses_conditional_get = false;
  /// Signs for this region from the start, because a server said so in an earlier run; empty: the
  /// endpoint's.
  std::string learnt_region = {};
  /// x-amz-server-side-encryption of every PUT; empty: none, which is the bucket's default.
  std::string server_side_encryption = {};
  std::string user_agent = {};  ///< never signed: proxies rewrite it
  AttemptObserver report = {};
  /// Called once for what a person should know though the call goes on: the signing clock was
  /// corrected, the region was.
  std::function<void(const std::string&)> warn = {};
};

}  // namespace start_claude::s3
