#include <catch2/catch.hpp>

#include "unit/s3/store_fixture.h"

namespace start_claude::s3 {
namespace {

using namespace std::chrono_literals;

http::Response with_date(http::Response response, const std::string& date) {
  response.headers.set("Date", date);
  return response;
}

TEST_CASE_METHOD(StoreFixture, "what another attempt may mend is tried again, signed anew") {
  const http::Reply trouble = GENERATE(values<http::Reply>(
      {support::s3_error(503, "SlowDown"), support::s3_error(500, "InternalError"),
       http::Response{502, {}, "<html>Bad gateway</html>"}, http::Response{408, {}, ""},
       support::s3_error(429, "TooManyRequests"), lost, timed_out,
       http::Failure{http::FailureKind::not_connected, "refused"}}));
  transport.answer(trouble, 2s);
  transport.answer(object_response("{}"));
  REQUIRE(store().get(config_object, std::nullopt));
  REQUIRE(clock.sleeps().size() == 1);
  CHECK(clock.sleeps()[0] <= 500ms);
  CHECK(header(0, "x-amz-date") == "20261122T081403Z");
  CHECK(header(1, "x-amz-date") >= "20261122T081405Z");
  CHECK(header(0, "authorization") != header(1, "authorization"));
}

TEST_CASE_METHOD(StoreFixture, "four attempts, then the last answer is the answer") {
  for (int i = 0; i < 4; ++i) transport.answer(support::s3_error(503, "SlowDown"));
  auto outcome = store().get(config_object, std::nullopt);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == ErrorKind::unreachable);
  CHECK(outcome.error().message == "s3.example.org:9000 answers 503 SlowDown after 4 attempts");
  CHECK(sent_count() == 4);
}

TEST_CASE_METHOD(StoreFixture, "what no attempt can mend is not tried again") {
  transport.answer(http::Failure{http::FailureKind::tls_not_trusted, "self-signed"});
  auto outcome = store().get(config_object, std::nullopt);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().message == "self-signed");
  CHECK(sent_count() == 1);
}

TEST_CASE_METHOD(StoreFixture, "the deadline is for the whole call") {
  transport.answer(timed_out, 15s);
  transport.answer(timed_out, 7s);
  transport.answer(timed_out, 8s);
  REQUIRE_FALSE(store().get(config_object, std::nullopt));
  CHECK(sent_count() == 3);
  CHECK(transport.limits[0].total_timeout == 15s);
  CHECK(transport.limits[1].total_timeout < 7500ms);
  // Whichever fails last, the message is about the time that all of them had.
  for (const http::Limits& limits : transport.limits) CHECK(limits.shared_timeout == 30s);
  CHECK(clock.monotonic() <= support::FakeClock{}.monotonic() + 32s);
}

TEST_CASE_METHOD(StoreFixture, "the server says how long to wait") {
  auto busy = support::s3_error(503, "SlowDown");
  busy.headers.add("Retry-After", "7");
  transport.answer(busy);
  transport.answer(object_response("{}"));
  REQUIRE(store().get(config_object, std::nullopt));
  CHECK(clock.sleeps()[0] >= 7s);

  busy.headers.set("Retry-After", "3600");
  transport.answer(busy);
  CHECK_FALSE(store().get(config_object, std::nullopt));

  // Of the 30 s, 14 are gone by then.
  busy.headers.set("Retry-After", "20");
  transport.answer(busy, 14s);
  CHECK_FALSE(store().get(config_object, std::nullopt));
  CHECK(clock.sleeps().size() == 1);
}

TEST_CASE_METHOD(StoreFixture, "this clock beside the server's, from every reply") {
  auto s3 = store();
  CHECK_FALSE(s3.clock_skew());
  transport.answer(with_date(object_response("{}"), "Sun, 22 Nov 2026 09:14:05 GMT"), 4s);
  REQUIRE(s3.get(config_object, std::nullopt));
  CHECK(s3.clock_skew() == 1h);

  auto cached = with_date(object_response("{}"), "Sun, 22 Nov 2026 01:00:00 GMT");
  cached.headers.add("Age", "60");
  transport.answer(cached);
  REQUIRE(s3.get(config_object, std::nullopt));
  CHECK(s3.clock_skew() == 1h);
}

TEST_CASE_METHOD(StoreFixture, "a refused clock: once more by the server's, and from then on") {
  const auto [what, refusal] = GENERATE(table<std::string, http::Response>({
      {"by Date",
       with_date(support::s3_error(403, "RequestTimeTooSkewed"), "Mon, 23 Nov 2026 08:14:03 GMT")},
      {"by ServerTime", support::s3_error(403, "RequestTimeTooSkewed",
                                          "<ServerTime>2026-11-23T08:14:03Z</ServerTime>")},
      {"Garage",
       with_date(support::s3_error(400, "InvalidRequest"), "Mon, 23 Nov 2026 08:14:03 GMT")},
  }));
  CAPTURE(what);
  auto s3 = store();
  transport.answer(refusal);
  transport.answer(object_response("{}"));
  REQUIRE(s3.get(config_object, std::nullopt));
  CHECK(header(1, "x-amz-date") == "20261123T081403Z");
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0] ==
        "this clock is 24 h 0 min behind the server; requests are signed by the server's clock");
  transport.answer(object_response("{}"));
  REQUIRE(s3.get(config_object, std::nullopt));
  CHECK(header(2, "x-amz-date") == "20261123T081403Z");
}

TEST_CASE_METHOD(StoreFixture, "a clock that is refused again is reported, with by how much") {
  const auto refusal =
      with_date(support::s3_error(403, "RequestTimeTooSkewed"), "Mon, 23 Nov 2026 08:14:03 GMT");
  transport.answer(refusal);
  transport.answer(refusal);
  auto outcome = store().get(config_object, std::nullopt);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().message ==
        "this clock is 24 h 0 min behind the server (403 RequestTimeTooSkewed)");
}

TEST_CASE_METHOD(StoreFixture, "expired credentials are refreshed once") {
  credentials.refreshes = 5;
  transport.answer(support::s3_error(400, "ExpiredToken"));
  transport.answer(object_response("{}"));
  REQUIRE(store().get(config_object, std::nullopt));
  CHECK_THAT(header(1, "authorization"), Catch::Contains("KEY2/"));

  transport.answer(support::s3_error(400, "ExpiredToken"));
  transport.answer(support::s3_error(400, "ExpiredToken"));
  auto outcome = store().get(config_object, std::nullopt);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == ErrorKind::access_denied);

  credentials.refreshes = 0;
  transport.answer(support::s3_error(400, "ExpiredToken"));
  CHECK_FALSE(store().get(config_object, std::nullopt));
}

TEST_CASE_METHOD(StoreFixture, "Amazon's region hint is followed once, and kept") {
  const auto [what, hint] = GENERATE(table<std::string, http::Response>({
      {"301, header", {301, {{"x-amz-bucket-region", "eu-west-1"}}, ""}},
      {"400, element",
       support::s3_error(400, "AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>")},
      {"307, host", support::s3_error(307, "TemporaryRedirect",
                                      "<Endpoint>team.s3-eu-west-1.amazonaws.com</Endpoint>")},
  }));
  CAPTURE(what);
  auto s3 = amazon();
  transport.answer(hint);
  transport.answer(object_response("{}"));
  REQUIRE(s3.get(config_object, std::nullopt));
  CHECK(sent(1).uri.host == "team.s3.eu-west-1.amazonaws.com");
  CHECK_THAT(header(1, "authorization"), Catch::Contains("/eu-west-1/s3/"));
  CHECK(s3.region() == "eu-west-1");
  CHECK(warnings ==
        std::vector<std::string>{"the bucket team is in region eu-west-1, not us-east-1"});
}

TEST_CASE_METHOD(StoreFixture, "a second hint in one call is not followed") {
  transport.answer(http::Response{301, {{"x-amz-bucket-region", "eu-west-1"}}, ""});
  transport.answer(http::Response{301, {{"x-amz-bucket-region", "eu-west-2"}}, ""});
  auto outcome = amazon().get(config_object, std::nullopt);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().hint == "run s3-setup with --region eu-west-2");
}

TEST_CASE_METHOD(StoreFixture, "a hint to where we are already is none") {
  transport.answer(http::Response{301, {{"x-amz-bucket-region", "us-east-1"}}, ""});
  CHECK_FALSE(amazon().get(config_object, std::nullopt));
  CHECK(sent_count() == 1);
}

TEST_CASE_METHOD(StoreFixture,
                 "outside of Amazon a hint changes what is signed, not who is asked") {
  auto s3 = store();
  transport.answer(
      support::s3_error(400, "AuthorizationHeaderMalformed", "<Region>garage</Region>"));
  transport.answer(object_response("{}"));
  REQUIRE(s3.get(config_object, std::nullopt));
  CHECK(sent(1).uri.authority() == "s3.example.org:9000");
  CHECK_THAT(header(1, "authorization"), Catch::Contains("/garage/s3/"));
  CHECK(warnings == std::vector<std::string>{
                        "the server s3.example.org:9000 is in region garage, not us-east-1"});
  CHECK(s3.learnt_region() == LearntRegion{.region = "garage", .instead_of = "us-east-1"});
}

TEST_CASE_METHOD(StoreFixture, "outside of Amazon nobody is sent to another host") {
  const std::string elsewhere = "<Endpoint>team.s3-eu-west-1.amazonaws.com</Endpoint>";
  transport.answer(support::s3_error(307, "TemporaryRedirect", elsewhere));
  transport.answer(support::s3_error(307, "TemporaryRedirect", elsewhere));
  CHECK_FALSE(store().get(config_object, std::nullopt));
  for (const auto& request : transport.requests) {
    CHECK(request.uri.authority() == "s3.example.org:9000");
  }
}

TEST_CASE_METHOD(StoreFixture, "a region learnt in an earlier run is signed for from the start") {
  learnt_region = "garage";
  auto s3 = store();
  transport.answer(object_response("{}"));
  REQUIRE(s3.get(config_object, std::nullopt));
  CHECK(sent_count() == 1);
  CHECK_THAT(header(0, "authorization"), Catch::Contains("/garage/s3/"));
  CHECK(s3.learnt_region() == LearntRegion{.region = "garage", .instead_of = "us-east-1"});
}

TEST_CASE_METHOD(StoreFixture, "a region learnt earlier that is wrong by now is learnt anew") {
  learnt_region = "garage";
  auto s3 = store();
  transport.answer(
      support::s3_error(400, "AuthorizationHeaderMalformed", "<Region>us-east-1</Region>"));
  transport.answer(object_response("{}"));
  REQUIRE(s3.get(config_object, std::nullopt));
  CHECK_FALSE(s3.learnt_region());
}

TEST_CASE_METHOD(StoreFixture, "what was altered on the way is sent once more") {
  transport.answer(support::s3_error(400, "XAmzContentSHA256Mismatch"));
  transport.answer(stored_response("\"2\""));
  REQUIRE(store().put(config_object, {.body = "{}", .metadata = {}}, IfAbsent{}));
  transport.answer(support::s3_error(400, "BadDigest"));
  transport.answer(support::s3_error(400, "BadDigest"));
  auto outcome = store().put(config_object, {.body = "{}", .metadata = {}}, IfAbsent{});
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == ErrorKind::unreachable);
}

TEST_CASE_METHOD(StoreFixture, "attempts are reported without secrets") {
  transport.answer(lost, 20ms);
  transport.answer(object_response("{}"), 30ms);
  REQUIRE(store().get(config_object, std::nullopt));
  REQUIRE(reports.size() == 2);
  CHECK(reports[0].failure == "the connection broke");
  CHECK(reports[0].status == 0);
  CHECK(reports[0].took == 20ms);
  CHECK(reports[1].attempt == 2);
  CHECK(reports[1].method == "GET");
  CHECK(reports[1].host == "s3.example.org:9000");
  CHECK(reports[1].path == "/team/config.json");
  CHECK(reports[1].status == 200);
  CHECK(reports[1].request_id == "1");
}

TEST_CASE_METHOD(StoreFixture, "a server that repeats the session token does not get it shown") {
  transport.answer(support::s3_error(400, "InvalidArgument",
                                     "<Message>bad token session-token-value</Message>"));
  auto outcome = store().get(config_object, std::nullopt);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().message == "s3.example.org:9000 refused with 400 InvalidArgument");
}

TEST_CASE_METHOD(StoreFixture, "without credentials nothing is sent") {
  credentials.broken = true;
  CHECK(store().get(config_object, std::nullopt).error().message == "no credentials left");
  CHECK(sent_count() == 0);
}

}  // namespace
}  // namespace start_claude::s3
