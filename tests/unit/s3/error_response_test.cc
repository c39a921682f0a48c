#include "s3/error_response.h"

#include <catch2/catch.hpp>

namespace start_claude::s3 {
namespace {

TEST_CASE("an error body becomes a value") {
  const auto error = parse_error_response(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<Error><Code>RequestTimeTooSkewed</Code><Message>The difference &gt; 15 min</Message>"
      "<RequestTime>20261121T081403Z</RequestTime><ServerTime>2026-11-22T08:14:03Z</ServerTime>"
      "<MaxAllowedSkewMilliseconds>900000</MaxAllowedSkewMilliseconds></Error>");
  REQUIRE(error);
  CHECK(error->code == "RequestTimeTooSkewed");
  CHECK(error->message == "The difference > 15 min");
  CHECK(error->server_time == base::parse_time("2026-11-22T08:14:03Z"));
}

TEST_CASE("fields that some errors have") {
  const auto error = parse_error_response(
      "<Error><Code>NotImplemented</Code><Header>If-None-Match</Header>"
      "<ArgumentName>x</ArgumentName><Region>eu-west-1</Region><Endpoint>h</Endpoint></Error>");
  REQUIRE(error);
  CHECK(error->header == "If-None-Match");
  CHECK(error->argument == "x");
  CHECK(error->region == "eu-west-1");
  CHECK(error->endpoint == "h");
}

TEST_CASE("what is no S3 error is none") {
  const std::string body = GENERATE(
      as<std::string>{}, "", "{}", "<html><Error><Code>NoSuchKey</Code></Error></html>", "<Error/>",
      "<Error><Message>no code</Message></Error>", "<Error><Code></Code></Error>",
      "<Error><Code>two words</Code></Error>", "<Error><Code>NoSuchKey</Code>",
      "<Error><Code>\x1b[2J</Code></Error>", "<Result><Code>NoSuchKey</Code></Result>");
  CAPTURE(body);
  CHECK_FALSE(parse_error_response(body));
}

TEST_CASE("a body without end costs no more than its first part") {
  const std::string body = "<Error><Code>NoSuchKey</Code>" + std::string(1 << 20, 'x') + "</Error>";
  CHECK_FALSE(parse_error_response(body));
}

struct HintRow {
  const char* what;
  std::string header;
  std::string region;
  std::string endpoint;
  std::string hint;
};

TEST_CASE("where a bucket is, in the words of MinIO, which has no element for it") {
  const auto [message, hint] = GENERATE(table<std::string, std::string>({
      {"The authorization header is malformed; the region is wrong; expecting 'eu-7'.", "eu-7"},
      {"Region does not match; expecting 'home'.", "home"},
      {"expecting 'evil.example/'", ""},
      {"expecting 'unterminated", ""},
      {"expecting ''", ""},
      {"expecting eu-7", ""},
  }));
  CAPTURE(message);
  const ErrorResponse error{.code = "AuthorizationHeaderMalformed", .message = message};
  CHECK(region_hint({.status = 400}, error) == hint);
}

TEST_CASE("where a bucket is, by whatever the reply says") {
  const auto row = GENERATE(values<HintRow>({
      {"a header", "eu-west-1", "", "", "eu-west-1"},
      {"the header comes first", "eu-west-1", "us-west-2", "", "eu-west-1"},
      {"an element", "", "us-west-2", "", "us-west-2"},
      {"a region of another store", "", "garage", "", "garage"},
      {"a host", "", "", "team.s3.eu-central-1.amazonaws.com", "eu-central-1"},
      {"an older host", "", "", "team.s3-eu-west-1.amazonaws.com", "eu-west-1"},
      {"path-style", "", "", "s3.eu-west-1.amazonaws.com", "eu-west-1"},
      {"older path-style", "", "", "s3-eu-west-1.amazonaws.com", "eu-west-1"},
      {"dual stack", "", "", "team.s3.dualstack.eu-west-1.amazonaws.com", "eu-west-1"},
      {"China", "", "", "team.s3.cn-north-1.amazonaws.com.cn", "cn-north-1"},
      {"a host without a region", "", "", "team.s3.amazonaws.com", ""},
      {"a host that only looks like one", "", "", "team.s3-accelerate.amazonaws.com", ""},
      {"a host elsewhere", "", "", "s3.eu-west-1.example.org", ""},
      {"no region's name", "evil.example/", "A B", "", ""},
      {"nothing", "", "", "", ""},
  }));
  CAPTURE(row.what);
  http::Response response{.status = 301};
  if (!row.header.empty()) response.headers.add("x-amz-bucket-region", row.header);
  const ErrorResponse error{
      .code = "PermanentRedirect", .region = row.region, .endpoint = row.endpoint};
  CHECK(region_hint(response, error) == row.hint);
}

}  // namespace
}  // namespace start_claude::s3
