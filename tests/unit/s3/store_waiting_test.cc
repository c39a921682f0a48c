// When a PUT calls PutRequest::while_awaited, and what its time counts towards.
#include <catch2/catch.hpp>

#include "unit/s3/store_fixture.h"

namespace start_claude::s3 {
namespace {

using namespace std::chrono_literals;

struct WaitingFixture : StoreFixture {
  int calls = 0;
  std::size_t sent_at_call = 0;
  std::chrono::milliseconds takes{0};

  Result<PutOutcome> put(S3ObjectStore& s3, const Precondition& precondition = IfAbsent{}) {
    const auto work = [this] {
      ++calls;
      sent_at_call = sent_count();
      clock.advance(takes);
    };
    return s3.put(config_object, {.body = "{}", .metadata = {}, .while_awaited = work},
                  precondition);
  }
};

struct Row {
  const char* what;
  std::vector<http::Reply> replies;
  int calls;
  std::size_t sent_at_call;
};

TEST_CASE_METHOD(WaitingFixture,
                 "one PUT has waiting time once, at the first attempt that has any") {
  const http::Failure refused{http::FailureKind::not_connected, "refused"};
  const auto row = GENERATE_COPY(values<Row>({
      {"stored", {stored_response("\"2\"")}, 1, 1},
      {"refused", {support::s3_error(412, "PreconditionFailed")}, 1, 1},
      {"tried again", {support::s3_error(503, "SlowDown"), stored_response("\"2\"")}, 1, 1},
      {"the answer lost", {lost, lost, stored_response("\"2\"")}, 1, 1},
      {"not connected at first", {refused, stored_response("\"2\"")}, 1, 2},
      {"never connected", {refused, refused, refused, refused}, 0, 0},
  }));
  CAPTURE(row.what);
  for (const http::Reply& reply : row.replies) transport.answer(reply);
  auto s3 = store();
  (void)put(s3);
  CHECK(transport.remaining() == 0);
  CHECK(calls == row.calls);
  CHECK(sent_at_call == row.sent_at_call);
}

TEST_CASE_METHOD(WaitingFixture, "the PUT in the other spelling has no waiting time of its own") {
  transport.answer(support::s3_error(412, "PreconditionFailed"));
  transport.answer(head_response("\"1\""));
  transport.answer(stored_response("\"2\""));
  auto s3 = store();
  REQUIRE(put(s3, IfMatch{{"\"1\""}}));
  CHECK(sent_count() == 3);
  CHECK(calls == 1);
  transport.answer(stored_response("\"3\""));
  REQUIRE(put(s3, IfMatch{{"\"2\""}}));
  CHECK(calls == 2);
}

TEST_CASE_METHOD(WaitingFixture, "without credentials nothing is awaited") {
  credentials.broken = true;
  auto s3 = store();
  CHECK_FALSE(put(s3));
  CHECK(calls == 0);
}

TEST_CASE_METHOD(WaitingFixture, "what is done in the waiting time counts towards no deadline") {
  takes = 60s;
  transport.answer(support::s3_error(503, "SlowDown"));
  transport.answer(stored_response("\"2\""));
  auto s3 = store();
  REQUIRE(put(s3));
  CHECK(sent_count() == 2);
  CHECK(transport.limits[1].total_timeout > 14s);
  CHECK(transport.limits[1].total_timeout <= 15s);
}

TEST_CASE_METHOD(WaitingFixture, "nor does it make this clock look wrong") {
  takes = 120s;
  http::Response stored = stored_response("\"2\"");
  stored.headers.add("Date", "Sun, 22 Nov 2026 08:14:03 GMT");
  transport.answer(stored);
  auto s3 = store();
  REQUIRE(put(s3));
  CHECK(s3.clock_skew() == 0ms);
}

}  // namespace
}  // namespace start_claude::s3
