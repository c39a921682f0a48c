#include <catch2/catch.hpp>

#include "crypto/sha256.h"
#include "unit/s3/store_fixture.h"

namespace start_claude::s3 {
namespace {

using namespace std::chrono_literals;

TEST_CASE_METHOD(StoreFixture, "an object comes with all it carries") {
  auto response = object_response("{}", "W/\"abc\"");
  response.headers.add("X-Amz-Meta-Writer", " lark ");
  response.headers.add("x-amz-meta-local-modified", "2026-11-22T07:00:00.000Z");
  response.headers.add("x-amz-version-id", "v7");
  transport.answer(response);
  auto outcome = store().get(config_object, std::nullopt);
  REQUIRE(outcome);
  const auto& object = std::get<Object>(*outcome);
  CHECK(object.body == "{}");
  CHECK(object.attributes.etag.raw == "W/\"abc\"");
  CHECK(object.attributes.last_modified == base::parse_time("2026-11-22T08:00:00Z"));
  CHECK(object.attributes.version_id == "v7");
  CHECK(object.attributes.metadata ==
        Metadata{{"writer", "lark"}, {"local-modified", "2026-11-22T07:00:00.000Z"}});
}

TEST_CASE_METHOD(StoreFixture, "a GET is one signed request for that object") {
  transport.answer(object_response("{}"));
  REQUIRE(store().get({"team", "a b/ä=1.json"}, ETag{"\"1\""}));
  REQUIRE(sent_count() == 1);
  CHECK(sent(0).method == "GET");
  CHECK(sent(0).uri.text() == "https://s3.example.org:9000/team/a%20b/%C3%A4%3D1.json");
  CHECK(header(0, "if-none-match") == "\"1\"");
  CHECK(header(0, "x-amz-date") == "20261122T081403Z");
  CHECK(header(0, "x-amz-content-sha256") == crypto::sha256_hex(""));
  CHECK(header(0, "x-amz-security-token") == "session-token-value");
  CHECK_THAT(header(0, "authorization"),
             Catch::Contains("KEY1/20261122/us-east-1/s3") && !Catch::Contains("if-none-match"));
  CHECK(header(0, "accept-encoding") == "(none)");
  CHECK(header(0, "expect") == "(none)");
}

TEST_CASE_METHOD(StoreFixture, "a store that refuses If-None-Match on a GET gets plain ones") {
  const auto refusal = GENERATE(values<http::Response>({
      support::s3_error(412, "PreconditionFailed"),
      {412, {}, ""},
      support::s3_error(501, "NotImplemented"),
      support::s3_error(400, "InvalidArgument"),
      {405, {}, ""},
  }));
  auto used = store();
  transport.answer(refusal);
  transport.answer(object_response("{}"));
  auto outcome = used.get(config_object, ETag{"\"1\""});
  REQUIRE(outcome);
  CHECK(std::holds_alternative<Object>(*outcome));
  CHECK(used.refuses_conditional_get());
  transport.answer(object_response("{}"));
  REQUIRE(used.get(config_object, ETag{"\"1\""}));
  REQUIRE(sent_count() == 3);
  CHECK(header(2, "if-none-match") == "(none)");
}

TEST_CASE_METHOD(StoreFixture, "what a plain GET is refused for, too, was not the condition") {
  auto used = store();
  transport.answer(support::s3_error(400, "InvalidArgument"));
  transport.answer(support::s3_error(400, "InvalidArgument"));
  CHECK_FALSE(used.get(config_object, ETag{"\"1\""}));
  CHECK_FALSE(used.refuses_conditional_get());
}

struct OutcomeRow {
  const char* what;
  http::Response response;
  GetOutcome outcome;
};

TEST_CASE_METHOD(StoreFixture, "what is no object and no error") {
  const auto row = GENERATE(values<OutcomeRow>({
      {"unchanged", {304, {}, ""}, NotModified{}},
      {"missing", support::s3_error(404, "NoSuchKey"), Absent{}},
      {"missing at Volcengine TOS", support::s3_error(404, "NotFound"), Absent{}},
      {"missing, with no more words", {404, {{"x-amz-request-id", "1"}}, ""}, Absent{}},
      {"deleted", {404, {{"x-amz-delete-marker", "true"}}, ""}, Absent{true}},
      {"perhaps missing", support::s3_error(403, "AccessDenied"), ReadDenied{}},
  }));
  CAPTURE(row.what);
  transport.answer(row.response);
  auto outcome = store().get(config_object, ETag{"\"1\""});
  REQUIRE(outcome);
  CHECK(outcome->index() == row.outcome.index());
  if (const auto* absent = std::get_if<Absent>(&*outcome)) {
    CHECK(absent->is_deletion == std::get<Absent>(row.outcome).is_deletion);
  }
  if (const auto* denied = std::get_if<ReadDenied>(&*outcome)) {
    CHECK(denied->error.message ==
          "not allowed to read s3://team/config.json: \"Said by the server\" (403 AccessDenied)");
  }
}

struct ErrorRow {
  const char* what;
  http::Response response;
  ErrorKind kind;
};

TEST_CASE_METHOD(StoreFixture, "what is never taken for an object, nor for its absence") {
  const auto row = GENERATE(values<ErrorRow>({
      {"no bucket", support::s3_error(404, "NoSuchBucket"), ErrorKind::no_such_bucket},
      {"a wrong secret", support::s3_error(403, "SignatureDoesNotMatch"), ErrorKind::access_denied},
      {"no such key id", support::s3_error(403, "InvalidAccessKeyId"), ErrorKind::access_denied},
      {"a login page", {200, {{"content-type", "text/html"}}, "<html>"}, ErrorKind::unreachable},
      {"a web server's 404", {404, {}, "<html>Not found</html>"}, ErrorKind::unreachable},
      {"a redirect", {302, {{"location", "http://login/"}}, ""}, ErrorKind::unreachable},
      {"404 of nobody knows what", {404, {}, ""}, ErrorKind::unexpected},
      {"unchanged though nothing was asked", {304, {}, ""}, ErrorKind::unexpected},
  }));
  CAPTURE(row.what);
  transport.answer(row.response);
  auto outcome = store().get(config_object, std::nullopt);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == row.kind);
  CHECK(sent_count() == 1);
}

TEST_CASE_METHOD(StoreFixture, "weak and missing ETags are not sent as a condition") {
  const std::string etag = GENERATE(as<std::string>{}, "", "W/\"1\"");
  transport.answer(object_response("{}"));
  REQUIRE(store().get(config_object, ETag{etag}));
  CHECK(header(0, "if-none-match") == "(none)");
}

TEST_CASE_METHOD(StoreFixture, "a body that contradicts its checksum is read once more") {
  auto good = object_response("{}");
  good.headers.add("x-amz-meta-content-sha256", crypto::sha256_hex("{}"));
  auto bad = good;
  bad.body = "{";
  transport.answer(bad);
  transport.answer(good);
  auto outcome = store().get(config_object, std::nullopt);
  REQUIRE(outcome);
  CHECK(std::get<Object>(*outcome).body == "{}");

  transport.answer(bad);
  transport.answer(bad);
  outcome = store().get(config_object, std::nullopt);
  REQUIRE(outcome);
  CHECK(std::get<Object>(*outcome).contradicts_checksum);
}

TEST_CASE_METHOD(StoreFixture, "a checksum that is none says nothing") {
  auto response = object_response("{}");
  response.headers.add("x-amz-meta-content-sha256",
                       GENERATE(as<std::string>{}, "not hexadecimal", "abcd", ""));
  transport.answer(response);
  CHECK(store().get(config_object, std::nullopt));
}

TEST_CASE_METHOD(StoreFixture, "an earlier version is asked for by its id") {
  transport.answer(object_response("{}"));
  transport.answer(support::s3_error(404, "NoSuchVersion"));
  transport.answer(support::s3_error(403, "AccessDenied"));
  auto s3 = store();
  REQUIRE(s3.get_version(config_object, "3/L4+kq="));
  CHECK(sent(0).uri.target() == "/team/config.json?versionId=3%2FL4%2Bkq%3D");
  auto missing = s3.get_version(config_object, "v1");
  REQUIRE(missing);
  CHECK(std::holds_alternative<Absent>(*missing));
  auto denied = s3.get_version(config_object, "v1");
  REQUIRE_FALSE(denied);
  CHECK_THAT(denied.error().hint, Catch::Contains("s3:GetObjectVersion"));
}

TEST_CASE_METHOD(StoreFixture, "HEAD tells what is there, and a refused one asks again by GET") {
  auto there = head_response("\"1\"");
  // Of the body that a HEAD does not send.
  there.headers.add("x-amz-meta-content-sha256", crypto::sha256_hex("{}"));
  transport.answer(there);
  auto s3 = store();
  auto outcome = s3.head(config_object);
  REQUIRE(outcome);
  CHECK(std::get<ObjectAttributes>(*outcome).etag.raw == "\"1\"");
  CHECK(sent(0).method == "HEAD");

  transport.answer(http::Response{404, {}, ""});
  transport.answer(support::s3_error(404, "NoSuchKey"));
  outcome = s3.head(config_object);
  REQUIRE(outcome);
  CHECK(std::holds_alternative<Absent>(*outcome));

  transport.answer(http::Response{404, {}, ""});
  transport.answer(support::s3_error(404, "NoSuchBucket"));
  outcome = s3.head(config_object);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == ErrorKind::no_such_bucket);
}

TEST_CASE_METHOD(StoreFixture, "a HEAD nobody answers is not asked again as a GET") {
  for (int i = 0; i < 4; ++i) transport.answer(http::Response{503, {}, ""});
  auto outcome = store().head(config_object);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == ErrorKind::unreachable);
}

TEST_CASE_METHOD(StoreFixture, "a key that libraries rewrite is refused before it is sent") {
  auto s3 = store();
  const ObjectLocation bad{"team", "a/../b"};
  CHECK(s3.get(bad, std::nullopt).error().kind == ErrorKind::usage);
  CHECK(s3.head(bad).error().kind == ErrorKind::usage);
  CHECK(s3.put(bad, {.body = "", .metadata = {}}, IfAbsent{}).error().kind == ErrorKind::usage);
  CHECK(s3.list_versions(bad).error().kind == ErrorKind::usage);
  CHECK(sent_count() == 0);
}

}  // namespace
}  // namespace start_claude::s3
