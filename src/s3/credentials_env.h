// Credentials from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.
#pragma once

#include <optional>

#include "base/result.h"
#include "platform/environment.h"
#include "s3/credentials.h"
#include "s3/credentials_source.h"

namespace start_claude::s3 {

/// Nothing if neither the key id nor the secret is set. One without the other is an error of kind
/// not_configured: silently using other credentials would surprise.
Result<std::optional<Credentials>> credentials_from_environment(
    const platform::Environment& environment);

class EnvironmentCredentials final : public CredentialsSource {
 public:
  explicit EnvironmentCredentials(const platform::Environment& environment)
      : environment_(environment) {}
  Result<Sourced> fetch() override;

 private:
  const platform::Environment& environment_;
};

}  // namespace start_claude::s3
