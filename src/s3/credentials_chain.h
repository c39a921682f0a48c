// The places credentials may come from, one after the other, and what came of it, kept until it
// expires.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "s3/credentials_source.h"

namespace start_claude::s3 {

struct ChainOptions {
  /// What is said where no source has any: "no S3 credentials"; why each was passed over follows.
  std::string nothing_found = "no S3 credentials";
  std::string hint = {};
  /// Called with whatever is fetched, before anybody uses it.
  std::function<void(const Credentials&)> fetched = {};
};

/// Asks each source in turn until one has credentials, and from then on only that one: credentials
/// that expire must not come back as somebody else's.
class ChainedCredentials final : public CredentialsProvider {
 public:
  using Sources = std::vector<std::unique_ptr<CredentialsSource>>;

  ChainedCredentials(platform::Clock& clock, Sources sources, ChainOptions options);

  /// Fetched anew from five minutes before they expire; while that fails, what is there is used to
  /// its end. A failure is remembered for some seconds, because looking may take as long.
  Result<Credentials> credentials() override;
  bool refresh() override;

 private:
  Result<Credentials> fetch();
  bool is_due() const;

  platform::Clock& clock_;
  Sources sources_;
  ChainOptions options_;
  std::optional<Credentials> current_;
  std::optional<Error> problem_;
  std::chrono::milliseconds asked_at_{0};  ///< on the monotonic clock
};

/// Which sources to use.
enum class CredentialsScope { all, environment, profile };

struct CredentialsChoice {
  CredentialsScope scope = CredentialsScope::all;
  std::string profile = {};  ///< for CredentialsScope::profile
  /// For STS, where neither the environment nor a profile names one.
  std::optional<std::string> fallback_region = {};
};

/// All: the environment, the AWS profile, a web identity, the container, the instance. The error
/// where there are none is of kind not_configured and lists where was looked.
std::unique_ptr<CredentialsProvider> make_credentials(
    const CredentialsParts& parts, const CredentialsChoice& choice,
    std::function<void(const Credentials&)> fetched);

}  // namespace start_claude::s3
