// The contract against a real server with the temporary credentials of a role, as our own client of
// the server's STS gets them.
// scripts/s3-server makes the role, and says whose it is.

#include <array>

#include "base/text.h"
#include "object_store_contract.h"
#include "platform/posix_filesystem.h"
#include "platform/posix_program.h"
#include "real_server.h"
#include "s3/sts.h"

namespace start_claude::contract {
namespace {

/// Who may assume which role.
Settings role_of(const Settings& server) {
  const auto result = platform::PosixPrograms().run(
      {.words = {S3_SERVER_SCRIPT, "--state", server.at("S3_SERVER_STATE"), "sts"}});
  REQUIRE(std::holds_alternative<platform::ProgramOutput>(result));
  const auto& output = std::get<platform::ProgramOutput>(result);
  REQUIRE(output.exit_code == 0);
  std::istringstream lines(output.text);
  return settings_in(lines);
}

Result<s3::Credentials> assume(const Settings& server, const Settings& role,
                               const s3::Credentials& as) {
  platform::PosixClock clock;
  platform::PosixFileSystem files;
  platform::PosixRandom random;
  const platform::PosixEnvironment environment;
  platform::PosixPrograms programs;
  const auto transport = http::make_curl_transport({});
  const s3::CredentialsParts parts{.clock = clock,
                                   .files = files,
                                   .random = random,
                                   .environment = environment,
                                   .programs = programs,
                                   .transport = *transport,
                                   .direct = *transport};
  const auto endpoint = s3::sts_endpoint(server.at("S3_ENDPOINT"), server.at("S3_REGION"));
  REQUIRE(endpoint);
  return s3::assume_role(parts, *endpoint,
                         {.role_arn = role.at("S3_ROLE_ARN"),
                          .session_name = s3::session_name_for(environment),
                          .duration = std::chrono::seconds(900)},
                         as);
}

TEST_CASE("real server: with temporary credentials") {
  const Settings server = real_server();
  const Settings role = role_of(server);
  auto source = credentials_of(role, "S3_SOURCE_");

  SECTION("the contract holds") {
    const auto credentials = assume(server, role, source);
    INFO((credentials ? "" : credentials.error().message));
    REQUIRE(credentials);
    CHECK(credentials->session_token);
    REQUIRE(credentials->expires);
    const auto lasts = *credentials->expires - platform::PosixClock().now();
    CHECK(lasts > std::chrono::minutes(13));
    CHECK(lasts < std::chrono::minutes(17));
    Device owner(server, *credentials);
    const std::string bucket = new_bucket_name();
    REQUIRE(owner.store.create_bucket(bucket));
    Device here(server, *credentials);
    Device there(server, *credentials);
    check_object_store({.here = here.store,
                        .there = there.store,
                        .bucket = bucket,
                        .missing_bucket = new_bucket_name()});
  }
  SECTION("not without the token, and not with another one") {
    auto credentials = assume(server, role, source).value();
    const auto token = GENERATE(as<std::optional<Secret>>{}, std::nullopt, Secret("not the token"));
    credentials.session_token = token;
    Device device(server, credentials);
    const auto outcome = device.store.get({new_bucket_name(), "config.json"}, std::nullopt);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().kind == ErrorKind::access_denied);
  }
  SECTION("a role is not for everybody who asks") {
    source.secret_access_key = Secret("not the secret");
    const auto refused = assume(server, role, source);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::access_denied);
    CHECK(refused.error().message.find("cannot be assumed (403") != std::string::npos);
  }
}

}  // namespace
}  // namespace start_claude::contract
