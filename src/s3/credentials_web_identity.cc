#include "s3/credentials_web_identity.h"

#include <utility>

#include "base/text.h"
#include "s3/profiles.h"

namespace start_claude::s3 {
namespace {

constexpr std::string_view file_name = "AWS_WEB_IDENTITY_TOKEN_FILE";
constexpr std::string_view role_name = "AWS_ROLE_ARN";

}  // namespace

Result<Credentials> credentials_from_web_identity(const CredentialsParts& parts,
                                                  const WebIdentity& identity) {
  auto read = parts.files.read(identity.token_path);
  if (const auto* failure = std::get_if<platform::FileFailure>(&read)) {
    return Error{ErrorKind::not_configured,
                 identity.named_by + ": cannot read " + base::printable(identity.token_path) +
                     ": " + failure->reason,
                 "check that the token is mounted there, and who may read it"};
  }
  const Secret token(std::string(base::trim(std::get<platform::FileContent>(read).bytes)));
  if (token.empty()) {
    return Error{ErrorKind::not_configured,
                 identity.named_by + ": " + base::printable(identity.token_path) + " is empty",
                 "check what puts the token there"};
  }
  auto credentials =
      assume_role_with_web_identity(parts, identity.endpoint, identity.session, token);
  if (credentials) credentials->source += " through " + identity.named_by;
  return credentials;
}

Result<Sourced> WebIdentityCredentials::fetch() {
  const platform::Environment& environment = parts_.environment;
  const auto path = environment.variable(file_name);
  if (!path) return Sourced{PassedOver{std::string(file_name) + " is not set"}};
  const auto role = environment.variable(role_name);
  if (!role) {
    return Error{ErrorKind::not_configured,
                 std::string(file_name) + " is set and " + std::string(role_name) + " is not",
                 "set both, or neither"};
  }
  auto profiles = read_profiles(parts_.files, environment);
  if (!profiles) return std::move(profiles).error();
  const Profile* profile = profiles->find(chosen_profile(environment).value_or("default"));
  auto region = region_from(environment);
  if (!region && profile != nullptr) region = profile->value("region");
  if (!region) region = fallback_region_;
  auto endpoint =
      sts_endpoint(configured_endpoint(environment, *profiles, profile, AwsService::sts), region);
  if (!endpoint) return std::move(endpoint).error();
  const auto name = environment.variable("AWS_ROLE_SESSION_NAME");
  auto credentials = credentials_from_web_identity(
      parts_,
      {.endpoint = *std::move(endpoint),
       .session = {.role_arn = *role, .session_name = name.value_or(session_name_for(environment))},
       .token_path = *path,
       .named_by = std::string(file_name)});
  if (!credentials) return std::move(credentials).error();
  return Sourced{*std::move(credentials)};
}

}  // namespace start_claude::s3
