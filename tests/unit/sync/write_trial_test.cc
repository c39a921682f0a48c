// Trying to write, against stores that answer as a test says.
#include "sync/write_trial.h"

#include <catch2/catch.hpp>

#include "unit/s3/store_fixture.h"

namespace start_claude::sync {
namespace {

using s3::config_object;
using s3::Permission;
using support::s3_error;
using Outcome = WriteTrial::Outcome;

http::Response stored(const std::string& version = "") {
  http::Response response = s3::stored_response("\"e\"");
  if (!version.empty()) response.headers.add("x-amz-version-id", version);
  return response;
}

struct Bench {
  s3::StoreFixture fixture;
  TrialSubject subject{.object = config_object};

  Result<WriteTrial> run(std::vector<http::Reply> answers) {
    for (auto& answer : answers) fixture.transport.answer(std::move(answer));
    auto store = fixture.store();
    auto trial = try_writing(store, fixture.random, subject);
    CHECK(fixture.transport.remaining() == 0);
    return trial;
  }
  /// "PUT" with what it may replace, "GET", "DELETE", by which object: ours or the scratch one.
  std::string asked() const {
    std::string all;
    for (const auto& request : fixture.transport.requests) {
      if (!all.empty()) all += ", ";
      all += request.method;
      if (request.headers.contains("if-none-match")) all += " new";
      if (request.headers.contains("if-match")) all += " match";
      if (request.uri.path == "/team/config.json") all += " OURS";
      if (!request.uri.query.empty()) all += " ?" + request.uri.query;
    }
    return all;
  }
};

const http::Response lost_race = s3_error(412, "PreconditionFailed");
const http::Response denied = s3_error(403, "AccessDenied");
const http::Response removed{.status = 204};

TEST_CASE("a store that honours conditions, and a key that may do all") {
  Bench bench;
  const auto trial = bench.run({stored(), lost_race, s3::head_response("\"e\""), lost_race,
                                s3::object_response("{}"), removed});
  REQUIRE(trial);
  CHECK(trial->outcome == Outcome::allowed);
  CHECK(trial->if_none_match == Verdict::honoured);
  CHECK(trial->if_match == Verdict::honoured);
  CHECK(trial->is_readable);
  CHECK(trial->remove == Permission::granted);
  CHECK_FALSE(trial->is_left_behind);
  CHECK(trial->scratch_key.starts_with("config.json.doctor-"));
  CHECK(bench.asked() == "PUT new, PUT match, HEAD, PUT new, GET, DELETE");
}

TEST_CASE("a store that ignores conditions: every version that came about is removed") {
  Bench bench;
  const auto trial = bench.run({stored("v1"), stored("v2"), stored("v3"), s3::object_response("{}"),
                                removed, removed, removed, denied});
  REQUIRE(trial);
  CHECK(trial->if_none_match == Verdict::ignored);
  CHECK(trial->if_match == Verdict::ignored);
  CHECK(trial->remove == Permission::granted);
  CHECK(trial->is_left_behind);
  CHECK(bench.asked() ==
        "PUT new, PUT match, PUT new, GET, DELETE, DELETE ?versionId=v1, DELETE ?versionId=v2, "
        "DELETE ?versionId=v3");
}

TEST_CASE("a store that refuses conditions is written to without") {
  Bench bench;
  const auto refused = s3_error(501, "NotImplemented");
  const auto trial = bench.run({refused, stored(), refused, s3::object_response("{}"), removed});
  REQUIRE(trial);
  CHECK(trial->outcome == Outcome::allowed);
  CHECK(trial->if_none_match == Verdict::refused);
  CHECK(trial->if_match == Verdict::refused);
}

TEST_CASE("a key that may not delete leaves the trial object, and one that may not read says so") {
  Bench bench;
  const auto trial =
      bench.run({stored(), lost_race, lost_race, s3::head_response("\"e\""), denied, denied});
  REQUIRE(trial);
  CHECK(trial->outcome == Outcome::allowed);
  CHECK_FALSE(trial->is_readable);
  CHECK(trial->remove == Permission::denied);
  CHECK(trial->is_left_behind);
}

TEST_CASE("denied beside ours: ours is tried only where a failing condition protects it") {
  Bench bench;
  s3::Object current{.attributes = {.etag = {"\"e\""}, .metadata = {{"writer", "lark"}}},
                     .body = "{\"configs\": []}"};
  SECTION("not known to honour conditions") {
    bench.subject.current = current;
    const auto trial = bench.run({denied});
    REQUIRE(trial);
    CHECK(trial->outcome == Outcome::unknown);
  }
  SECTION("nothing there that could make the condition fail") {
    bench.subject.if_none_match = Verdict::honoured;
    const auto trial = bench.run({denied});
    REQUIRE(trial);
    CHECK(trial->outcome == Outcome::unknown);
  }
  SECTION("it may be written") {
    bench.subject.current = current;
    bench.subject.if_none_match = Verdict::honoured;
    const auto trial = bench.run({denied, lost_race});
    REQUIRE(trial);
    CHECK(trial->outcome == Outcome::allowed_here_only);
    CHECK(bench.asked() == "PUT new, PUT new OURS");
    // Should the store have forgotten how, the same is stored again.
    CHECK(bench.fixture.sent(1).body == current.body);
    CHECK(bench.fixture.header(1, "x-amz-meta-writer") == "lark");
  }
  SECTION("it may not") {
    bench.subject.current = current;
    bench.subject.if_none_match = Verdict::honoured;
    const auto trial = bench.run({denied, denied});
    REQUIRE(trial);
    CHECK(trial->outcome == Outcome::denied);
  }
}

TEST_CASE("what is no permission is an error") {
  Bench bench;
  const auto trial = bench.run({s3_error(404, "NoSuchBucket")});
  REQUIRE_FALSE(trial);
  CHECK(trial.error().kind == ErrorKind::no_such_bucket);
}

}  // namespace
}  // namespace start_claude::sync
