#include "s3/credentials_env.h"

#include <catch2/catch.hpp>

#include "support/fake_environment.h"

namespace start_claude::s3 {
namespace {

TEST_CASE("credentials from the environment") {
  const support::FakeEnvironment environment({{"AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"},
                                              {"AWS_SECRET_ACCESS_KEY", "secret\n"},
                                              {"AWS_SESSION_TOKEN", "token"}});
  const auto found = credentials_from_environment(environment);
  REQUIRE(found);
  REQUIRE(*found);
  CHECK((*found)->access_key_id == "AKIAEXAMPLE");
  CHECK((*found)->secret_access_key.reveal() == "secret");
  REQUIRE((*found)->session_token);
  CHECK((*found)->session_token->reveal() == "token");
  CHECK((*found)->source == "AWS_ACCESS_KEY_ID");
}

TEST_CASE("half of the credentials is an error, none of them is not") {
  CHECK_FALSE(credentials_from_environment(support::FakeEnvironment{}).value().has_value());
  const auto [present, missing] =
      GENERATE(table<std::string, std::string>({{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"},
                                                {"AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"}}));
  const support::FakeEnvironment half({{present, "value"}, {missing, " "}});
  const auto found = credentials_from_environment(half);
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == ErrorKind::not_configured);
  CHECK(found.error().message == present + " is set and " + missing + " is not");
}

TEST_CASE("an environment without credentials is passed over, and read anew each time") {
  support::FakeEnvironment environment;
  EnvironmentCredentials source(environment);
  auto found = source.fetch();
  REQUIRE(found);
  REQUIRE(std::holds_alternative<PassedOver>(*found));
  CHECK(std::get<PassedOver>(*found).why == "AWS_ACCESS_KEY_ID is not set");
  environment.variables = {{"AWS_ACCESS_KEY_ID", "id"}, {"AWS_SECRET_ACCESS_KEY", "s"}};
  found = source.fetch();
  REQUIRE(found);
  REQUIRE(std::holds_alternative<Credentials>(*found));
  CHECK(std::get<Credentials>(*found).access_key_id == "id");
}

}  // namespace
}  // namespace start_claude::s3
