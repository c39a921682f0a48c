// The S3 API over a folder: a signed request goes in, a response comes out. No sockets.
//
// GET, HEAD, PUT and DELETE of objects with conditions, PUT, HEAD and listings of buckets. What it
// does not do (multipart, copies, versions, ACLs) it refuses with NotImplemented, never ignores.
// Conditions are checked and acted on under one lock, so of two rival writers one gets 412.
// Thread-safe. Follows the Amazon S3 API reference.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "http/message.h"
#include "platform/clock.h"
#include "platform/filesystem.h"
#include "platform/random.h"
#include "s3/credentials.h"
#include "server/http_service.h"
#include "server/object_files.h"
#include "server/s3_address.h"
#include "server/s3_error.h"

namespace start_claude::server {

/// One request as `--verbose` shows it. Holds no secret and no header value.
struct ServedRequest {
  std::string method;
  std::string path;
  int status = 0;
  std::string error_code;  ///< empty unless the answer is an error
  std::string request_id;
  std::chrono::milliseconds took{0};
};

struct S3ServerOptions {
  /// The folder whose folders are the buckets; created (0700) if missing.
  std::string folder;
  /// The one pair that is let in. random_credentials() makes one.
  s3::Credentials credentials;
  /// BUCKET.domain in the Host header names a bucket; elsewhere the path does.
  std::vector<std::string> domains = {"s3.localhost", "localhost"};
  /// A larger body is refused before it is read. A body is held in memory while it is served.
  std::uint64_t object_bytes_max = std::uint64_t{1} << 30;
  /// Called after every request, by one thread at a time.
  std::function<void(const ServedRequest&)> report = {};
};

/// An access key id of 20 characters and a secret of 40, as Amazon's are.
s3::Credentials random_credentials(platform::Random& random);

class S3Service final : public HttpService {
 public:
  /// Locks the folder for this process and sweeps up what a killed run left. Errors: `locked` if
  /// another server has it, `local_disk`, `usage` for empty credentials. All but the options must
  /// live longer than the service; the file system and the clock must be thread-safe.
  static Result<std::unique_ptr<S3Service>> open(platform::FileSystem& files,
                                                 platform::Clock& clock, platform::Random& random,
                                                 S3ServerOptions options);

  /// The answer to a whole request as it came in: URI undecoded, Host among the headers.
  http::Response handle(const http::Request& request);

  HttpAnswer serve(const http::Request& request) override { return {handle(request)}; }
  /// Refuses what is not signed, and what is too large.
  std::optional<http::Response> refuse_head(const http::Request& head,
                                            std::uint64_t body_bytes) override;
  http::Response refuse_unmeasured(const http::Request& head) override;

 private:
  /// What a request turned out to be.
  struct Call {
    const http::Request& request;
    S3Address address;
    QueryParameters query;
  };
  using Answer = std::variant<http::Response, S3Error>;

  S3Service(platform::FileSystem& files, platform::Clock& clock, platform::Random& random,
            S3ServerOptions options, std::unique_ptr<platform::FileLock> lock);

  std::variant<Call, S3Error> admit(const http::Request& request, std::uint64_t body_bytes) const;
  Answer answer(const http::Request& request);
  Answer answer_for_service(const Call& call);
  Answer answer_for_bucket(const Call& call);
  Answer answer_for_object(const Call& call);
  Answer get_bucket(const Call& call);
  Answer put_bucket(const Call& call);
  Answer list(const Call& call);
  Answer get_object(const Call& call);
  Answer head_object(const Call& call);
  Answer put_object(const Call& call);
  Answer delete_object(const Call& call);
  Answer commit(const Call& call, const StagedBody& staged, const http::Headers& headers);
  std::optional<S3Error> missing_bucket(const std::string& bucket) const;
  http::Response finish(const http::Request& request, Answer answer,
                        std::chrono::milliseconds started);
  std::uint64_t random_number();

  platform::Clock& clock_;
  platform::Random& random_;
  std::mutex random_mutex_;
  std::mutex report_mutex_;
  /// Shared to read objects, exclusive to change one or to create a bucket.
  mutable std::shared_mutex objects_mutex_;
  S3ServerOptions options_;
  ObjectFiles objects_;
  std::unique_ptr<platform::FileLock> lock_;
};

}  // namespace start_claude::server
