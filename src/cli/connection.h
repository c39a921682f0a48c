// From settings to an object store that can be used.
#pragma once

#include <memory>

#include "base/result.h"
#include "cli/host.h"
#include "cli/notices.h"
#include "cli/options.h"
#include "cli/settings_credentials.h"
#include "config/s3_settings.h"
#include "s3/s3_object_store.h"
#include "sync/state.h"

namespace start_claude::cli {

/// A store and what it is made of; the parts refer to each other, so it does not move.
class Connection {
 public:
  Connection(Host& host, Notices notices, const Options& options,
             const config::S3Settings& settings, const sync::StoreTraits& traits,
             std::string settings_source);

  /// The error in the settings, if there is one; everything below needs that there is none.
  const std::optional<Error>& problem() const { return problem_; }
  s3::S3ObjectStore& store() { return *store_; }
  const s3::Endpoint& endpoint() const { return endpoint_; }
  s3::ObjectLocation location() const { return location_; }
  Result<s3::Credentials> credentials() { return credentials_->provider().credentials(); }
  /// Who signs, in words that stay the same until somebody else does; empty if nobody knows.
  std::string signer();
  const http::CurlOptions& http_options() const { return transport_options_; }
  /// As s3-status shows them: the key id masked, and where the credentials came from.
  CredentialsDescription describe_credentials(Lookup lookup) {
    return credentials_->describe(lookup);
  }
  /// Where the root certificates come from that the endpoint's must lead to.
  std::string describe_trust() const { return http::describe_trust(transport_options_); }

 private:
  std::optional<Error> build(Host& host, const Notices& notices, const Options& options,
                             const config::S3Settings& settings, const sync::StoreTraits& traits);

  s3::ObjectLocation location_;
  s3::Endpoint endpoint_;
  std::string settings_source_;
  http::CurlOptions transport_options_;
  std::unique_ptr<http::Transport> transport_;  ///< null if a recording owns it
  std::unique_ptr<SettingsCredentials> credentials_;
  std::unique_ptr<s3::S3ObjectStore> store_;
  std::optional<Error> problem_;
};

/// The endpoint of these settings, completed from AWS_ENDPOINT_URL_S3, AWS_REGION and the like,
/// and from the AWS profile whose credentials they use.
Result<s3::Endpoint> endpoint_of(const config::S3Settings& settings, const Host& host);

/// For the state file: which remote this is.
sync::RemoteName remote_name_of(const s3::Endpoint& endpoint, const config::S3Settings& settings);

}  // namespace start_claude::cli
