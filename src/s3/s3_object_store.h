// The object store over HTTP: signs, sends, retries, follows region hints, classifies.
//
// One instance serves one bucket's endpoint and keeps what it learns in a run (the region a server
// hinted at, the clock's skew, whether If-Match must go unquoted). Everything it does on the wire
// is in design order: see retry.h for when, error_response.h for what the replies mean.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "http/transport.h"
#include "platform/clock.h"
#include "platform/random.h"
#include "s3/credentials.h"
#include "s3/endpoint.h"
#include "s3/object_store.h"

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

class S3ObjectStore final : public ObjectStore {
 public:
  S3ObjectStore(http::Transport& transport, platform::Clock& clock, platform::Random& random,
                CredentialsProvider& credentials, Endpoint endpoint, StoreOptions options);

  Result<GetOutcome> get(const ObjectLocation& object,
                         const std::optional<ETag>& if_none_match) override;
  Result<GetOutcome> get_version(const ObjectLocation& object,
                                 const std::string& version_id) override;
  Result<VersionsOutcome> list_versions(const ObjectLocation& object) override;
  Result<HeadOutcome> head(const ObjectLocation& object) override;
  Result<PutOutcome> put(const ObjectLocation& object, const PutRequest& request,
                         const Precondition& precondition) override;
  Result<base::Done> create_bucket(const std::string& bucket) override;
  ClockSkew clock_skew() const override { return skew_; }

  /// What this run learnt, to be remembered for the next one.
  bool etag_unquoted() const { return options_.etag_unquoted; }
  const std::string& region() const { return endpoint_.region; }

 private:
  http::Transport& transport_;
  platform::Clock& clock_;
  platform::Random& random_;
  CredentialsProvider& credentials_;
  Endpoint endpoint_;
  StoreOptions options_;
  ClockSkew skew_;
};

}  // namespace start_claude::s3
