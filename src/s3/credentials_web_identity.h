// A token in a file, as Kubernetes and CI services put it there, traded for a role's credentials.
//
// Follows "Assume role with web identity" of the AWS SDKs and Tools Reference Guide. The file is
// read anew each time: whoever put the token there replaces it.
#pragma once

#include <optional>
#include <string>

#include "s3/credentials_source.h"
#include "s3/sts.h"

namespace start_claude::s3 {

struct WebIdentity {
  StsEndpoint endpoint;
  RoleSession session;
  std::string token_path;
  std::string named_by;  ///< who names the file, for people: "AWS_WEB_IDENTITY_TOKEN_FILE"
};

Result<Credentials> credentials_from_web_identity(const CredentialsParts& parts,
                                                  const WebIdentity& identity);

/// AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN and AWS_ROLE_SESSION_NAME.
class WebIdentityCredentials final : public CredentialsSource {
 public:
  /// `fallback_region`: for STS, where the environment names none.
  WebIdentityCredentials(const CredentialsParts& parts, std::optional<std::string> fallback_region)
      : parts_(parts), fallback_region_(std::move(fallback_region)) {}
  Result<Sourced> fetch() override;

 private:
  CredentialsParts parts_;
  std::optional<std::string> fallback_region_;
};

}  // namespace start_claude::s3
