// Web identity, container and instance: what the machine is given by where it runs.

#include <catch2/catch.hpp>

#include "credentials_fixture.h"
#include "http/curl_transport.h"
#include "s3/credentials_container.h"
#include "s3/credentials_instance.h"
#include "s3/credentials_web_identity.h"
#include "s3/sts.h"
#include "support/loopback_server.h"

namespace start_claude::s3 {
namespace {

using namespace std::chrono_literals;
using support::ReceiveRequest;
using support::SendBytes;

http::Response json(std::string body) {
  return {
      .status = 200, .headers = {{"content-type", "application/json"}}, .body = std::move(body)};
}

http::Response metadata_reply() {
  return json(R"({"Code": "Success", "AccessKeyId": "ASIA", "SecretAccessKey": "s",
                  "Token": "t", "Expiration": "2026-11-22T14:14:03Z"})");
}

TEST_CASE("web identity: a role for the token in a file") {
  CredentialsFixture machine;
  WebIdentityCredentials source(machine.parts(), "eu-west-1");
  CHECK(words_for(source.fetch()) == "passed over: AWS_WEB_IDENTITY_TOKEN_FILE is not set");
  auto& variables = machine.environment.variables;
  variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/run/token";
  CHECK(words_for(source.fetch()) ==
        "error: AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not");
  variables["AWS_ROLE_ARN"] = "arn:role";
  CHECK(words_for(source.fetch()) ==
        "error: AWS_WEB_IDENTITY_TOKEN_FILE: cannot read /run/token: No such file or directory");
  machine.write("/run/token", " \n");
  CHECK(words_for(source.fetch()) == "error: AWS_WEB_IDENTITY_TOKEN_FILE: /run/token is empty");
  machine.write("/run/token", "the-token\n");
  machine.transport.answer(role_reply("AssumeRoleWithWebIdentity"));
  const auto found = source.fetch();
  CHECK(words_for(found) == "ASIA role/secret role-token");
  CHECK(std::get<Credentials>(*found).source ==
        "role arn:role through AWS_WEB_IDENTITY_TOKEN_FILE");
  const auto& request = machine.transport.requests.front();
  CHECK(request.uri.text() == "https://sts.eu-west-1.amazonaws.com/");
  CHECK(request.body.view().find("&RoleSessionName=start-claude-lark&") != std::string::npos);
  // Replaced meanwhile by whoever put it there.
  machine.write("/run/token", "the-next-token");
  variables["AWS_ROLE_SESSION_NAME"] = "ci";
  variables["AWS_REGION"] = "us-west-2";
  machine.transport.answer(sts_error(400, "ExpiredTokenException", "the-next-token has expired"));
  CHECK(words_for(source.fetch()) ==
        "error: the role arn:role cannot be assumed (400 ExpiredTokenException)");
  CHECK(machine.transport.requests.back().uri.host == "sts.us-west-2.amazonaws.com");
  CHECK(machine.transport.requests.back().body.view().ends_with(
      "&RoleSessionName=ci&WebIdentityToken=the-next-token"));
}

TEST_CASE("web identity: STS is asked where the profile says, unless the environment does") {
  CredentialsFixture machine;
  WebIdentityCredentials source(machine.parts(), "eu-west-1");
  auto& variables = machine.environment.variables;
  variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/run/token";
  variables["AWS_ROLE_ARN"] = "arn:role";
  machine.write("/run/token", "the-token\n");
  const auto asked = [&] {
    machine.transport.answer(role_reply("AssumeRoleWithWebIdentity"));
    CHECK(words_for(source.fetch()) == "ASIA role/secret role-token");
    return machine.transport.requests.back().uri.text();
  };
  machine.write_config("[default]\nregion = eu-central-1\n");
  CHECK(asked() == "https://sts.eu-central-1.amazonaws.com/");
  machine.write_config(
      "[default]\nservices = lan\n[services lan]\nsts =\n  endpoint_url = http://127.0.0.1:7480\n");
  CHECK(asked() == "http://127.0.0.1:7480/");
  variables["AWS_ENDPOINT_URL_STS"] = "http://127.0.0.1:7481";
  CHECK(asked() == "http://127.0.0.1:7481/");
}

TEST_CASE("container: where it is asked, and with what") {
  CredentialsFixture machine;
  ContainerCredentials source(machine.parts());
  auto& variables = machine.environment.variables;
  CHECK(words_for(source.fetch()) ==
        "passed over: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set");

  variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://[fd00:ec2::23]/v1/credentials";
  machine.write("/run/eks-token", "from-the-file\n");
  variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "from-the-variable";
  machine.direct.answer(metadata_reply());
  auto found = source.fetch();
  CHECK(words_for(found) == "ASIA s t");
  CHECK(std::get<Credentials>(*found).expires == base::parse_time("2026-11-22T14:14:03Z"));
  CHECK(std::get<Credentials>(*found).source ==
        "the container (AWS_CONTAINER_CREDENTIALS_FULL_URI)");
  CHECK(machine.direct.requests.back().headers.find("authorization") == "from-the-variable");

  variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = "/run/eks-token";
  machine.direct.answer(metadata_reply());
  CHECK(words_for(source.fetch()) == "ASIA s t");
  CHECK(machine.direct.requests.back().headers.find("authorization") == "from-the-file");

  variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/v2/credentials/1-2-3";
  machine.direct.answer(metadata_reply());
  found = source.fetch();
  CHECK(std::get<Credentials>(*found).source ==
        "the container (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI)");
  CHECK(machine.direct.requests.back().uri.text() == "http://169.254.170.2/v2/credentials/1-2-3");
  // Nothing of it through a proxy.
  CHECK(machine.transport.requests.empty());
}

TEST_CASE("container: plain http only where nobody can listen") {
  const auto [url, is_allowed] = GENERATE(table<std::string, bool>({
      {"https://credentials.lan/x", true},
      {"http://127.0.0.1:1234/x", true},
      {"http://localhost/x", true},
      {"http://[::1]/x", true},
      {"http://169.254.170.2/x", true},
      {"http://169.254.170.23/v1/credentials", true},
      {"http://169.254.169.254/x", false},
      {"http://credentials.lan/x", false},
      {"http://127.0.0.1.evil.example/x", false},
      {"ftp://127.0.0.1/x", false},
  }));
  INFO(url);
  CredentialsFixture machine;
  machine.environment.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url;
  if (is_allowed) machine.direct.answer(metadata_reply());
  CHECK(ContainerCredentials(machine.parts()).fetch().has_value() == is_allowed);
}

TEST_CASE("every request for credentials is reported, without what may not be known") {
  CredentialsFixture machine;
  const auto reported = [&machine] {
    std::string text;
    for (const AttemptReport& report : machine.reports) {
      text += report.method + ' ' + report.host + report.path + ' ' +
              (report.status != 0 ? std::to_string(report.status) : report.failure) + ' ' +
              report.request_id + ' ' + std::to_string(report.attempt) + '\n';
    }
    return text;
  };
  SECTION("a container: its path is a secret, and a second attempt is told as one") {
    machine.environment.variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/v2/secret-path";
    machine.direct.answer(http::Failure{http::FailureKind::connection_lost, "broke"});
    machine.direct.answer(metadata_reply());
    REQUIRE(ContainerCredentials(machine.parts()).fetch());
    CHECK(reported() == "GET 169.254.170.2/... broke  1\nGET 169.254.170.2/... 200  2\n");
  }
  SECTION("an instance: three questions") {
    machine.direct.answer(http::Response{.status = 200, .body = "t0ken"});
    machine.direct.answer(http::Response{.status = 200, .body = "role"});
    machine.direct.answer(metadata_reply());
    REQUIRE(InstanceCredentials(machine.parts()).fetch());
    const std::string roles = "/latest/meta-data/iam/security-credentials/";
    CHECK(reported() == "PUT 169.254.169.254/latest/api/token 200  1\nGET 169.254.169.254" + roles +
                            " 200  1\nGET 169.254.169.254" + roles + "role 200  1\n");
  }
  SECTION("STS: its id is that of the request") {
    auto answer = role_reply("AssumeRole");
    answer.headers.add("x-amzn-RequestId", "c6104cbe-af31");
    machine.transport.answer(std::move(answer), std::chrono::milliseconds(40));
    const auto endpoint = sts_endpoint(std::nullopt, "eu-west-1").value();
    REQUIRE(assume_role(machine.parts(), endpoint, {.role_arn = "arn", .session_name = "lark"},
                        {.access_key_id = "AKIA", .secret_access_key = Secret("hush")}));
    CHECK(reported() == "POST sts.eu-west-1.amazonaws.com/ 200 c6104cbe-af31 1\n");
    CHECK(machine.reports[0].took == std::chrono::milliseconds(40));
  }
}

TEST_CASE("container: what is set up and does not work is an error that names it") {
  struct Row {
    std::string name, value, token;
    std::optional<http::Reply> reply;
    std::string message;
  };
  const std::string relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
  const std::string subject = "the container credentials (" + relative + ")";
  const Row rows[] = {
      {relative, "no-path", "", {}, relative + " is not a path"},
      {relative, "@evil.example/", "", {}, relative + " is not a path"},
      {relative,
       "/x",
       "two\nlines",
       {},
       "AWS_CONTAINER_AUTHORIZATION_TOKEN has more than one line"},
      {relative, "/x", "", http::Failure{http::FailureKind::tls_failed, "no TLS"},
       subject + " are not to be had: no TLS"},
      {relative, "/secret-path", "", http::Response{.status = 404, .body = "secret-path"},
       subject + " are not to be had: 169.254.170.2 answers 404"},
      {relative, "/x", "", json(R"({"SecretAccessKey": "s3cr3t"})"),
       "the answer of 169.254.170.2 (" + relative + ") has no AccessKeyId"},
  };
  for (const Row& row : rows) {
    INFO(row.message);
    CredentialsFixture machine;
    machine.environment.variables[row.name] = row.value;
    machine.environment.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = row.token;
    if (row.reply) machine.direct.answer(*row.reply);
    CHECK(words_for(ContainerCredentials(machine.parts()).fetch()) == "error: " + row.message);
  }
}

TEST_CASE("container: a service that is out of order is not one that refuses") {
  const auto [status, kind] = GENERATE(table<int, ErrorKind>({
      {403, ErrorKind::access_denied},
      {404, ErrorKind::access_denied},
      {500, ErrorKind::unreachable},
  }));
  CAPTURE(status);
  CredentialsFixture machine;
  machine.environment.variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/x";
  // As often as it is asked.
  for (int i = 0; i < (status < 500 ? 1 : 3); ++i) {
    machine.direct.answer(http::Response{.status = status});
  }
  CHECK(ContainerCredentials(machine.parts()).fetch().error().kind == kind);
  CHECK(machine.direct.remaining() == 0);
}

TEST_CASE("instance: a session token first, then the role, then its credentials") {
  CredentialsFixture machine;
  machine.direct.answer(http::Response{.status = 200, .body = "the-session=="});
  machine.direct.answer(http::Response{.status = 200, .body = "my role\nanother"});
  machine.direct.answer(metadata_reply());
  const auto found = InstanceCredentials(machine.parts()).fetch();
  CHECK(words_for(found) == "ASIA s t");
  CHECK(std::get<Credentials>(*found).source == "the role my role of this EC2 instance");
  const auto& asked = machine.direct.requests;
  REQUIRE(asked.size() == 3);
  CHECK(asked[0].method == "PUT");
  CHECK(asked[0].uri.text() == "http://169.254.169.254/latest/api/token");
  CHECK(asked[0].headers.find("x-aws-ec2-metadata-token-ttl-seconds") == "21600");
  CHECK(asked[1].uri.path == "/latest/meta-data/iam/security-credentials/");
  CHECK(asked[2].uri.path == "/latest/meta-data/iam/security-credentials/my%20role");
  CHECK(asked[2].headers.find("x-aws-ec2-metadata-token") == "the-session==");
  CHECK(machine.direct.limits[0].total_timeout == 1s);
  CHECK(machine.transport.requests.empty());
}

TEST_CASE("instance: anywhere else it is passed over") {
  struct Row {
    std::string shows;
    std::vector<http::Reply> replies;
    std::string why;
  };
  const Row rows[] = {
      {"nobody there",
       {http::Failure{http::FailureKind::timed_out, "no answer"}},
       "this is no EC2 instance with a role"},
      {"another cloud", {http::Response{.status = 405}}, "this is no EC2 instance with a role"},
      {"a login page",
       {http::Response{.status = 200, .body = "<html>"}},
       "this is no EC2 instance with a role"},
      {"no role",
       {http::Response{.status = 200, .body = "t"}, http::Response{.status = 404}},
       "this EC2 instance has no role"},
  };
  for (const Row& row : rows) {
    INFO(row.shows);
    CredentialsFixture machine;
    for (const auto& reply : row.replies) machine.direct.answer(reply);
    CHECK(words_for(InstanceCredentials(machine.parts()).fetch()) == "passed over: " + row.why);
    CHECK(machine.direct.remaining() == 0);
  }
}

TEST_CASE("instance: switched off, nobody is asked") {
  CredentialsFixture machine;
  machine.environment.variables["AWS_EC2_METADATA_DISABLED"] = "True";
  CHECK(words_for(InstanceCredentials(machine.parts()).fetch()) ==
        "passed over: AWS_EC2_METADATA_DISABLED is set");
}

TEST_CASE("instance: the address, and that a named one must answer") {
  CredentialsFixture machine;
  auto& variables = machine.environment.variables;
  const auto fail = [&] {
    machine.direct.answer(http::Failure{http::FailureKind::not_connected, "refused"});
    return words_for(InstanceCredentials(machine.parts()).fetch());
  };
  variables["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"] = "IPv6";
  CHECK(fail() == "passed over: this is no EC2 instance with a role");
  CHECK(machine.direct.requests.back().uri.text() == "http://[fd00:ec2::254]/latest/api/token");
  variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "http://127.0.0.1:1338/";
  CHECK(fail() == "error: the EC2 metadata service at 127.0.0.1:1338 is of no use: refused");
  CHECK(machine.direct.requests.back().uri.text() == "http://127.0.0.1:1338/latest/api/token");
  variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "nonsense";
  CHECK(words_for(InstanceCredentials(machine.parts()).fetch()) ==
        "error: AWS_EC2_METADATA_SERVICE_ENDPOINT is not an http URL");
}

TEST_CASE("instance: a role without credentials is an error") {
  CredentialsFixture machine;
  machine.direct.answer(http::Response{.status = 200, .body = "t"});
  machine.direct.answer(http::Response{.status = 200, .body = "role"});
  machine.direct.answer(GENERATE(json(R"({"Code": "Failed"})"), http::Response{.status = 500}));
  const auto found = InstanceCredentials(machine.parts()).fetch();
  REQUIRE_FALSE(found);
  CHECK(found.error().message.find("the EC2 metadata service at 169.254.169.254") !=
        std::string::npos);
}

std::string plain_reply(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nConnection: close\r\n\r\n" + body;
}

TEST_CASE("instance and container: over real connections") {
  CredentialsFixture machine;
  const auto curl = http::make_curl_transport({});
  const CredentialsParts parts{.clock = machine.clock,
                               .files = machine.files,
                               .random = machine.random,
                               .environment = machine.environment,
                               .programs = machine.programs,
                               .transport = *curl,
                               .direct = *curl};
  const std::string body = metadata_reply().body;
  support::LoopbackServer server({{ReceiveRequest{}, SendBytes{plain_reply("tok==")}},
                                  {ReceiveRequest{}, SendBytes{plain_reply("role")}},
                                  {ReceiveRequest{}, SendBytes{plain_reply(body)}},
                                  {ReceiveRequest{}, SendBytes{plain_reply(body)}}});
  auto& variables = machine.environment.variables;
  variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = server.url();
  CHECK(words_for(InstanceCredentials(parts).fetch()) == "ASIA s t");
  variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = server.url() + "/v1/credentials?x=y";
  variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "Bearer abc";
  CHECK(words_for(ContainerCredentials(parts).fetch()) == "ASIA s t");
  const auto received = server.received();
  REQUIRE(received.size() == 4);
  CHECK(received[0].starts_with("PUT /latest/api/token HTTP/1.1\r\n"));
  CHECK(received[1].find("x-aws-ec2-metadata-token: tok==\r\n") != std::string::npos);
  CHECK(received[3].starts_with("GET /v1/credentials?x=y HTTP/1.1\r\n"));
  CHECK(received[3].find("uthorization: Bearer abc\r\n") != std::string::npos);
}

}  // namespace
}  // namespace start_claude::s3
