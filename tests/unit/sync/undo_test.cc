// Undoing the last run: each side gets back what it had, and no later merge takes it for deleted.
#include "sync/undo.h"

#include <catch2/catch.hpp>

#include "config/document.h"
#include "support/sync_device.h"

namespace start_claude::sync {
namespace {

using resolve::Option;
using support::SyncDevice;

struct Fleet {
  support::FakeClock server_clock;
  support::MemoryBuckets buckets{server_clock};
  SyncDevice lark{buckets, "lark", 1};
  SyncDevice heron{buckets, "heron", 2};

  Fleet() { buckets.create(support::device_object.bucket); }
  std::string remote() const { return buckets.find(support::device_object)->body; }
};

Result<base::Done> undo(SyncDevice& device) {
  State state = State::load(device.files, device.paths.state);
  Memory memory = device.memory();
  const auto plan = plan_undo(memory, memory.known().remote(device.remote.text()));
  REQUIRE(plan);
  REQUIRE_FALSE(plan->for_both);
  const auto local = read_local(device.files, support::device_config);
  REQUIRE(local);
  const std::optional<json::Value> s3_sync;
  const MemoryParts parts = device.memory_parts();
  auto undone = undo_apart(
      {.memory = parts, .store = device.store, .remote = device.remote, .s3_sync = s3_sync}, *plan,
      *local, memory, state);
  return undone;
}

const std::string mine = SyncDevice::configs({{"laptop", "m1"}});
const std::string theirs = SyncDevice::configs({{"production", "m2"}, {"staging", "m3"}});

TEST_CASE("keeping both is undone on both sides, and asked about again") {
  Fleet fleet;
  fleet.lark.edit(theirs);
  REQUIRE(fleet.lark.sync_unattended());
  fleet.heron.edit(mine);
  const auto kept = fleet.heron.sync_by_hand({{Option::keep_both}});
  REQUIRE(kept);
  REQUIRE(kept->result == RunResult::merged);
  REQUIRE(undo(fleet.heron));
  CHECK(fleet.heron.local() == mine);
  CHECK(fleet.remote() == theirs);
  const auto again = fleet.heron.sync_by_hand({{Option::leave_both}});
  REQUIRE(again);
  CHECK(fleet.heron.conversation.asked.back() == resolve::Topic::choose_side);
  // Another machine that had the merge follows.
  const auto followed = fleet.lark.sync_unattended();
  REQUIRE(followed);
  CHECK(fleet.lark.local() == theirs);
  CHECK(fleet.remote() == theirs);
}

TEST_CASE("an undo leaves a bucket alone that somebody changed since") {
  Fleet fleet;
  fleet.lark.edit(theirs);
  REQUIRE(fleet.lark.sync_unattended());
  fleet.heron.edit(mine);
  REQUIRE(fleet.heron.sync_by_hand({{Option::keep_both}}));
  const auto here = fleet.heron.local();
  REQUIRE(fleet.lark.sync_unattended());
  fleet.lark.edit(
      SyncDevice::configs({{"laptop", "m1"}, {"production", "new"}, {"staging", "m3"}}));
  REQUIRE(fleet.lark.sync_unattended());
  const std::string there = fleet.remote();
  const auto undone = undo(fleet.heron);
  REQUIRE_FALSE(undone);
  CHECK(undone.error().kind == ErrorKind::undecided);
  CHECK(fleet.heron.local() == here);
  CHECK(fleet.remote() == there);
}

}  // namespace
}  // namespace start_claude::sync
