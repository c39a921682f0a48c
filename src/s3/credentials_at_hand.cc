#include "s3/credentials_at_hand.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"
#include "s3/profiles.h"

namespace start_claude::s3 {
namespace {

constexpr std::array<std::string_view, 4> variables{
    "AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI"};

constexpr std::array<std::string_view, 3> properties{"aws_access_key_id", "role_arn",
                                                     "credential_process"};

bool has_credentials(const Profile& profile) {
  return std::any_of(properties.begin(), properties.end(),
                     [&](std::string_view name) { return profile.value(name).has_value(); });
}

/// Amazon's firmware says so. Asking the metadata service would take a second everywhere else.
bool is_ec2_instance(const platform::FileSystem& files) {
  const auto vendor = files.read("/sys/class/dmi/id/sys_vendor");
  const auto* content = std::get_if<platform::FileContent>(&vendor);
  return content != nullptr && base::trim(content->bytes) == "Amazon EC2";
}

}  // namespace

std::optional<std::string> credentials_at_hand(const platform::FileSystem& files,
                                               const platform::Environment& environment) {
  if (environment.variable(variables[0])) return std::string(variables[0]);
  const auto profiles = read_profiles(files, environment);
  if (profiles) {
    const std::string name = chosen_profile(environment).value_or("default");
    const Profile* profile = profiles->find(name);
    if (profile != nullptr && has_credentials(*profile)) return "profile " + name;
  }
  for (const std::string_view name : variables) {
    if (environment.variable(name)) return std::string(name);
  }
  const bool asks_nobody = base::equal_ignoring_case(
      environment.variable("AWS_EC2_METADATA_DISABLED").value_or(""), "true");
  if (asks_nobody) return std::nullopt;
  const bool is_named = environment.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT").has_value();
  if (is_named || is_ec2_instance(files)) return "the role of this EC2 instance";
  return std::nullopt;
}

}  // namespace start_claude::s3
