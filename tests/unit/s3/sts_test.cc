#include "s3/sts.h"

#include <catch2/catch.hpp>

#include "credentials_fixture.h"

namespace start_claude::s3 {
namespace {

using namespace std::chrono_literals;

const Credentials source{.access_key_id = "AKIASOURCE",
                         .secret_access_key = Secret("source/secret"),
                         .session_token = Secret("source-session-token")};

RoleSession session() {
  return {.role_arn = "arn:aws:iam::123456789012:role/team", .session_name = "start-claude-lark"};
}

StsEndpoint endpoint() { return *sts_endpoint(std::nullopt, "eu-west-1"); }

Result<Credentials> assume(CredentialsFixture& machine) {
  return assume_role(machine.parts(), endpoint(), session(), source);
}

TEST_CASE("STS: the endpoint of a region, of none, and somebody's own") {
  struct Row {
    std::optional<std::string> url, region;
    std::string text, signed_region;
  };
  const Row rows[] = {
      {{}, "eu-west-1", "https://sts.eu-west-1.amazonaws.com/", "eu-west-1"},
      {{}, "cn-north-1", "https://sts.cn-north-1.amazonaws.com.cn/", "cn-north-1"},
      {{}, "us-gov-west-1", "https://sts.us-gov-west-1.amazonaws.com/", "us-gov-west-1"},
      {{}, {}, "https://sts.amazonaws.com/", "us-east-1"},
      {"http://127.0.0.1:7480", {}, "http://127.0.0.1:7480/", "us-east-1"},
      {"https://sts.lan/path", "eu-west-1", "https://sts.lan/path", "eu-west-1"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    const auto found = sts_endpoint(row.url, row.region);
    REQUIRE(found);
    CHECK(found->uri.text() == row.text);
    CHECK(found->region == row.signed_region);
  }
  CHECK_FALSE(sts_endpoint("ftp://x", std::nullopt));
}

TEST_CASE("STS: AssumeRole as a form") {
  CHECK(assume_role_request(endpoint(), session()).body ==
        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2F"
        "team&RoleSessionName=start-claude-lark");
  RoleSession more = session();
  more.external_id = "a b&c";
  more.duration = 900s;
  const auto request = assume_role_request(endpoint(), more);
  CHECK(request.method == "POST");
  CHECK(request.headers.find("content-type") == "application/x-www-form-urlencoded");
  CHECK(request.body.view().ends_with("&DurationSeconds=900&ExternalId=a%20b%26c"));
  CHECK(web_identity_request(endpoint(), session(), Secret("e.y+J/==")).body ==
        "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A"
        "123456789012%3Arole%2Fteam&RoleSessionName=start-claude-lark"
        "&WebIdentityToken=e.y%2BJ%2F%3D%3D");
}

TEST_CASE("STS: the session's name is one that STS takes") {
  support::FakeEnvironment environment;
  environment.host = "lark.home_lan";
  CHECK(session_name_for(environment) == "start-claude-lark.home_lan");
  environment.host = "käfer (2)/" + std::string(100, 'x');
  const std::string name = session_name_for(environment);
  CHECK(name.starts_with("start-claude-k--fer--2--xxx"));
  CHECK(name.size() == 64);
}

TEST_CASE("STS: a role's credentials, signed for by the source") {
  CredentialsFixture machine;
  machine.transport.answer(role_reply("AssumeRole"));
  const auto found = assume(machine);
  CHECK(words_for(found) == "ASIA role/secret role-token");
  CHECK(found->expires == base::parse_time("2026-11-22T09:14:03Z"));
  CHECK(found->source == "role arn:aws:iam::123456789012:role/team");
  const http::Request& request = machine.transport.requests.front();
  CHECK(request.uri.text() == "https://sts.eu-west-1.amazonaws.com/");
  const std::string authorization = request.headers.find("authorization").value_or("");
  CHECK(authorization.starts_with(
      "AWS4-HMAC-SHA256 Credential=AKIASOURCE/20261122/eu-west-1/sts/aws4_request, "));
  CHECK(request.headers.find("x-amz-security-token") == "source-session-token");
  CHECK(machine.warnings.empty());
}

TEST_CASE("STS: a web identity needs no signature") {
  CredentialsFixture machine;
  machine.transport.answer(role_reply("AssumeRoleWithWebIdentity"));
  const auto found = assume_role_with_web_identity(machine.parts(), endpoint(), session(),
                                                   Secret("the-web-identity-token"));
  CHECK(words_for(found) == "ASIA role/secret role-token");
  CHECK_FALSE(machine.transport.requests.front().headers.contains("authorization"));
}

TEST_CASE("STS: refusals in words, without what was sent") {
  struct Row {
    http::Reply reply;
    ErrorKind kind;
    std::string message;
  };
  const std::string subject = "the role arn:aws:iam::123456789012:role/team cannot be assumed";
  const Row rows[] = {
      {sts_error(403, "AccessDenied", "User: kim is not authorized to perform: sts:AssumeRole."),
       ErrorKind::access_denied,
       subject + " (403 AccessDenied): User: kim is not authorized to perform: sts:AssumeRole"},
      {sts_error(403, "SignatureDoesNotMatch", "The canonical string is host:sts.lan"),
       ErrorKind::access_denied, subject + " (403 SignatureDoesNotMatch)"},
      {sts_error(400, "InvalidThing", "not this: source-session-tok"), ErrorKind::access_denied,
       subject + " (400 InvalidThing)"},
      {support::s3_error(403, "AccessDenied"), ErrorKind::access_denied,
       subject + " (403 AccessDenied): Said by the server"},
      {http::Response{.status = 200, .body = "<html>login</html>"}, ErrorKind::unreachable,
       subject + ": the answer 200 is not one of STS"},
      {http::Response{.status = 404, .body = "nothing"}, ErrorKind::unreachable,
       subject + ": the answer 404 is not one of STS"},
      {http::Failure{http::FailureKind::tls_not_trusted, "no trust"}, ErrorKind::unreachable,
       subject + ": no trust"},
  };
  for (const Row& row : rows) {
    INFO(row.message);
    CredentialsFixture machine;
    machine.transport.answer(row.reply);
    const auto found = assume(machine);
    REQUIRE_FALSE(found);
    CHECK(found.error().kind == row.kind);
    CHECK(found.error().message == row.message);
    CHECK_FALSE(found.error().hint.empty());
  }
}

TEST_CASE("STS: each refusal has its next step") {
  const auto [code, hint] = GENERATE(table<std::string, std::string>({
      {"AccessDenied", "the role's trust policy must allow sts:AssumeRole to this identity"},
      {"SignatureDoesNotMatch", "the secret of the source credentials is wrong"},
      {"InvalidClientTokenId", "there is no such access key id at this endpoint"},
      {"ExpiredToken", "get new source credentials"},
      {"ExpiredTokenException", "get new source credentials"},
      {"MalformedPolicyDocument", "check role_arn and the credentials it is assumed with"},
  }));
  CAPTURE(code);
  CredentialsFixture machine;
  machine.transport.answer(sts_error(403, code, ""));
  CHECK(assume(machine).error().hint == hint);
}

TEST_CASE("STS: a reply without all three parts is no reply") {
  const std::string part = GENERATE("AccessKeyId", "SecretAccessKey", "SessionToken");
  std::string body = role_reply("AssumeRole").body;
  const auto start = body.find("<" + part + ">");
  body.erase(start, body.find("</" + part + ">") - start);
  CHECK_FALSE(parse_role_credentials(body));
}

TEST_CASE("STS: what may pass is asked again, signed anew") {
  CredentialsFixture machine;
  machine.transport.answer(http::Failure{http::FailureKind::connection_lost, "lost"}, 2s);
  machine.transport.answer(http::Response{.status = 503});
  machine.transport.answer(role_reply("AssumeRole"));
  CHECK(assume(machine));
  const auto date = [&](std::size_t i) {
    return machine.transport.requests[i].headers.find("x-amz-date").value_or("");
  };
  CHECK(date(0) != date(1));

  for (int i = 0; i < 3; ++i) machine.transport.answer(sts_error(503, "ServiceUnavailable", ""));
  const auto found = assume(machine);
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == ErrorKind::unreachable);
  CHECK(machine.transport.remaining() == 0);
}

TEST_CASE("STS: it says how long to wait, and is waited for 15 seconds in all") {
  CredentialsFixture machine;
  auto busy = sts_error(503, "ServiceUnavailable", "");
  busy.headers.add("Retry-After", "7");
  machine.transport.answer(busy, 1s);
  machine.transport.answer(role_reply("AssumeRole"));
  CHECK(assume(machine));
  REQUIRE(machine.clock.sleeps().size() == 1);
  CHECK(machine.clock.sleeps()[0] >= 7s);
  CHECK(machine.transport.limits[1].total_timeout == 5s);
  CHECK(machine.transport.limits[1].response_bytes_max <= 256 * 1024);

  // Not where the time would be over by then.
  machine.transport.answer(busy, 9s);
  CHECK_FALSE(assume(machine));
  CHECK(machine.clock.sleeps().size() == 1);
}

TEST_CASE("STS: a machine whose clock is off signs by the server's, once") {
  CredentialsFixture machine;
  machine.clock.set_skew(-24h);
  auto refused = sts_error(403, "SignatureDoesNotMatch", "Signature expired");
  refused.headers.add("date", base::format_http_date(machine.clock.true_time()));
  machine.transport.answer(refused);
  machine.transport.answer(role_reply("AssumeRole"));
  CHECK(assume(machine));
  CHECK(machine.transport.requests.back().headers.find("x-amz-date") ==
        base::format_amz_date(machine.clock.true_time()));

  machine.transport.answer(refused);
  machine.transport.answer(refused);
  CHECK_FALSE(assume(machine));
  CHECK(machine.transport.remaining() == 0);
}

TEST_CASE("STS: plain http to another machine is warned about") {
  CredentialsFixture machine;
  machine.transport.answer(role_reply("AssumeRole"));
  machine.transport.answer(role_reply("AssumeRole"));
  CHECK(assume_role(machine.parts(), *sts_endpoint("http://127.0.0.1:9", std::nullopt), session(),
                    source));
  CHECK(machine.warnings.empty());
  CHECK(assume_role(machine.parts(), *sts_endpoint("http://rgw.lan:7480", std::nullopt), session(),
                    source));
  CHECK(machine.warnings ==
        std::vector<std::string>{
            "plain http to rgw.lan:7480: credentials can be read on the network"});
}

}  // namespace
}  // namespace start_claude::s3
