// A real S3ObjectStore on a scripted transport and a clock that stands still.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "s3/s3_object_store.h"
#include "support/fake_clock.h"
#include "support/fake_random.h"
#include "support/scripted_transport.h"

namespace start_claude::s3 {

inline const ObjectLocation config_object{"team", "config.json"};

/// Credentials that get others when they are told to, as many times as there are.
class RefreshableCredentials final : public CredentialsProvider {
 public:
  Result<Credentials> credentials() override {
    if (broken) return Error{ErrorKind::access_denied, "no credentials left"};
    return Credentials{.access_key_id = "KEY" + std::to_string(generation),
                       .secret_access_key = Secret("secret"),
                       .session_token = Secret("session-token-value")};
  }
  bool refresh() override {
    if (refreshes == 0) return false;
    --refreshes;
    ++generation;
    return true;
  }
  int refreshes = 0;
  int generation = 1;
  bool broken = false;
};

struct StoreFixture {
  support::FakeClock clock;
  support::FakeRandom random;
  support::ScriptedTransport transport{clock};
  RefreshableCredentials credentials;
  std::vector<std::string> warnings;
  std::vector<AttemptReport> reports;
  std::optional<bool> etag_unquoted = {};
  std::string learnt_region = {};
  std::string server_side_encryption = {};

  /// A store on a service of one's own, path-style.
  S3ObjectStore store() { return store_at(endpoint("https://s3.example.org:9000", "us-east-1")); }
  S3ObjectStore amazon() { return store_at(endpoint({}, "us-east-1")); }
  S3ObjectStore store_at(Endpoint where) {
    return {transport,
            clock,
            random,
            credentials,
            std::move(where),
            StoreOptions{.etag_unquoted = etag_unquoted,
                         .learnt_region = learnt_region,
                         .server_side_encryption = server_side_encryption,
                         .user_agent = "start-claude/1",
                         .report = [this](const auto& report) { reports.push_back(report); },
                         .warn = [this](const auto& text) { warnings.push_back(text); }}};
  }
  static Endpoint endpoint(std::optional<std::string> url, std::string region) {
    return resolve_endpoint({.url = std::move(url), .region = std::move(region)}, "team").value();
  }

  const http::Request& sent(std::size_t index) const { return transport.requests.at(index); }
  std::string header(std::size_t index, std::string_view name) const {
    return sent(index).headers.find(name).value_or("(none)");
  }
  std::size_t sent_count() const { return transport.requests.size(); }
};

inline http::Response object_response(std::string body, std::string etag = "\"1\"") {
  return {.status = 200,
          .headers = {{"ETag", std::move(etag)},
                      {"Last-Modified", "Sun, 22 Nov 2026 08:00:00 GMT"},
                      {"Date", "Sun, 22 Nov 2026 08:14:03 GMT"},
                      {"x-amz-request-id", "1"}},
          .body = std::move(body)};
}
inline http::Response stored_response(std::string etag) {
  return {.status = 200, .headers = {{"ETag", std::move(etag)}}};
}
/// The answer to a HEAD of an object.
inline http::Response head_response(std::string etag) {
  return object_response("", std::move(etag));
}

inline const http::Failure lost{http::FailureKind::connection_lost, "the connection broke"};
inline const http::Failure timed_out{http::FailureKind::timed_out, "no whole answer"};

}  // namespace start_claude::s3
