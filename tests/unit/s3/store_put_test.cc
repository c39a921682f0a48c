#include <catch2/catch.hpp>

#include "crypto/sha256.h"
#include "unit/s3/store_fixture.h"

namespace start_claude::s3 {
namespace {

const PutRequest request{.body = "{}", .metadata = {{"writer", "lark"}}};
const Precondition if_one = IfMatch{{"\"1\""}};

std::string name_of(const PutOutcome& outcome) {
  struct Names {
    std::string operator()(const Stored& stored) const { return "stored " + stored.etag.raw; }
    std::string operator()(const PreconditionFailed&) const { return "precondition failed"; }
    std::string operator()(const ConditionNotSupported&) const { return "not supported"; }
    std::string operator()(const AnswerLost& lost_one) const {
      return lost_one.condition_failed ? "answer lost, condition failed" : "answer lost";
    }
    std::string operator()(const WriteDenied& denied) const {
      return "denied: " + denied.error.message;
    }
  };
  return std::visit(Names{}, outcome);
}

std::string name_of(const Result<PutOutcome>& outcome) {
  return outcome ? name_of(*outcome) : "error: " + outcome.error().message;
}

TEST_CASE_METHOD(StoreFixture, "a PUT says what it may overwrite, and signs that") {
  const auto [precondition, name, value] = GENERATE(table<Precondition, std::string, std::string>({
      {IfAbsent{}, "if-none-match", "*"},
      {if_one, "if-match", "\"1\""},
      {IfMatch{{"1"}}, "if-match", "\"1\""},
  }));
  transport.answer(stored_response("\"2\""));
  CHECK(name_of(store().put(config_object, request, precondition)) == "stored \"2\"");
  REQUIRE(sent_count() == 1);
  CHECK(sent(0).method == "PUT");
  CHECK(sent(0).body == "{}");
  CHECK(header(0, name) == value);
  CHECK(header(0, "content-type") == "application/json");
  CHECK(header(0, "x-amz-meta-writer") == "lark");
  CHECK(header(0, "x-amz-content-sha256") == crypto::sha256_hex("{}"));
  CHECK_THAT(header(0, "authorization"),
             Catch::Contains(name) && Catch::Contains("x-amz-meta-writer"));
}

TEST_CASE_METHOD(StoreFixture, "an unguarded PUT carries no condition") {
  transport.answer(stored_response("\"2\""));
  CHECK(name_of(store().put(config_object, request, Unguarded{"why"})) == "stored \"2\"");
  CHECK(header(0, "if-match") == "(none)");
  CHECK(header(0, "if-none-match") == "(none)");
}

struct Row {
  const char* what;
  Precondition precondition;
  http::Response response;
  std::string outcome;
};

TEST_CASE_METHOD(StoreFixture, "what a refused PUT comes to") {
  const auto row = GENERATE(values<Row>({
      {"somebody created it", IfAbsent{}, support::s3_error(412, "PreconditionFailed"),
       "precondition failed"},
      {"two at once", IfAbsent{}, support::s3_error(409, "ConditionalRequestConflict"),
       "precondition failed"},
      {"somebody deleted it", if_one, support::s3_error(404, "NoSuchKey"), "precondition failed"},
      {"two at once over one", if_one, support::s3_error(409, "ConditionalRequestConflict"),
       "precondition failed"},
      {"the store cannot", if_one, support::s3_error(501, "NotImplemented"), "not supported"},
      {"no bucket", if_one, support::s3_error(404, "NoSuchBucket"), "error: no such bucket: team"},
      {"not allowed", IfAbsent{}, support::s3_error(403, "AccessDenied"),
       "denied: not allowed to write s3://team/config.json: \"Said by the server\" (403 "
       "AccessDenied)"},
      {"a login page",
       IfAbsent{},
       {200, {}, "<html>"},
       "error: s3.example.org:9000 answered with a web page instead of S3 (200)"},
      {"200 by who knows whom", IfAbsent{}, {200, {}, ""}, "answer lost"},
      {"OpenStack Swift, which a later PUT overtook",
       Unguarded{""},
       {200,
        {{"Content-Type", "text/html; charset=UTF-8"}, {"x-amz-request-id", "tx1"}},
        "<html><h1>Accepted</h1><p>The request is accepted for processing.</p></html>"},
       "answer lost"},
      {"the same by its own status",
       Unguarded{""},
       {202, {{"Content-Type", "text/html; charset=UTF-8"}}, "<html><h1>Accepted</h1></html>"},
       "answer lost"},
      {"accepted is not stored, whatever the ETag",
       IfAbsent{},
       {202, {{"ETag", "\"2\""}}, ""},
       "answer lost"},
      {"412 without a condition", Unguarded{""}, support::s3_error(412, "PreconditionFailed"),
       "error: s3.example.org:9000 refused with 412 PreconditionFailed: Said by the server"},
      {"404 without a condition", Unguarded{""}, support::s3_error(404, "NoSuchKey"),
       "error: nothing is stored at s3://team/config.json (404 NoSuchKey)"},
  }));
  CAPTURE(row.what);
  transport.answer(row.response);
  CHECK(name_of(store().put(config_object, request, row.precondition)) == row.outcome);
  CHECK(sent_count() == 1);
}

TEST_CASE_METHOD(StoreFixture, "a condition that protects nothing is not sent") {
  const std::string etag = GENERATE(as<std::string>{}, "", "W/\"1\"", "\"1\"\r\nx: y");
  REQUIRE_FALSE(store().put(config_object, request, IfMatch{{etag}}));
  REQUIRE_FALSE(store().put(config_object, {.body = "", .metadata = {{"writer", "l\xC3\xA4rk"}}},
                            IfAbsent{}));
  CHECK(sent_count() == 0);
}

TEST_CASE_METHOD(StoreFixture,
                 "412 though the ETag is unchanged: once more unquoted, and remembered") {
  auto s3 = store();
  transport.answer(support::s3_error(412, "PreconditionFailed"));
  transport.answer(head_response("\"1\""));
  transport.answer(stored_response("\"2\""));
  CHECK(name_of(s3.put(config_object, request, if_one)) == "stored \"2\"");
  CHECK(header(0, "if-match") == "\"1\"");
  CHECK(sent(1).method == "HEAD");
  CHECK(header(2, "if-match") == "1");
  CHECK(s3.etag_unquoted() == true);

  transport.answer(stored_response("\"3\""));
  CHECK(name_of(s3.put(config_object, request, IfMatch{{"\"2\""}})) == "stored \"3\"");
  CHECK(header(3, "if-match") == "2");
  CHECK(sent_count() == 4);
}

TEST_CASE_METHOD(StoreFixture, "a condition that held shows how this store wants it spelt") {
  auto s3 = store();
  SECTION("a PUT over a known state does") {
    transport.answer(stored_response("\"2\""));
    CHECK(name_of(s3.put(config_object, request, if_one)) == "stored \"2\"");
    CHECK(s3.etag_unquoted() == false);
  }
  SECTION("a PUT of a first state has no ETag in it") {
    transport.answer(stored_response("\"2\""));
    CHECK(name_of(s3.put(config_object, request, IfAbsent{})) == "stored \"2\"");
    CHECK(s3.etag_unquoted() == std::nullopt);
  }
  SECTION("a GET that is not modified does not: Ceph reads those with the quotes") {
    transport.answer(http::Response{304, {{"ETag", "\"1\""}}, ""});
    REQUIRE(s3.get(config_object, ETag{"\"1\""}));
    CHECK(s3.etag_unquoted() == std::nullopt);
  }
  SECTION("who does not say what it stored does not") {
    transport.answer(http::Response{200, {{"x-amz-request-id", "tx1"}}, ""});
    CHECK(name_of(s3.put(config_object, request, if_one)) == "answer lost");
    CHECK(s3.etag_unquoted() == std::nullopt);
  }
}

TEST_CASE_METHOD(StoreFixture, "where the spelling is known a 412 is believed at once") {
  etag_unquoted = GENERATE(false, true);
  auto s3 = store();
  for (const char* etag : {"\"1\"", "\"2\"", "\"1\""}) {
    transport.answer(support::s3_error(412, "PreconditionFailed"));
    CHECK(name_of(s3.put(config_object, request, IfMatch{{etag}})) == "precondition failed");
  }
  CHECK(sent_count() == 3);
  CHECK(s3.etag_unquoted() == etag_unquoted);
}

TEST_CASE_METHOD(StoreFixture, "a store that changed its mind about quotes is asked again") {
  // The caller read again after the first 412, and found the same state.
  etag_unquoted = GENERATE(false, true);
  auto s3 = store();
  transport.answer(support::s3_error(412, "PreconditionFailed"));
  CHECK(name_of(s3.put(config_object, request, if_one)) == "precondition failed");
  transport.answer(support::s3_error(412, "PreconditionFailed"));
  transport.answer(head_response("\"1\""));
  transport.answer(stored_response("\"2\""));
  CHECK(name_of(s3.put(config_object, request, if_one)) == "stored \"2\"");
  CHECK(header(0, "if-match") == header(1, "if-match"));
  CHECK(header(3, "if-match") != header(1, "if-match"));
  CHECK(s3.etag_unquoted() == !*etag_unquoted);
  CHECK(sent_count() == 4);
}

TEST_CASE_METHOD(StoreFixture, "412 because the object changed is final") {
  auto s3 = store();
  transport.answer(support::s3_error(412, "PreconditionFailed"));
  transport.answer(head_response("\"9\""));
  CHECK(name_of(s3.put(config_object, request, if_one)) == "precondition failed");
  CHECK(s3.etag_unquoted() == std::nullopt);
}

TEST_CASE_METHOD(StoreFixture, "412 in either spelling leaves the spelling as it was") {
  auto s3 = store();
  transport.answer(support::s3_error(412, "PreconditionFailed"));
  transport.answer(head_response("\"1\""));
  transport.answer(support::s3_error(400, "InvalidArgument"));
  CHECK(name_of(s3.put(config_object, request, if_one)) == "precondition failed");
  CHECK(s3.etag_unquoted() == std::nullopt);
}

TEST_CASE_METHOD(StoreFixture,
                 "412 in either spelling over what is there: it cannot do conditions") {
  // Ceph before 2025, in a bucket that keeps versions.
  auto s3 = store();
  transport.answer(support::s3_error(412, "PreconditionFailed"));
  transport.answer(head_response("\"1\""));
  transport.answer(support::s3_error(412, "PreconditionFailed"));
  transport.answer(head_response("\"1\""));
  CHECK(name_of(s3.put(config_object, request, if_one)) == "not supported");
  CHECK(s3.etag_unquoted() == std::nullopt);

  transport.answer(support::s3_error(412, "PreconditionFailed"));
  transport.answer(head_response("\"1\""));
  transport.answer(support::s3_error(412, "PreconditionFailed"));
  transport.answer(head_response("\"2\""));
  CHECK(name_of(s3.put(config_object, request, if_one)) == "precondition failed");
}

TEST_CASE_METHOD(StoreFixture, "409 in the other spelling says nothing of what it can do") {
  // The store compared nothing: another write was under way.
  transport.answer(support::s3_error(412, "PreconditionFailed"));
  transport.answer(head_response("\"1\""));
  transport.answer(support::s3_error(409, "ConditionalRequestConflict"));
  transport.answer(head_response("\"1\""));
  CHECK(name_of(store().put(config_object, request, if_one)) == "precondition failed");
}

TEST_CASE_METHOD(StoreFixture,
                 "whether the ETag is unchanged is not asked when it proves nothing") {
  SECTION("the first attempt may be what changed it") {
    transport.answer(lost);
    transport.answer(support::s3_error(412, "PreconditionFailed"));
    CHECK(name_of(store().put(config_object, request, if_one)) == "answer lost, condition failed");
  }
  SECTION("no time is left") {
    transport.answer(support::s3_error(412, "PreconditionFailed"), std::chrono::seconds{30});
    CHECK(name_of(store().put(config_object, request, if_one)) == "precondition failed");
  }
}

TEST_CASE_METHOD(StoreFixture, "the PUT in the other spelling can be in doubt, too") {
  transport.answer(support::s3_error(412, "PreconditionFailed"));
  transport.answer(head_response("\"1\""));
  for (int i = 0; i < 4; ++i) transport.answer(lost);
  CHECK(name_of(store().put(config_object, request, if_one)) == "answer lost");
}

struct LostRow {
  const char* what;
  http::Reply first;
  http::Reply then;
  std::string outcome;
};

TEST_CASE_METHOD(StoreFixture, "a PUT whose answer was lost may be there all the same") {
  const auto row = GENERATE(values<LostRow>({
      {"our own first try may be why", lost, support::s3_error(412, "PreconditionFailed"),
       "answer lost, condition failed"},
      {"also after a 500", support::s3_error(500, "InternalError"),
       support::s3_error(412, "PreconditionFailed"), "answer lost, condition failed"},
      {"and in a race", timed_out, support::s3_error(409, "ConditionalRequestConflict"),
       "answer lost, condition failed"},
      {"the second try is a whole answer", lost, stored_response("\"2\""), "stored \"2\""},
      {"an error afterwards proves nothing", lost, support::s3_error(403, "AccessDenied"),
       "answer lost"},
      {"nobody there any more", lost, http::Failure{http::FailureKind::tls_failed, "no TLS"},
       "answer lost"},
      {"refused both times", http::Failure{http::FailureKind::not_connected, "refused"},
       http::Failure{http::FailureKind::tls_failed, "no TLS"}, "error: no TLS"},
      {"too busy to begin with", support::s3_error(503, "SlowDown"),
       support::s3_error(412, "PreconditionFailed"), "precondition failed"},
  }));
  CAPTURE(row.what);
  transport.answer(row.first);
  transport.answer(row.then);
  CHECK(name_of(store().put(config_object, request, IfAbsent{})) == row.outcome);
  CHECK(transport.remaining() == 0);
}

TEST_CASE_METHOD(StoreFixture, "a PUT in doubt stays so when the credentials are gone") {
  transport.answer(lost);
  credentials.broken = false;
  clock.after_sleep = [this](auto) { credentials.broken = true; };
  CHECK(name_of(store().put(config_object, request, IfAbsent{})) == "answer lost");
}

TEST_CASE_METHOD(StoreFixture, "four lost answers to a PUT leave it in doubt") {
  for (int i = 0; i < 4; ++i) transport.answer(lost);
  auto outcome = store().put(config_object, request, IfAbsent{});
  CHECK(name_of(outcome) == "answer lost");
  CHECK(std::get<AnswerLost>(*outcome).error.kind == ErrorKind::unreachable);
  CHECK(std::get<AnswerLost>(*outcome).error.message == "the connection broke");
}

TEST_CASE_METHOD(StoreFixture, "an Object Lock bucket gets the digest it asks for, once") {
  const auto wants_md5 = support::s3_error(
      400, "InvalidRequest",
      "<Message>Content-MD5 OR x-amz-checksum- HTTP header is required</Message>");
  transport.answer(wants_md5);
  transport.answer(stored_response("\"2\""));
  auto s3 = store();
  CHECK(name_of(s3.put(config_object, request, IfAbsent{})) == "stored \"2\"");
  CHECK(header(0, "content-md5") == "(none)");
  CHECK(header(1, "content-md5") == "mZFLkyvTelC5g8XnyQrpOw==");
  CHECK_THAT(header(1, "authorization"), Catch::Contains("content-md5"));

  transport.answer(wants_md5);
  transport.answer(wants_md5);
  CHECK_FALSE(s3.put(config_object, request, IfAbsent{}));
}

TEST_CASE_METHOD(StoreFixture, "a policy may want to be told how the store encrypts") {
  server_side_encryption = GENERATE("", "AES256", "aws:kms");
  transport.answer(http::Response{200, {{"etag", "\"2\""}}, ""});
  REQUIRE(store().put(config_object, {.body = std::string("{}")}, IfAbsent{}));
  const bool is_asked = !server_side_encryption.empty();
  CHECK(header(0, "x-amz-server-side-encryption") ==
        (is_asked ? server_side_encryption : "(none)"));
  const bool is_signed =
      header(0, "authorization").find("x-amz-server-side-encryption") != std::string::npos;
  CHECK(is_signed == is_asked);
}

TEST_CASE_METHOD(StoreFixture, "every request says which program it is from, unsigned") {
  transport.answer(object_response("{}"));
  REQUIRE(store().get(config_object, std::nullopt));
  CHECK(header(0, "user-agent") == "start-claude/1");
  CHECK_THAT(header(0, "authorization"), !Catch::Contains("user-agent"));
}

}  // namespace
}  // namespace start_claude::s3
