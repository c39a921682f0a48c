// A time nobody stated is no time: what mtimes, clocks and Last-Modified may decide, and what not.
#include <catch2/catch.hpp>

#include "support/sync_device.h"
#include "sync/edit_time.h"

namespace start_claude::sync {
namespace {

using namespace std::chrono_literals;
using support::SyncDevice;

const UtcTime now = *base::parse_time("2026-11-22T08:14:03Z");

TEST_CASE("an mtime that no edit can have is unknown, and an untrusted clock states nothing") {
  struct Row {
    const char* what;
    UtcTime modified;
    s3::ClockSkew skew;
    std::optional<UtcTime> edited;
    std::optional<UtcTime> stated;
  };
  const auto row = GENERATE(values<Row>({
      {"an hour ago", now - 1h, {}, now - 1h, now - 1h},
      {"1970", UtcTime{}, {}, {}, {}},
      {"2005", *base::parse_time("2005-06-01T00:00:00Z"), {}, {}, {}},
      {"a moment ahead", now + 5min, 0ms, now + 5min, now + 5min},
      {"the future", now + 6min, 0ms, {}, {}},
      {"a clock 50 s behind", now - 1h, 50s, now - 1h + 50s, now - 1h + 50s},
      {"a clock 61 s behind", now - 1h, 61s, now - 1h + 61s, {}},
      {"a clock a day ahead", now - 1h, -24h, now - 25h, {}},
  }));
  INFO(row.what);
  const MeasuredClock clock{now, row.skew};
  CHECK(edit_time(row.modified, clock) == row.edited);
  CHECK(stated_time(row.modified, clock) == row.stated);
}

TEST_CASE("an edit that seems older than what it was made over gives the clock away") {
  CHECK(stated_time(now - 2h, {now, {}}, now - 1h) == std::nullopt);
  CHECK(stated_time(now - 1h - 30s, {now, {}}, now - 1h) == now - 1h - 30s);
  // A clock that was measured needs no such sign.
  CHECK(stated_time(now - 2h, {now, 0ms}, now - 1h) == now - 2h);
}

struct Bench {
  support::FakeClock server_clock;
  support::MemoryBuckets buckets{server_clock};
  SyncDevice lark{buckets, "lark", 1};
  SyncDevice heron{buckets, "heron", 2};

  Bench() { buckets.create(support::device_object.bucket); }
  const support::MemoryState& remote() const { return *buckets.find(support::device_object); }
};

const std::string today = SyncDevice::configs({{"production", "today"}});
const std::string old = SyncDevice::configs({{"production", "old"}});

TEST_CASE("without a time of the remote nobody wins unasked") {
  Bench bench;
  bench.buckets.traits().hides_times = true;
  bench.lark.edit(today);
  REQUIRE(bench.lark.sync_unattended());
  bench.heron.edit(old);
  (void)bench.heron.files.set_modified(support::device_config, bench.server_clock.now() - 40 * 24h);
  const auto report = bench.heron.sync_unattended();
  REQUIRE(report);
  CHECK(report->result == RunResult::held);
  CHECK(report->cause == resolve::Cause::times_unknown);
  CHECK(bench.remote().body == today);
  CHECK(bench.heron.local() == old);
}

TEST_CASE("a file of 1970 or of the future does not decide either, and says no time") {
  const auto modified = GENERATE(UtcTime{}, now + 24h * 400);
  Bench bench;
  bench.lark.edit(today);
  REQUIRE(bench.lark.sync_unattended());
  bench.heron.edit(old);
  (void)bench.heron.files.set_modified(support::device_config, modified);
  const auto report = bench.heron.sync_unattended();
  REQUIRE(report);
  CHECK(report->cause == resolve::Cause::times_unknown);
  REQUIRE(bench.heron.run({.direction = resolve::Direction::up,
                           .occasion = resolve::Occasion::unattended,
                           .force = resolve::Force::yes}));
  CHECK_FALSE(bench.remote().attributes.metadata.contains("local-modified"));
}

TEST_CASE("a clock that is off writes no time") {
  Bench bench;
  bench.lark.clock.set_skew(-24h);
  bench.lark.edit(today);
  REQUIRE(bench.lark.sync_unattended());
  CHECK_FALSE(bench.remote().attributes.metadata.contains("local-modified"));
  // Not even where nothing has measured it yet: the condition alone is sent.
  bench.server_clock.advance(10min);
  bench.lark.clock.advance(10min);
  bench.lark.edit(old);
  (void)bench.lark.requests();
  REQUIRE(bench.lark.sync_unattended());
  CHECK(bench.remote().body == old);
  CHECK_FALSE(bench.remote().attributes.metadata.contains("local-modified"));
}

TEST_CASE("what is brought here of unknown time does not set the file's") {
  Bench bench;
  bench.buckets.traits().hides_times = true;
  bench.lark.edit(today);
  REQUIRE(bench.lark.sync_unattended());
  REQUIRE(bench.heron.sync_unattended());
  CHECK(bench.heron.local() == today);
  const auto status = bench.heron.files.status(support::device_config);
  CHECK(std::get<platform::FileStatus>(status).modified >= now);
}

TEST_CASE("metadata of another content is ignored: a foreign writer's object") {
  RemoteCopy copy =
      remote_copy_of({.attributes = {.etag = {"\"1\""},
                                     .last_modified = now,
                                     .metadata = {{"writer", "lark"},
                                                  {"local-modified", "2026-11-20T00:00:00.000Z"}},
                                     .version_id = ""},
                      .body = today,
                      .contradicts_checksum = true});
  CHECK(copy.document);
  CHECK(copy.writer.empty());
  CHECK(copy.modified == now);
  CHECK_FALSE(copy.may_be_altered);
}

}  // namespace
}  // namespace start_claude::sync
