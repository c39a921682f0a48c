#include "s3/credentials_chain.h"

#include <catch2/catch.hpp>

#include "credentials_fixture.h"
#include "s3/credentials_at_hand.h"

namespace start_claude::s3 {
namespace {

using namespace std::chrono_literals;

struct ChainFixture : CredentialsFixture {
  std::vector<std::string> fetched;

  std::unique_ptr<CredentialsProvider> chain(CredentialsChoice choice = {}) {
    return make_credentials(parts(), choice, [this](const Credentials& each) {
      fetched.push_back(each.access_key_id);
    });
  }
  void no_instance() { environment.variables["AWS_EC2_METADATA_DISABLED"] = "true"; }
};

/// A source that answers what a test wrote down, and counts how often it was asked.
class ScriptedSource final : public CredentialsSource {
 public:
  explicit ScriptedSource(std::vector<Result<Sourced>>& answers) : answers_(answers) {}
  Result<Sourced> fetch() override {
    if (answers_.empty()) throw std::logic_error("asked once too often");
    auto answer = answers_.front();
    answers_.erase(answers_.begin());
    return answer;
  }

 private:
  std::vector<Result<Sourced>>& answers_;
};

struct ExpiryFixture {
  support::FakeClock clock;
  std::vector<Result<Sourced>> answers;
  std::vector<Result<Sourced>> second_answers;

  ChainedCredentials chain() {
    ChainedCredentials::Sources sources;
    sources.push_back(std::make_unique<ScriptedSource>(answers));
    sources.push_back(std::make_unique<ScriptedSource>(second_answers));
    return {clock, std::move(sources), {}};
  }
  Result<Sourced> expiring(const std::string& id, std::chrono::minutes in) {
    return Sourced{Credentials{
        .access_key_id = id, .secret_access_key = Secret("s"), .expires = clock.now() + in}};
  }
};

TEST_CASE("chain: the first source that is there counts") {
  ChainFixture machine;
  auto& variables = machine.environment.variables;
  machine.direct.answer(http::Response{.status = 200, .body = "t"});
  machine.direct.answer(http::Response{.status = 200, .body = "role"});
  machine.direct.answer(
      http::Response{.status = 200, .body = R"({"AccessKeyId": "I", "SecretAccessKey": "i"})"});
  CHECK(words_for(machine.chain()->credentials()) == "I i");

  variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/x";
  machine.direct.answer(
      http::Response{.status = 200, .body = R"({"AccessKeyId": "C", "SecretAccessKey": "c"})"});
  CHECK(words_for(machine.chain()->credentials()) == "C c");

  variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/run/token";
  variables["AWS_ROLE_ARN"] = "arn:role";
  machine.write("/run/token", "token");
  machine.transport.answer(role_reply("AssumeRoleWithWebIdentity"));
  CHECK(words_for(machine.chain()->credentials()) == "ASIA role/secret role-token");

  machine.write_credentials("[default]\naws_access_key_id = P\naws_secret_access_key = p\n");
  CHECK(words_for(machine.chain()->credentials()) == "P p");

  variables["AWS_ACCESS_KEY_ID"] = "E";
  variables["AWS_SECRET_ACCESS_KEY"] = "e";
  CHECK(words_for(machine.chain()->credentials()) == "E e");
  CHECK(machine.fetched == std::vector<std::string>{"I", "C", "ASIA", "P", "E"});
}

TEST_CASE("chain: a source that is set up and broken is not skipped over") {
  ChainFixture machine;
  machine.environment.variables["AWS_ACCESS_KEY_ID"] = "E";
  machine.write_credentials("[default]\naws_access_key_id = P\naws_secret_access_key = p\n");
  CHECK(words_for(machine.chain()->credentials()) ==
        "error: AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not");
  CHECK(machine.fetched.empty());
}

TEST_CASE("chain: nothing anywhere is one error that lists where was looked") {
  ChainFixture machine;
  machine.no_instance();
  const auto found = machine.chain()->credentials();
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == ErrorKind::not_configured);
  CHECK(found.error().message ==
        "no S3 credentials: AWS_ACCESS_KEY_ID is not set; there is no profile default in "
        "~/.aws/config and ~/.aws/credentials; AWS_WEB_IDENTITY_TOKEN_FILE is not set; "
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set; AWS_EC2_METADATA_DISABLED is set");
  CHECK_FALSE(found.error().hint.empty());
}

TEST_CASE("chain: only the environment, or only a profile, where the settings say so") {
  ChainFixture machine;
  machine.write_credentials("[team]\naws_access_key_id = T\naws_secret_access_key = t\n");
  machine.environment.variables["AWS_PROFILE"] = "team";
  CHECK(words_for(machine.chain({.scope = CredentialsScope::environment})->credentials()) ==
        "error: no S3 credentials in the environment: AWS_ACCESS_KEY_ID is not set");
  machine.environment.variables["AWS_ACCESS_KEY_ID"] = "E";
  machine.environment.variables["AWS_SECRET_ACCESS_KEY"] = "e";
  CHECK(words_for(machine.chain({.scope = CredentialsScope::environment})->credentials()) == "E e");
  const CredentialsChoice team{.scope = CredentialsScope::profile, .profile = "team"};
  CHECK(words_for(machine.chain(team)->credentials()) == "T t");
  const CredentialsChoice other{.scope = CredentialsScope::profile, .profile = "other"};
  CHECK(words_for(machine.chain(other)->credentials()) ==
        "error: there is no profile other in ~/.aws/config and ~/.aws/credentials");
}

TEST_CASE("chain: the store's region is for STS where nobody names one") {
  ChainFixture machine;
  machine.write_config(
      "[profile team]\nrole_arn = r\nsource_profile = base\n"
      "[profile base]\naws_access_key_id = B\naws_secret_access_key = b\n");
  machine.transport.answer(role_reply("AssumeRole"));
  const auto provider = machine.chain(
      {.scope = CredentialsScope::profile, .profile = "team", .fallback_region = "eu-central-1"});
  CHECK(provider->credentials());
  CHECK(machine.transport.requests.front().uri.host == "sts.eu-central-1.amazonaws.com");
}

TEST_CASE("chain: expiring credentials are fetched anew five minutes before their end") {
  ExpiryFixture machine;
  machine.answers = {machine.expiring("A", 60min), machine.expiring("B", 120min)};
  auto chain = machine.chain();
  CHECK(words_for(chain.credentials()) == "A s");
  machine.clock.advance(54min);
  CHECK(words_for(chain.credentials()) == "A s");
  machine.clock.advance(1min);
  CHECK(words_for(chain.credentials()) == "B s");
  CHECK(words_for(chain.credentials()) == "B s");
}

TEST_CASE("chain: what is still valid is used while others cannot be had") {
  ExpiryFixture machine;
  const Error broken{ErrorKind::unreachable, "STS does not answer"};
  machine.answers = {machine.expiring("A", 10min), broken, broken, machine.expiring("B", 60min)};
  auto chain = machine.chain();
  CHECK(words_for(chain.credentials()) == "A s");
  machine.clock.advance(6min);
  CHECK(words_for(chain.credentials()) == "A s");
  // Not asked for again with every request.
  CHECK(words_for(chain.credentials()) == "A s");
  machine.clock.advance(5min);
  CHECK(words_for(chain.credentials()) == "error: STS does not answer");
  machine.clock.advance(1min);
  CHECK(words_for(chain.credentials()) == "B s");
}

TEST_CASE("chain: a source that keeps handing out old ones is not asked with every request") {
  ExpiryFixture machine;
  machine.answers = {machine.expiring("A", -1min), machine.expiring("A", -1min)};
  auto chain = machine.chain();
  CHECK(words_for(chain.credentials()) == "A s");
  CHECK(words_for(chain.credentials()) == "A s");
  machine.clock.advance(30s);
  CHECK(words_for(chain.credentials()) == "A s");
}

TEST_CASE("chain: who once answered is asked again, nobody else") {
  ExpiryFixture machine;
  machine.answers = {Sourced{PassedOver{"not yet"}}};
  machine.second_answers = {machine.expiring("B", 10min), Sourced{PassedOver{"gone"}}};
  auto chain = machine.chain();
  CHECK(words_for(chain.credentials()) == "B s");
  machine.answers = {machine.expiring("A", 60min)};
  machine.clock.advance(11min);
  CHECK(words_for(chain.credentials()) == "error: no S3 credentials: gone");
}

TEST_CASE("chain: after the store called them expired, only others will do") {
  ExpiryFixture machine;
  machine.answers = {machine.expiring("A", 60min), machine.expiring("A", 60min),
                     machine.expiring("B", 60min),
                     Error{ErrorKind::unreachable, "STS does not answer"}};
  auto chain = machine.chain();
  CHECK(words_for(chain.credentials()) == "A s");
  CHECK_FALSE(chain.refresh());
  CHECK(chain.refresh());
  CHECK(words_for(chain.credentials()) == "B s");
  CHECK_FALSE(chain.refresh());
}

TEST_CASE("chain: a failure is remembered for some seconds") {
  ExpiryFixture machine;
  const Error broken{ErrorKind::unreachable, "STS does not answer"};
  machine.answers = {broken, machine.expiring("A", 60min)};
  auto chain = machine.chain();
  CHECK_FALSE(chain.credentials());
  CHECK_FALSE(chain.credentials());
  machine.clock.advance(5s);
  CHECK(words_for(chain.credentials()) == "A s");
}

TEST_CASE("credentials at hand: seen without asking anybody") {
  CredentialsFixture machine;
  auto& variables = machine.environment.variables;
  const auto at_hand = [&] {
    return credentials_at_hand(machine.files, machine.environment).value_or("none");
  };
  CHECK(at_hand() == "none");
  machine.write_config("[default]\nregion = eu-west-1\n[profile team]\nrole_arn = r\n");
  CHECK(at_hand() == "none");
  (void)machine.files.make_folder("/sys/class/dmi/id", 0755);
  machine.write("/sys/class/dmi/id/sys_vendor", "QEMU\n");
  CHECK(at_hand() == "none");
  variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "http://127.0.0.1:1338";
  CHECK(at_hand() == "the role of this EC2 instance");
  variables.erase("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  machine.write("/sys/class/dmi/id/sys_vendor", "Amazon EC2\n");
  CHECK(at_hand() == "the role of this EC2 instance");
  variables["AWS_EC2_METADATA_DISABLED"] = "true";
  CHECK(at_hand() == "none");
  variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "x";
  CHECK(at_hand() == "AWS_CONTAINER_CREDENTIALS_FULL_URI");
  variables["AWS_PROFILE"] = "team";
  CHECK(at_hand() == "profile team");
  variables["AWS_ACCESS_KEY_ID"] = "E";
  CHECK(at_hand() == "AWS_ACCESS_KEY_ID");
}

}  // namespace
}  // namespace start_claude::s3
