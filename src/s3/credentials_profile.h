// Credentials as a profile of ~/.aws/config and ~/.aws/credentials describes them: keys, a
// program, or a role taken on with the credentials of another profile or of this machine.
//
// Follows "AWS CLI: Using an IAM role" and botocore's precedence: role_arn, then keys in
// credentials, credential_process, keys in config. Nobody is asked anything: SSO and MFA are errors
// that say so.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "s3/credentials_source.h"
#include "s3/profiles.h"
#include "s3/sts.h"

namespace start_claude::s3 {

struct ProfileChoice {
  /// Nothing: AWS_PROFILE, else "default".
  std::optional<std::string> name = {};
  /// For STS, where neither the environment nor a profile names one.
  std::optional<std::string> fallback_region = {};
};

/// What credential_source names.
enum class MachineSource { environment, container, instance };

class ProfileCredentials final : public CredentialsSource {
 public:
  /// Credentials of this machine itself, or why it has none.
  using OfMachine = std::function<Result<Sourced>(MachineSource)>;

  ProfileCredentials(const CredentialsParts& parts, ProfileChoice choice, OfMachine of_machine);

  /// Passed over only if nobody named a profile and "default" is not there, or if it has no
  /// credentials and was not named in the choice.
  Result<Sourced> fetch() override;

 private:
  Result<Sourced> of_profile(const std::string& name);
  Result<Sourced> of_role(const Profile& profile);
  Result<Sourced> of_web_identity(const Profile& profile);
  Result<Sourced> without_role(const Profile& profile);
  Result<Credentials> source_of(const Profile& profile);
  Result<Credentials> credentials_of_machine(const Profile& profile, const std::string& source);
  Result<StsEndpoint> endpoint_for(const Profile& profile) const;
  Error no_such_profile(const std::string& name) const;

  CredentialsParts parts_;
  ProfileChoice choice_;
  OfMachine of_machine_;
  Profiles profiles_;
  std::vector<std::string> visited_;  ///< from the profile asked for to the one looked at
};

}  // namespace start_claude::s3
