// "Could not read" is never "absent": what a 403 to the read may lead to, on every kind of store.
#include <catch2/catch.hpp>

#include "support/sync_device.h"

namespace start_claude::sync {
namespace {

using resolve::Direction;
using resolve::Occasion;
using support::ConditionSupport;
using support::StoreFault;
using support::StoreOperation;
using support::SyncDevice;

const std::string mine = SyncDevice::configs({{"mine", "m1"}});
const std::string theirs = SyncDevice::configs({{"theirs", "m2"}});

/// A machine that has profiles and never synced, and what somebody else has in the bucket.
struct Bench {
  support::FakeClock server_clock;
  support::MemoryBuckets buckets{server_clock};
  SyncDevice lark{buckets, "lark", 1};

  Bench() {
    buckets.create(support::device_object.bucket);
    lark.edit(mine);
  }
  void conditions(ConditionSupport support) {
    buckets.traits().if_match = buckets.traits().if_none_match = support;
  }
  void store(const std::string& body) {
    buckets.store(support::device_object, {.body = body, .device = "somebody"});
  }
  /// Every GET of our object is answered 403, be it there or not.
  void deny_reads(std::size_t count = 1'000) {
    lark.store.set_hook([left = count](const support::StoreCall& call) mutable {
      const bool reads = call.operation == StoreOperation::get && call.object == support::device_object;
      if (!reads || left == 0) return StoreFault::none;
      --left;
      return StoreFault::access_denied;
    });
  }
  std::string remote() const {
    const auto* state = buckets.find(support::device_object);
    return state != nullptr ? state->body : "";
  }
  /// How often our own object was written.
  std::size_t writes() const { return buckets.states(support::device_object).size(); }
};

/// Exit 4, in the server's words.
void is_denied(const Result<RunReport>& report) {
  REQUIRE_FALSE(report);
  CHECK(report.error().kind == ErrorKind::access_denied);
  CHECK(report.error().message == "not allowed: \"cap exceeded\"");
}

TEST_CASE("what may not be read is never replaced, whatever the store makes of conditions") {
  const auto support = GENERATE(ConditionSupport::honoured, ConditionSupport::ignored,
                                ConditionSupport::refused);
  const RunRequest request = GENERATE(
      RunRequest{.occasion = Occasion::unattended}, RunRequest{.occasion = Occasion::by_hand},
      RunRequest{.direction = Direction::up, .occasion = Occasion::unattended},
      RunRequest{.direction = Direction::up,
                 .occasion = Occasion::unattended,
                 .force = resolve::Force::yes},
      RunRequest{.direction = Direction::down, .occasion = Occasion::unattended},
      RunRequest{.occasion = Occasion::manager_opening},
      RunRequest{.occasion = Occasion::unattended, .dry_run = true});
  Bench bench;
  bench.conditions(support);
  bench.store(theirs);
  bench.deny_reads();
  is_denied(bench.lark.run(request));
  is_denied(bench.lark.run(request));
  CHECK(bench.remote() == theirs);
  CHECK(bench.writes() == 1);
  CHECK(bench.lark.local() == mine);
}

TEST_CASE("a bad moment passes: the next run merges") {
  Bench bench;
  bench.conditions(GENERATE(ConditionSupport::ignored, ConditionSupport::refused));
  bench.store(theirs);
  bench.deny_reads(1);
  is_denied(bench.lark.sync_unattended());
  bench.server_clock.advance(std::chrono::hours(1));
  bench.lark.clock.advance(std::chrono::hours(1));
  bench.lark.edit(mine);
  REQUIRE(bench.lark.sync_unattended());
  CHECK(bench.remote().find("theirs") != std::string::npos);
  CHECK(bench.remote().find("mine") != std::string::npos);
}

TEST_CASE("a machine that had synced is told, too, with its state and without") {
  const bool has_state = GENERATE(true, false);
  Bench bench;
  bench.conditions(GENERATE(ConditionSupport::honoured, ConditionSupport::ignored,
                            ConditionSupport::refused));
  REQUIRE(bench.lark.sync_unattended());
  bench.store(theirs);
  bench.lark.edit(SyncDevice::configs({{"mine", "m9"}}));
  if (!has_state) (void)bench.lark.files.remove(paths_beside(support::device_config).state);
  bench.deny_reads();
  is_denied(bench.lark.sync_unattended());
  CHECK(bench.remote() == theirs);
}

TEST_CASE("nothing here and nothing readable there is no \"nothing to sync\"") {
  Bench bench;
  bench.lark.edit(SyncDevice::configs({}));
  bench.deny_reads();
  is_denied(bench.lark.sync_unattended());
  (void)bench.lark.files.remove(support::device_config);
  is_denied(bench.lark.sync_unattended());
  CHECK(bench.buckets.write_count() == 0);
}

TEST_CASE("a first upload finds out by a condition that is known to protect") {
  Bench bench;
  bench.buckets.traits().hides_absence = true;
  SECTION("the store's makers promise it") {
    bench.buckets.traits().promises_if_none_match = true;
    REQUIRE(bench.lark.sync_unattended());
    CHECK(bench.buckets.states({support::device_object.bucket, ""}).empty());
  }
  SECTION("it is measured beside the object first") {
    REQUIRE(bench.lark.sync_unattended());
    // The scratch object is gone again.
    CHECK(bench.buckets.write_count() == 3);
  }
  CHECK(bench.remote() == mine);
  CHECK(bench.writes() == 1);
}

TEST_CASE("a store that refuses conditions is measured without writing anything") {
  Bench bench;
  bench.conditions(ConditionSupport::refused);
  bench.buckets.traits().hides_absence = true;
  is_denied(bench.lark.sync_unattended());
  CHECK(bench.buckets.write_count() == 0);
  // And once.
  (void)bench.lark.requests();
  is_denied(bench.lark.sync_unattended());
  CHECK(bench.lark.requests() == 1);
}

TEST_CASE("a store that ignores conditions is measured once") {
  Bench bench;
  bench.conditions(ConditionSupport::ignored);
  bench.buckets.traits().hides_absence = true;
  is_denied(bench.lark.sync_unattended());
  CHECK(bench.writes() == 0);
  (void)bench.lark.requests();
  is_denied(bench.lark.sync_unattended());
  CHECK(bench.lark.requests() == 1);
}

TEST_CASE("a key that may write this one object only is not trusted with an unmeasured store") {
  Bench bench;
  bench.buckets.traits().hides_absence = true;
  bench.buckets.traits().only_writable_key = support::device_object.key;
  is_denied(bench.lark.sync_unattended());
  CHECK(bench.buckets.write_count() == 0);
}

TEST_CASE("a store that refuses the condition after all is not written without it") {
  Bench bench;
  bench.buckets.traits().promises_if_none_match = true;
  bench.conditions(ConditionSupport::refused);
  bench.store(theirs);
  bench.deny_reads();
  is_denied(bench.lark.sync_unattended());
  CHECK(bench.remote() == theirs);
}

TEST_CASE("a condition that is refused all of a sudden: nothing is replaced unread") {
  Bench bench;
  REQUIRE(bench.lark.sync_unattended());
  bench.server_clock.advance(std::chrono::minutes(10));
  bench.lark.clock.advance(std::chrono::minutes(10));
  // The direct upload relies on If-Match, which was honoured when it was measured.
  bench.store(SyncDevice::configs({{"mine", "m1"}, {"theirs", "m2"}}));
  bench.conditions(ConditionSupport::refused);
  bench.lark.edit(SyncDevice::configs({{"mine", "m9"}}));
  REQUIRE(bench.lark.sync_unattended());
  CHECK(bench.remote().find("theirs") != std::string::npos);
  CHECK(bench.remote().find("m9") != std::string::npos);
}

TEST_CASE("a key that may only write says so in the server's words") {
  Bench bench;
  bench.buckets.traits().hides_absence = bench.buckets.traits().hides_objects = true;
  bench.buckets.traits().promises_if_none_match = true;
  const auto report = bench.lark.sync_unattended();
  REQUIRE(report);
  CHECK(report->result == RunResult::uploaded);
  REQUIRE(report->unreadable);
  CHECK(report->unreadable->message == "not allowed: \"cap exceeded\"");
  bench.lark.edit(SyncDevice::configs({{"mine", "m9"}}));
  is_denied(bench.lark.run({.direction = Direction::down, .occasion = Occasion::unattended}));
}

TEST_CASE("a delete marker that the store takes for an object is no rival") {
  Bench bench;
  bench.buckets.traits().deletion_is_object = true;
  bench.buckets.traits().keeps_versions = true;
  bench.store(theirs);
  bench.buckets.remove(support::device_object);
  SECTION("a new machine") {
    REQUIRE(bench.lark.sync_unattended());
    CHECK(bench.remote() == mine);
  }
  SECTION("unless somebody wrote meanwhile") {
    bench.lark.store.set_hook([&, done = false](const support::StoreCall& call) mutable {
      if (call.operation == StoreOperation::put && !std::exchange(done, true)) bench.store(theirs);
      return StoreFault::none;
    });
    const auto report = bench.lark.sync_unattended();
    REQUIRE(report);
    CHECK(bench.remote().find("theirs") != std::string::npos);
  }
}

}  // namespace
}  // namespace start_claude::sync
