#include "s3/credentials_profile.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "s3/credentials_process.h"
#include "s3/credentials_web_identity.h"
#include "s3/key_text.h"

namespace start_claude::s3 {
namespace {

Error broken(const Profile& profile, std::string what, std::string hint) {
  return {ErrorKind::not_configured, "profile " + profile.name + ' ' + std::move(what),
          std::move(hint)};
}

/// Keys out of one file: the id of one file with the secret of the other would be nobody's.
Result<std::optional<Credentials>> keys_in(const Properties& properties, const Profile& profile,
                                           const std::string& place) {
  auto id = find_value(properties, "aws_access_key_id");
  auto secret = find_value(properties, "aws_secret_access_key");
  if (!id && !secret) return std::optional<Credentials>{};
  if (id && secret) {
    auto checked = check_key_texts({{"aws_access_key_id of profile " + profile.name, *id},
                                    {"aws_secret_access_key of profile " + profile.name, *secret}});
    if (!checked) return std::move(checked).error();
  }
  if (!id || !secret) {
    const std::string present = id ? "aws_access_key_id" : "aws_secret_access_key";
    const std::string missing = id ? "aws_secret_access_key" : "aws_access_key_id";
    return broken(profile, "has " + present + " and no " + missing + " in " + place,
                  "set both there, or neither");
  }
  Credentials credentials{.access_key_id = *std::move(id),
                          .secret_access_key = Secret(*std::move(secret)),
                          .source = "profile " + profile.name + " in " + place};
  auto token = find_value(properties, "aws_session_token");
  if (!token) token = find_value(properties, "aws_security_token");
  if (token) credentials.session_token = Secret(*std::move(token));
  return std::optional(std::move(credentials));
}

bool has_keys(const Profile& profile) { return profile.value("aws_access_key_id").has_value(); }

Error signs_in_through_a_browser(const Profile& profile, const std::string& how) {
  return broken(
      profile, "signs in through " + how + ", which needs the AWS CLI",
      "add to it: credential_process = aws configure export-credentials --profile " + profile.name);
}

Error needs_mfa(const Profile& profile) {
  return broken(profile, "needs an MFA code (mfa_serial), which is not asked for here",
                "make a profile with credential_process = aws configure export-credentials "
                "--profile " +
                    profile.name + ", and use that one");
}

Result<RoleSession> session_of(const Profile& profile, const platform::Environment& environment) {
  RoleSession session{
      .role_arn = profile.value("role_arn").value_or(""),
      .session_name = profile.value("role_session_name").value_or(session_name_for(environment)),
      .external_id = profile.value("external_id")};
  if (const auto duration = profile.value("duration_seconds")) {
    const auto seconds = base::parse_unsigned(*duration);
    if (!seconds) return broken(profile, "has a duration_seconds that is no number", "mend it");
    session.duration = std::chrono::seconds(*seconds);
  }
  return session;
}

}  // namespace

ProfileCredentials::ProfileCredentials(const CredentialsParts& parts, ProfileChoice choice,
                                       OfMachine of_machine)
    : parts_(parts), choice_(std::move(choice)), of_machine_(std::move(of_machine)) {}

Result<Sourced> ProfileCredentials::fetch() {
  auto profiles = read_profiles(parts_.files, parts_.environment);
  if (!profiles) return std::move(profiles).error();
  profiles_ = *std::move(profiles);
  visited_.clear();
  const auto chosen = choice_.name ? choice_.name : chosen_profile(parts_.environment);
  const std::string name = chosen.value_or("default");
  if (profiles_.find(name) == nullptr) {
    if (chosen) return no_such_profile(name);
    return Sourced{PassedOver{"there is no profile default in " + profiles_.both_places()}};
  }
  auto found = of_profile(name);
  if (found && choice_.name && std::holds_alternative<PassedOver>(*found)) {
    return broken(*profiles_.find(name), "has no credentials",
                  "give it aws_access_key_id and aws_secret_access_key, role_arn or "
                  "credential_process");
  }
  return found;
}

Error ProfileCredentials::no_such_profile(const std::string& name) const {
  std::string message = "there is no profile " + base::printable(name);
  if (!visited_.empty()) message += " (source_profile of profile " + visited_.back() + ')';
  return {ErrorKind::not_configured, message + " in " + profiles_.both_places(),
          "aws configure list-profiles names those that are there"};
}

Result<Sourced> ProfileCredentials::of_profile(const std::string& name) {
  const Profile* profile = profiles_.find(name);
  if (profile == nullptr) return no_such_profile(name);
  const bool is_source = !visited_.empty();
  // A role whose source is the profile itself is taken on with that profile's own keys.
  const bool names_itself = is_source && visited_.back() == name;
  if (!names_itself && std::find(visited_.begin(), visited_.end(), name) != visited_.end()) {
    visited_.push_back(name);
    return broken(*profile, "is its own source: " + base::join(visited_, " -> "),
                  "mend source_profile in " + profiles_.places().config);
  }
  visited_.push_back(name);
  const bool has_role = profile->value("role_arn").has_value();
  if (!has_role || names_itself || (is_source && has_keys(*profile))) {
    return without_role(*profile);
  }
  if (profile->value("web_identity_token_file")) return of_web_identity(*profile);
  return of_role(*profile);
}

Result<Sourced> ProfileCredentials::without_role(const Profile& profile) {
  const ProfilePlaces& places = profiles_.places();
  auto stored = keys_in(profile.credentials, profile, places.credentials);
  if (!stored) return std::move(stored).error();
  if (*stored) return Sourced{**std::move(stored)};
  if (const auto command = profile.value("credential_process")) {
    auto printed = credentials_from_process(
        parts_.programs, {*command, profile.name, parts_.environment.variable("HOME")});
    if (!printed) return std::move(printed).error();
    return Sourced{*std::move(printed)};
  }
  stored = keys_in(profile.config, profile, places.config);
  if (!stored) return std::move(stored).error();
  if (*stored) return Sourced{**std::move(stored)};
  const bool is_sso = profile.value("sso_session") || profile.value("sso_start_url");
  if (is_sso) return signs_in_through_a_browser(profile, "IAM Identity Center (SSO)");
  if (profile.value("login_session")) return signs_in_through_a_browser(profile, "aws login");
  return Sourced{PassedOver{"profile " + profile.name + " has no credentials"}};
}

Result<StsEndpoint> ProfileCredentials::endpoint_for(const Profile& profile) const {
  auto region = region_from(parts_.environment);
  if (!region) region = profile.value("region");
  if (!region) region = choice_.fallback_region;
  return sts_endpoint(configured_endpoint(parts_.environment, profiles_, &profile, AwsService::sts),
                      region);
}

Result<Sourced> ProfileCredentials::of_web_identity(const Profile& profile) {
  auto session = session_of(profile, parts_.environment);
  if (!session) return std::move(session).error();
  auto endpoint = endpoint_for(profile);
  if (!endpoint) return std::move(endpoint).error();
  auto credentials =
      credentials_from_web_identity(parts_, {*std::move(endpoint), *std::move(session),
                                             profile.value("web_identity_token_file").value_or(""),
                                             "web_identity_token_file of profile " + profile.name});
  if (!credentials) return std::move(credentials).error();
  return Sourced{*std::move(credentials)};
}

Result<Sourced> ProfileCredentials::of_role(const Profile& profile) {
  if (profile.value("mfa_serial")) return needs_mfa(profile);
  auto session = session_of(profile, parts_.environment);
  if (!session) return std::move(session).error();
  auto endpoint = endpoint_for(profile);
  if (!endpoint) return std::move(endpoint).error();
  auto as = source_of(profile);
  if (!as) return std::move(as).error();
  auto credentials = assume_role(parts_, *endpoint, *session, *as);
  if (!credentials) return std::move(credentials).error();
  credentials->source += " of profile " + profile.name;
  return Sourced{*std::move(credentials)};
}

Result<Credentials> ProfileCredentials::source_of(const Profile& profile) {
  const auto source_profile = profile.value("source_profile");
  const auto credential_source = profile.value("credential_source");
  if (source_profile.has_value() == credential_source.has_value()) {
    const std::string both =
        source_profile ? "both source_profile and" : "neither source_profile nor";
    return broken(profile, "has a role_arn, and " + both + " credential_source",
                  "say with one of them whose credentials may assume the role");
  }
  if (credential_source) return credentials_of_machine(profile, *credential_source);
  auto found = of_profile(*source_profile);
  if (!found) return std::move(found).error();
  if (auto* credentials = std::get_if<Credentials>(&*found)) return std::move(*credentials);
  return Error{
      ErrorKind::not_configured,
      std::get<PassedOver>(*found).why + " (source_profile of profile " + profile.name + ')',
      "give it aws_access_key_id and aws_secret_access_key"};
}

Result<Credentials> ProfileCredentials::credentials_of_machine(const Profile& profile,
                                                               const std::string& source) {
  MachineSource which{};
  if (source == "Environment") {
    which = MachineSource::environment;
  } else if (source == "EcsContainer") {
    which = MachineSource::container;
  } else if (source == "Ec2InstanceMetadata") {
    which = MachineSource::instance;
  } else {
    return broken(profile, "has an unknown credential_source",
                  "it is one of Environment, EcsContainer and Ec2InstanceMetadata");
  }
  auto found = of_machine_(which);
  if (!found) return std::move(found).error();
  if (auto* credentials = std::get_if<Credentials>(&*found)) return std::move(*credentials);
  return broken(profile,
                "has credential_source " + source + ", and " + std::get<PassedOver>(*found).why,
                "use source_profile where there are none");
}

}  // namespace start_claude::s3
