#include "s3/profiles.h"

#include <catch2/catch.hpp>

#include "credentials_fixture.h"

namespace start_claude::s3 {
namespace {

Profiles profiles_in(CredentialsFixture& machine) {
  auto profiles = read_profiles(machine.files, machine.environment);
  INFO((profiles ? "" : profiles.error().message));
  REQUIRE(profiles);
  return *std::move(profiles);
}

std::string value_in(const Profiles& profiles, std::string_view profile, std::string_view name) {
  const Profile* found = profiles.find(profile);
  if (found == nullptr) return "no such profile";
  return found->value(name).value_or("none");
}

TEST_CASE("profiles: both files together, credentials first") {
  CredentialsFixture machine;
  machine.write_config(
      "[default]\nregion = eu-west-1\n[profile team]\nregion = a\nrole_arn = r\n"
      "[team]\nregion = not a profile here\n[profile team]\noutput = json\n");
  machine.write_credentials("[team]\nregion = b\n[profile x]\nregion = not a profile there\n");
  const Profiles profiles = profiles_in(machine);
  CHECK(value_in(profiles, "default", "region") == "eu-west-1");
  CHECK(value_in(profiles, "team", "region") == "b");
  CHECK(value_in(profiles, "team", "role_arn") == "r");
  CHECK(value_in(profiles, "team", "output") == "json");
  CHECK(value_in(profiles, "team", "missing") == "none");
  CHECK(profiles.find("x") == nullptr);
  CHECK(profiles.find("profile x") == nullptr);
  CHECK(profiles.both_places() == "~/.aws/config and ~/.aws/credentials");
}

TEST_CASE("profiles: [profile default] counts before [default]") {
  CredentialsFixture machine;
  machine.write_config("[default]\nregion = a\n[profile default]\noutput = json\n");
  const Profiles profiles = profiles_in(machine);
  CHECK(value_in(profiles, "default", "output") == "json");
  CHECK(value_in(profiles, "default", "region") == "none");
}

TEST_CASE("profiles: where the files are") {
  CredentialsFixture machine;
  machine.write_config("[default]\nregion = usual\n");
  machine.write("/home/kim/elsewhere", "[default]\nregion = elsewhere\n");
  SECTION("named, ~ and all") {
    machine.environment.variables["AWS_CONFIG_FILE"] = "~/elsewhere";
    CHECK(value_in(profiles_in(machine), "default", "region") == "elsewhere");
  }
  SECTION("credentials, too") {
    machine.environment.variables["AWS_SHARED_CREDENTIALS_FILE"] = "/home/kim/elsewhere";
    CHECK(value_in(profiles_in(machine), "default", "region") == "elsewhere");
  }
  SECTION("not there, or switched off, is none") {
    // A file system need not take a device for an empty file.
    (void)machine.files.make_folder("/dev", 0755);
    (void)machine.files.make_folder("/dev/null", 0755);
    machine.environment.variables["AWS_CONFIG_FILE"] = GENERATE("/not/there", "/dev/null");
    CHECK(profiles_in(machine).find("default") == nullptr);
  }
  SECTION("no home") {
    machine.environment.variables.erase("HOME");
    CHECK(profiles_in(machine).find("default") == nullptr);
  }
}

TEST_CASE("profiles: a file that is none of these is an error that names it") {
  CredentialsFixture machine;
  machine.write_credentials("[default]\nthe-secret\n");
  auto profiles = read_profiles(machine.files, machine.environment);
  REQUIRE_FALSE(profiles);
  CHECK(profiles.error().message == "~/.aws/credentials: line 2 is not NAME = VALUE");
  machine.environment.variables["AWS_CONFIG_FILE"] = "/home";
  profiles = read_profiles(machine.files, machine.environment);
  REQUIRE_FALSE(profiles);
  CHECK(profiles.error().kind == ErrorKind::local_disk);
  CHECK(profiles.error().message.find("/home") != std::string::npos);
}

TEST_CASE("profiles: a file in another encoding is named with it") {
  const auto [text, message] = GENERATE(table<std::string, std::string>({
      {std::string("\xFF\xFE[\0d\0", 6), "is written in UTF-16, which no AWS tool reads"},
      {std::string("\xFE\xFF\0[\0d", 6), "is written in UTF-16, which no AWS tool reads"},
      {std::string("[\0d\0", 4), "is written in UTF-16, which no AWS tool reads"},
      {std::string("[default]\n\0\0", 12), "has zero bytes in it and is no text"},
      {"[default]\rregion = x\r", "ends its lines with CR alone"},
  }));
  CredentialsFixture machine;
  machine.write_credentials(text);
  const auto profiles = read_profiles(machine.files, machine.environment);
  REQUIRE_FALSE(profiles);
  CHECK(profiles.error().kind == ErrorKind::not_configured);
  CHECK(profiles.error().message == "~/.aws/credentials " + message);
}

TEST_CASE("profiles: which of Amazon's hosts") {
  struct Row {
    std::string shows, config;
    support::FakeEnvironment::Variables variables;
    bool dualstack, fips;
  };
  const auto row = GENERATE(values<Row>({
      {"nothing", "", {}, false, false},
      {"variables", "", {{"AWS_USE_DUALSTACK_ENDPOINT", "true"}}, true, false},
      {"variables", "", {{"AWS_USE_FIPS_ENDPOINT", "True"}}, false, true},
      {"the profile", "use_dualstack_endpoint = true\nuse_fips_endpoint = true", {}, true, true},
      {"below s3", "s3 =\n  use_dualstack_endpoint = true", {}, true, false},
      {"a variable first",
       "use_dualstack_endpoint = true",
       {{"AWS_USE_DUALSTACK_ENDPOINT", "false"}},
       false,
       false},
  }));
  INFO(row.shows);
  CredentialsFixture machine;
  machine.write_config("[default]\n" + row.config + "\n");
  for (const auto& [name, value] : row.variables) machine.environment.variables[name] = value;
  const Profiles profiles = profiles_in(machine);
  const HostVariant variant = host_variant(machine.environment, profiles.find("default"));
  CHECK(variant.dualstack == row.dualstack);
  CHECK(variant.fips == row.fips);
}

TEST_CASE("profiles: which one, and which region") {
  support::FakeEnvironment environment;
  CHECK_FALSE(chosen_profile(environment));
  CHECK_FALSE(region_from(environment));
  environment.variables = {{"AWS_DEFAULT_PROFILE", "b"}, {"AWS_DEFAULT_REGION", "d"}};
  CHECK(chosen_profile(environment) == "b");
  CHECK(region_from(environment) == "d");
  environment.variables["AWS_PROFILE"] = "a";
  environment.variables["AWS_REGION"] = "c";
  CHECK(chosen_profile(environment) == "a");
  CHECK(region_from(environment) == "c");
}

TEST_CASE("profiles: the endpoint, the more particular first") {
  CredentialsFixture machine;
  machine.write_config(
      "[profile lan]\nservices = lan\nendpoint_url = http://all.lan\n"
      "[services lan]\ns3 =\n  endpoint_url = http://s3.lan\n"
      "[profile odd]\nservices = missing\nendpoint_url = http://all.odd\n"
      "[profile plugin]\nendpoint_url = http://all.lan\ns3 =\n  endpoint_url = http://s3.plugin\n"
      "[profile off]\nservices = lan\nignore_configured_endpoint_urls = TRUE\n");
  const auto endpoint = [&](const char* name, AwsService service) {
    const Profiles profiles = profiles_in(machine);
    const Profile* profile = profiles.find(name);
    REQUIRE(profile != nullptr);
    return configured_endpoint(machine.environment, profiles, profile, service).value_or("none");
  };
  auto& variables = machine.environment.variables;
  CHECK(endpoint("lan", AwsService::s3) == "http://s3.lan");
  CHECK(endpoint("lan", AwsService::sts) == "http://all.lan");
  CHECK(endpoint("odd", AwsService::s3) == "http://all.odd");
  CHECK(endpoint("plugin", AwsService::s3) == "http://s3.plugin");
  CHECK(endpoint("plugin", AwsService::sts) == "http://all.lan");
  CHECK(endpoint("off", AwsService::s3) == "none");
  variables["AWS_ENDPOINT_URL"] = "http://all.env";
  CHECK(endpoint("lan", AwsService::s3) == "http://all.env");
  variables["AWS_ENDPOINT_URL_S3"] = "http://s3.env";
  variables["AWS_ENDPOINT_URL_STS"] = "http://sts.env";
  CHECK(endpoint("lan", AwsService::s3) == "http://s3.env");
  CHECK(endpoint("lan", AwsService::sts) == "http://sts.env");
  variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true";
  CHECK(endpoint("lan", AwsService::s3) == "none");
}

}  // namespace
}  // namespace start_claude::s3
