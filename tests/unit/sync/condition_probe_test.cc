// The sync and s3-doctor measure with one piece of code, and find the same of every kind of store.
#include "sync/condition_probe.h"

#include <catch2/catch.hpp>

#include "support/sync_device.h"
#include "sync/write_trial.h"

namespace start_claude::sync {
namespace {

using support::ConditionSupport;

TEST_CASE("the sync and the doctor find the same of every store, at the first upload") {
  const auto match =
      GENERATE(ConditionSupport::honoured, ConditionSupport::ignored, ConditionSupport::refused);
  const auto none_match =
      GENERATE(ConditionSupport::honoured, ConditionSupport::ignored, ConditionSupport::refused);
  support::FakeClock server_clock;
  support::MemoryBuckets buckets(server_clock);
  buckets.create(support::device_object.bucket);
  buckets.traits().if_match = match;
  buckets.traits().if_none_match = none_match;
  support::SyncDevice lark(buckets, "lark");
  lark.edit(support::SyncDevice::configs({{"production", "opus"}}));
  const auto report = lark.sync_unattended();
  REQUIRE(report);
  const auto trial = try_writing(lark.store, lark.random, {.object = support::device_object});
  REQUIRE(trial);
  CHECK(report->traits.if_match == trial->if_match);
  CHECK(report->traits.if_none_match == trial->if_none_match);
  const auto expected = [](ConditionSupport support) {
    switch (support) {
      case ConditionSupport::honoured: return Verdict::honoured;
      case ConditionSupport::ignored: return Verdict::ignored;
      case ConditionSupport::refused: return Verdict::refused;
    }
    return Verdict::unknown;
  };
  CHECK(trial->if_match == expected(match));
  CHECK(trial->if_none_match == expected(none_match));
}

TEST_CASE("what is known is not measured again, and a 409 says nothing") {
  int puts = 0;
  const auto conflict = [&](const s3::Precondition&) -> Result<s3::PutOutcome> {
    ++puts;
    return s3::PutOutcome{s3::PreconditionFailed{.was_compared = false}};
  };
  const auto found = probe_conditions({.if_match = Verdict::ignored}, conflict);
  CHECK(found.if_match == Verdict::ignored);
  CHECK(found.if_none_match == Verdict::unknown);
  CHECK(puts == 1);
}

}  // namespace
}  // namespace start_claude::sync
