#include "http/recording_transport.h"

#include <catch2/catch.hpp>

#include "base/text.h"
#include "support/replay_transport.h"

using namespace start_claude;
using namespace start_claude::http;
using start_claude::support::ReplayTransport;

namespace {

/// What the caller of the recorder knows to be secret.
std::string without_api_key(std::string_view text) {
  return base::replace_all(std::string(text), "sk-ant-1234", "REDACTED");
}

std::string authorization(const std::string& key_id) {
  return "AWS4-HMAC-SHA256 Credential=" + key_id +
         "/20261122/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-date, "
         "Signature=fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024";
}

Request request_with(Headers headers, std::string body = "") {
  return {"PUT", *parse_uri("http://minio.lan/b/k"), std::move(headers), std::move(body)};
}

std::string recorded_header(const std::string& name, const std::string& value) {
  return redacted_request(request_with({{name, value}}), without_api_key)
      .headers.find(name)
      .value();
}

}  // namespace

TEST_CASE("a recording holds no secret of the request") {
  struct Row {
    std::string what, name, value, recorded;
  };
  const std::string signed_part =
      "/{any}/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature={any}";
  const auto row = GENERATE_COPY(values<Row>({
      {"a signature", "Authorization", authorization("AKIA1234567890ABCDEF"),
       "AWS4-HMAC-SHA256 Credential={any}" + signed_part},
      {"the published example", "authorization", authorization("AKIAIOSFODNN7EXAMPLE"),
       "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE" + signed_part},
      {"another scheme", "Authorization", "Bearer abc", "{any}"},
      {"a signature of no known form", "Authorization", "AWS4-HMAC-SHA256 Signature=abc", "{any}"},
      {"a date", "X-Amz-Date", "20261122T081403Z", "{any}"},
      {"a session token", "X-Amz-Security-Token", "abc", "{any}"},
      {"a metadata service's token", "X-aws-ec2-metadata-token", "abc", "{any}"},
      {"what the caller knows", "x-amz-meta-note", "it is sk-ant-1234", "it is REDACTED"},
      {"all else stays", "If-None-Match", "*", "*"},
      {"the hash of a body without secrets", "x-amz-content-sha256", "e3b0c442", "e3b0c442"},
  }));
  INFO(row.what);
  CHECK(recorded_header(row.name, row.value) == row.recorded);
}

TEST_CASE("a header that is a secret by its name is one in either direction") {
  const std::string name =
      GENERATE("Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "X-Api-Key",
               "x-amz-security-token", "x-amz-session-token", "X-aws-ec2-metadata-token",
               "x-amz-server-side-encryption-customer-key",
               "x-amz-copy-source-server-side-encryption-customer-key");
  CAPTURE(name);
  CHECK(recorded_header(name, "abc") == "{any}");
  const auto shown =
      std::get<Response>(redacted_reply(Response{200, {{name, "abc"}}, ""}, without_api_key));
  CHECK(shown.headers == Headers{{name, "REDACTED"}});
}

TEST_CASE("the hashes of a body that was redacted go with the secret") {
  const auto request = redacted_request(
      request_with({{"x-amz-content-sha256", "e3b0c442"}, {"Content-MD5", "1B2M2Y8A"}},
                   R"({"key": "sk-ant-1234"})"),
      without_api_key);
  CHECK(request.body == R"({"key": "REDACTED"})");
  CHECK(request.headers == Headers{{"x-amz-content-sha256", "{any}"}, {"Content-MD5", "{any}"}});

  // Against its digest, the shown body would look altered on the way.
  const Response reply{200, {{"x-amz-meta-content-sha256", "e3b0c442"}}, "sk-ant-1234"};
  const auto shown = std::get<Response>(redacted_reply(reply, without_api_key));
  CHECK(shown.headers == Headers{{"x-amz-meta-content-sha256", "REDACTED"}});
}

TEST_CASE("a recording holds no secret of the reply") {
  const Response response{200,
                          {{"Set-Cookie", "session=1"}, {"ETag", "\"e\""}, {"x-a", "sk-ant-1234"}},
                          "a sk-ant-1234"};
  const auto shown = std::get<Response>(redacted_reply(response, without_api_key));
  CHECK(shown.headers ==
        Headers{{"Set-Cookie", "REDACTED"}, {"ETag", "\"e\""}, {"x-a", "REDACTED"}});
  CHECK(shown.body == "a REDACTED");

  const Failure failure{FailureKind::timed_out, "no sk-ant-1234"};
  CHECK(std::get<Failure>(redacted_reply(failure, without_api_key)).reason == "no REDACTED");
}

TEST_CASE("a reply whose body got shorter by redaction still has the right length when played") {
  const Response response{200, {{"Content-Length", "11"}}, "sk-ant-1234"};
  const Exchange exchange{request_with({}), redacted_reply(response, without_api_key)};
  const auto played = parse_exchanges(format_exchanges({exchange}, ""));
  REQUIRE(played);
  const auto& reply = std::get<Response>(played->front().reply);
  CHECK(reply.body == "REDACTED");
  CHECK(reply.headers.find("Content-Length") == "8");
}

TEST_CASE("what was recorded can be played, with another date and signature") {
  auto store = ReplayTransport::from_text(R"(# a store
> PUT http://minio.lan/b/k
> x-amz-date: {any}
> Authorization: {any}
>
> body
< 200
< ETag: "e"

> GET http://minio.lan/b/k
! connection_lost it broke
)");
  RecordingTransport recorder(store, without_api_key);
  const auto put = request_with(
      {{"x-amz-date", "1"}, {"Authorization", authorization("AKIA1234567890ABCDEF")}}, "body");
  const Request get{"GET", put.uri, {}, ""};
  // The caller gets what the store said, not what is written down.
  CHECK(std::get<Response>(recorder.send(put, Limits{})).headers.find("ETag") == "\"e\"");
  CHECK(std::get<Failure>(recorder.send(get, Limits{})).kind == FailureKind::connection_lost);
  store.finish();

  const auto text = recorder.text("A recording.");
  CHECK_THAT(text, Catch::StartsWith("# A recording.\n\n> PUT http://minio.lan/b/k\n"));
  auto replay = ReplayTransport::from_text(text);
  auto later = put;
  later.headers.set("x-amz-date", "2");
  later.headers.set("Authorization", authorization("AKIA0000000000000000"));
  CHECK(std::get<Response>(replay.send(later, Limits{})).status == 200);
  CHECK(std::holds_alternative<Failure>(replay.send(get, Limits{})));
  replay.finish();
}
