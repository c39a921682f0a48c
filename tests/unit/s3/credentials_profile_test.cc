#include "s3/credentials_profile.h"

#include <catch2/catch.hpp>

#include "credentials_fixture.h"

namespace start_claude::s3 {
namespace {

struct ProfileFixture : CredentialsFixture {
  Sourced machine_has = PassedOver{"there are none"};
  std::vector<MachineSource> machine_asked;

  std::string found(std::optional<std::string> name = std::nullopt) {
    return words_for(fetch(std::move(name)));
  }
  Result<Sourced> fetch(std::optional<std::string> name = std::nullopt) {
    ProfileCredentials credentials(parts(), {.name = std::move(name)},
                                   [this](MachineSource source) -> Result<Sourced> {
                                     machine_asked.push_back(source);
                                     return machine_has;
                                   });
    return credentials.fetch();
  }
  std::string source_of(const std::string& name) {
    const auto found = fetch(name);
    REQUIRE(found);
    return std::get<Credentials>(*found).source;
  }
};

/// The credentials that a request was signed with, and what for: "AKIA eu-west-1".
std::string signer_of(const http::Request& request) {
  const std::string value = request.headers.find("authorization").value_or("");
  const auto start = value.find("Credential=") + 11;
  const auto end = value.find('/', start);
  const auto region = value.find('/', end + 1) + 1;
  return value.substr(start, end - start) + ' ' +
         value.substr(region, value.find('/', region) - region);
}

TEST_CASE("profile: keys, wherever they stand") {
  ProfileFixture machine;
  machine.write_credentials(
      "[default]\naws_access_key_id = A\naws_secret_access_key = a\n"
      "[team]\naws_access_key_id = T\naws_secret_access_key = t\naws_session_token = tt\n");
  machine.write_config(
      "[profile other]\naws_access_key_id = O\naws_secret_access_key = o\n"
      "aws_security_token = oo\n"
      "[profile team]\naws_access_key_id = X\naws_secret_access_key = x\n"
      "credential_process = tool\n");
  CHECK(machine.found() == "A a");
  CHECK(machine.found("team") == "T t tt");
  CHECK(machine.found("other") == "O o oo");
  CHECK(machine.source_of("team") == "profile team in ~/.aws/credentials");
  CHECK(machine.source_of("other") == "profile other in ~/.aws/config");
  machine.environment.variables["AWS_PROFILE"] = "team";
  CHECK(machine.found() == "T t tt");
  CHECK(machine.found("other") == "O o oo");
}

TEST_CASE("profile: half a key is an error, whatever the other file has") {
  ProfileFixture machine;
  machine.write_credentials("[team]\naws_access_key_id = T\n");
  machine.write_config("[profile team]\naws_secret_access_key = x\n");
  CHECK(machine.found("team") ==
        "error: profile team has aws_access_key_id and no aws_secret_access_key in "
        "~/.aws/credentials");
  machine.write_credentials("");
  CHECK(machine.found("team") ==
        "error: profile team has aws_secret_access_key and no aws_access_key_id in ~/.aws/config");
}

TEST_CASE("profile: none by default is passed over, one that somebody named is not") {
  ProfileFixture machine;
  CHECK(machine.found() ==
        "passed over: there is no profile default in ~/.aws/config and ~/.aws/credentials");
  CHECK(machine.found("team") ==
        "error: there is no profile team in ~/.aws/config and ~/.aws/credentials");
  machine.environment.variables["AWS_PROFILE"] = "team";
  CHECK(machine.found() ==
        "error: there is no profile team in ~/.aws/config and ~/.aws/credentials");
  machine.write_config("[profile team]\nregion = eu-west-1\n");
  CHECK(machine.found() == "passed over: profile team has no credentials");
  CHECK(machine.found("team") == "error: profile team has no credentials");
}

TEST_CASE("profile: a program, before keys in config") {
  ProfileFixture machine;
  machine.write_config(
      "[profile team]\ncredential_process = tool --x\naws_access_key_id = X\n"
      "aws_secret_access_key = x\n");
  machine.programs.print(R"({"Version": 1, "AccessKeyId": "P", "SecretAccessKey": "p"})");
  CHECK(machine.found("team") == "P p");
  machine.programs.print("", 1);
  CHECK(machine.found("team") ==
        "error: credential_process of profile team (tool) failed with exit code 1");
}

TEST_CASE("profile: single sign-on is named, with the way out") {
  const std::string property = GENERATE("sso_session", "sso_start_url");
  ProfileFixture machine;
  machine.write_config("[profile team]\n" + property + " = x\n");
  const auto found = machine.fetch("team");
  REQUIRE_FALSE(found);
  CHECK(found.error().message ==
        "profile team signs in through IAM Identity Center (SSO), which needs the AWS CLI");
  CHECK(found.error().hint ==
        "add to it: credential_process = aws configure export-credentials --profile team");
  machine.write_config("[profile team]\n" + property + " = x\ncredential_process = tool\n");
  machine.programs.print(R"({"Version": 1, "AccessKeyId": "P", "SecretAccessKey": "p"})");
  CHECK(machine.found("team") == "P p");
}

TEST_CASE("profile: a role with the keys of another profile") {
  ProfileFixture machine;
  machine.write_credentials("[base]\naws_access_key_id = B\naws_secret_access_key = b\n");
  machine.write_config(
      "[profile team]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = base\n"
      "region = eu-west-1\nexternal_id = xid\nduration_seconds = 1800\n"
      "role_session_name = kim\n");
  machine.transport.answer(role_reply("AssumeRole"));
  CHECK(machine.found("team") == "ASIA role/secret role-token");
  const auto& request = machine.transport.requests.front();
  CHECK(signer_of(request) == "B eu-west-1");
  CHECK(request.uri.text() == "https://sts.eu-west-1.amazonaws.com/");
  CHECK(request.body ==
        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr"
        "&RoleSessionName=kim&DurationSeconds=1800&ExternalId=xid");
  machine.transport.answer(role_reply("AssumeRole"));
  CHECK(machine.source_of("team") == "role arn:aws:iam::1:role/r of profile team");
}

TEST_CASE("profile: where STS is asked") {
  ProfileFixture machine;
  machine.write_credentials("[base]\naws_access_key_id = B\naws_secret_access_key = b\n");
  const std::string role =
      "[profile team]\nrole_arn = r\nsource_profile = base\nservices = lan\n"
      "[services lan]\n";
  const auto asked = [&] {
    machine.transport.answer(role_reply("AssumeRole"));
    CHECK(machine.found("team") == "ASIA role/secret role-token");
    return machine.transport.requests.back().uri.text() + ' ' +
           signer_of(machine.transport.requests.back());
  };
  machine.write_config(role);
  CHECK(asked() == "https://sts.amazonaws.com/ B us-east-1");
  machine.environment.variables["AWS_REGION"] = "us-west-2";
  CHECK(asked() == "https://sts.us-west-2.amazonaws.com/ B us-west-2");
  machine.write_config("[profile team]\nregion = eu-west-1\n" + role);
  CHECK(asked() == "https://sts.us-west-2.amazonaws.com/ B us-west-2");
  machine.write_config(role + "sts =\n  endpoint_url = http://127.0.0.1:7480\n");
  CHECK(asked() == "http://127.0.0.1:7480/ B us-west-2");
  machine.environment.variables["AWS_ENDPOINT_URL_STS"] = "http://127.0.0.1:7481";
  CHECK(asked() == "http://127.0.0.1:7481/ B us-west-2");
}

TEST_CASE("profile: a role through a role, and a role of one's own keys") {
  ProfileFixture machine;
  machine.write_config(
      "[profile base]\naws_access_key_id = B\naws_secret_access_key = b\nrole_arn = unused\n"
      "[profile middle]\nrole_arn = arn:middle\nsource_profile = base\n"
      "[profile top]\nrole_arn = arn:top\nsource_profile = middle\n"
      "[profile self]\nrole_arn = arn:self\nsource_profile = self\n"
      "aws_access_key_id = S\naws_secret_access_key = s\n");
  machine.transport.answer(role_reply("AssumeRole", "1"));
  machine.transport.answer(role_reply("AssumeRole", "2"));
  CHECK(machine.found("top") == "ASIA2 role/secret2 role-token2");
  CHECK(signer_of(machine.transport.requests[0]) == "B us-east-1");
  CHECK(signer_of(machine.transport.requests[1]) == "ASIA1 us-east-1");
  CHECK(machine.transport.requests[1].headers.find("x-amz-security-token") == "role-token1");
  machine.transport.answer(role_reply("AssumeRole"));
  CHECK(machine.found("self") == "ASIA role/secret role-token");
  CHECK(signer_of(machine.transport.requests[2]) == "S us-east-1");
}

TEST_CASE("profile: roles that lead nowhere") {
  ProfileFixture machine;
  machine.write_config(
      "[profile a]\nrole_arn = r\nsource_profile = b\n"
      "[profile b]\nrole_arn = r\nsource_profile = c\n"
      "[profile c]\nrole_arn = r\nsource_profile = b\n"
      "[profile lost]\nrole_arn = r\nsource_profile = missing\n"
      "[profile empty]\nrole_arn = r\nsource_profile = bare\n[profile bare]\nregion = x\n"
      "[profile self]\nrole_arn = r\nsource_profile = self\n"
      "[profile neither]\nrole_arn = r\n"
      "[profile both]\nrole_arn = r\nsource_profile = a\ncredential_source = Environment\n"
      "[profile strange]\nrole_arn = r\ncredential_source = Elsewhere\n"
      "[profile long]\nrole_arn = r\nsource_profile = a\nduration_seconds = 1h\n"
      "[profile mfa]\nrole_arn = r\nsource_profile = a\nmfa_serial = arn:mfa\n");
  const auto [name, message] = GENERATE(table<std::string, std::string>({
      {"a", "profile b is its own source: a -> b -> c -> b"},
      {"lost",
       "there is no profile missing (source_profile of profile lost) in ~/.aws/config and "
       "~/.aws/credentials"},
      {"empty", "profile bare has no credentials (source_profile of profile empty)"},
      {"self", "profile self has no credentials (source_profile of profile self)"},
      {"neither",
       "profile neither has a role_arn, and neither source_profile nor credential_source"},
      {"both", "profile both has a role_arn, and both source_profile and credential_source"},
      {"strange", "profile strange has an unknown credential_source"},
      {"long", "profile long has a duration_seconds that is no number"},
      {"mfa", "profile mfa needs an MFA code (mfa_serial), which is not asked for here"},
  }));
  INFO(name);
  const auto found = machine.fetch(name);
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == ErrorKind::not_configured);
  CHECK(found.error().message == message);
  CHECK_FALSE(found.error().hint.empty());
}

TEST_CASE("profile: a role with the credentials of the machine itself") {
  const auto [name, source] = GENERATE(table<std::string, MachineSource>({
      {"Environment", MachineSource::environment},
      {"EcsContainer", MachineSource::container},
      {"Ec2InstanceMetadata", MachineSource::instance},
  }));
  ProfileFixture machine;
  machine.write_config("[profile team]\nrole_arn = r\ncredential_source = " + name + "\n");
  CHECK(machine.found("team") ==
        "error: profile team has credential_source " + name + ", and there are none");
  machine.machine_has = Credentials{.access_key_id = "M", .secret_access_key = Secret("m")};
  machine.transport.answer(role_reply("AssumeRole"));
  CHECK(machine.found("team") == "ASIA role/secret role-token");
  CHECK(signer_of(machine.transport.requests.front()) == "M us-east-1");
  CHECK(machine.machine_asked == std::vector<MachineSource>{source, source});
}

TEST_CASE("profile: a web identity") {
  ProfileFixture machine;
  machine.write("/run/token", "the-token\n");
  machine.write_config(
      "[profile team]\nrole_arn = r\nweb_identity_token_file = /run/token\nregion = eu-west-1\n");
  machine.transport.answer(role_reply("AssumeRoleWithWebIdentity"));
  CHECK(machine.found("team") == "ASIA role/secret role-token");
  CHECK(machine.transport.requests.front().body.view().ends_with("&WebIdentityToken=the-token"));
  CHECK(machine.transport.requests.front().uri.host == "sts.eu-west-1.amazonaws.com");
  machine.transport.answer(role_reply("AssumeRoleWithWebIdentity"));
  CHECK(machine.source_of("team") == "role r through web_identity_token_file of profile team");
}

}  // namespace
}  // namespace start_claude::s3
