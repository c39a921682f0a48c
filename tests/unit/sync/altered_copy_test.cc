// What came is not what its writer stored: metadata that a tool copied along, or a reply that
// something on the way changed. And the ways out of it.
#include <catch2/catch.hpp>

#include "support/sync_device.h"

namespace start_claude::sync {
namespace {

using resolve::Cause;
using resolve::Direction;
using resolve::Force;
using support::SyncDevice;

const std::string mine = SyncDevice::configs({{"mine", "m1"}});
const std::string theirs = SyncDevice::configs({{"theirs", "m2"}});

/// A machine with profiles, and an object with the metadata of another content.
struct Bench {
  support::FakeClock server_clock;
  support::MemoryBuckets buckets{server_clock};
  SyncDevice lark{buckets, "lark", 1};

  explicit Bench(const std::string& body) {
    buckets.create(support::device_object.bucket);
    lark.edit(SyncDevice::configs({{"old", "m0"}}));
    REQUIRE(lark.sync_unattended());
    server_clock.advance(std::chrono::minutes(10));
    lark.clock.advance(std::chrono::minutes(10));
    auto state = *buckets.find(support::device_object);
    state.body = body;
    buckets.store(support::device_object, std::move(state));
    lark.edit(mine);
  }
  std::string remote() const { return buckets.find(support::device_object)->body; }
};

struct Row {
  const char* what;
  std::string encoding;
  std::string body;
  bool contradicts_checksum;
  std::string damage;  ///< empty: it is a document
  bool may_be_altered;
};

TEST_CASE("what came need not be what is there") {
  const std::string checksum =
      "does not match its checksum (x-amz-meta-content-sha256) and is no valid document";
  const auto row = GENERATE_COPY(values<Row>({
      {"a document that contradicts", "", mine, true, "", false},
      {"cut off", "", mine.substr(0, 9), true, checksum, true},
      {"another kind of content", "", "{}", true, checksum, true},
      {"compressed", "gzip", "\x1f\x8b", true,
       "came compressed (Content-Encoding: gzip), which nobody asked for", true},
      {"stored compressed, without a checksum", "aws-chunked, BR", "\x0b", false,
       "came compressed (Content-Encoding: br), which nobody asked for", true},
      {"said to be compressed, and is not", "gzip", mine, false, "", false},
      {"no compression", "identity", "{}", false,
       "is not a configuration: it has no list of \"configs\"", false},
  }));
  CAPTURE(row.what);
  const auto copy = remote_copy_from(
      s3::Object{.attributes = {.etag = {"\"1\""}, .content_encoding = row.encoding},
                 .body = row.body,
                 .contradicts_checksum = row.contradicts_checksum});
  CHECK(copy.damage == row.damage);
  CHECK(copy.document.has_value() == row.damage.empty());
  CHECK(copy.may_be_altered == row.may_be_altered);
}

TEST_CASE("a document with the metadata of another content is a foreign writer's") {
  Bench bench(theirs);
  const auto force = GENERATE(Force::no, Force::yes);
  const auto direction = GENERATE(Direction::up, Direction::down);
  if (force == Force::no) {
    REQUIRE(bench.lark.sync_unattended());
    return;
  }
  const auto report = bench.lark.run({.direction = direction, .force = force});
  REQUIRE(report);
  CHECK(report->cause == Cause::forced);
  CHECK(bench.remote() == (direction == Direction::up ? mine : theirs));
  CHECK(bench.lark.local() == (direction == Direction::up ? mine : theirs));
}

TEST_CASE("what is no document and contradicts its checksum: only --force replaces it") {
  const std::string harmed = theirs.substr(0, 12);
  Bench bench(harmed);
  SECTION("unattended") {
    const auto report = bench.lark.sync_unattended();
    REQUIRE(report);
    CHECK(report->result == RunResult::held);
    CHECK(report->cause == Cause::remote_damaged);
  }
  SECTION("nobody is asked whether Enter should") {
    const auto report = bench.lark.sync_by_hand({{.option = resolve::Option::yes}});
    REQUIRE(report);
    CHECK(report->result == RunResult::held);
    CHECK(bench.lark.conversation.asked.empty());
  }
  SECTION("there is nothing to download") {
    const auto report = bench.lark.run({.direction = Direction::down, .force = Force::yes});
    REQUIRE(report);
    CHECK(report->cause == Cause::remote_damaged);
  }
  SECTION("s3-upload --force") {
    const auto report = bench.lark.run({.direction = Direction::up, .force = Force::yes});
    REQUIRE(report);
    CHECK(report->result == RunResult::uploaded);
    CHECK(bench.remote() == mine);
    return;
  }
  CHECK(bench.remote() == harmed);
  CHECK(bench.lark.local() == mine);
}

}  // namespace
}  // namespace start_claude::sync
