// The contract on the fake that the simulation uses, in each of its tempers.

#include "object_store_contract.h"
#include "support/fake_clock.h"

namespace start_claude::contract {
namespace {

using support::ETagKind;
using support::MemoryTraits;

TEST_CASE("memory") {
  const auto traits = GENERATE(values<MemoryTraits>({
      {},
      {.keeps_versions = true},
      {.etag_kind = ETagKind::per_write},
      {.if_match = ConditionSupport::ignored},
      {.if_match = ConditionSupport::ignored, .if_none_match = ConditionSupport::ignored},
      {.if_match = ConditionSupport::refused, .if_none_match = ConditionSupport::refused},
  }));
  CAPTURE(static_cast<int>(traits.if_match), static_cast<int>(traits.if_none_match),
          traits.keeps_versions);
  const support::FakeClock clock;
  support::MemoryBuckets buckets(clock, traits);
  buckets.create("team");
  support::MemoryObjectStore here(buckets, clock, "here");
  support::MemoryObjectStore there(buckets, clock, "there");
  check_object_store({.here = here,
                      .there = there,
                      .bucket = "team",
                      .missing_bucket = "missing",
                      .if_match = traits.if_match,
                      .if_none_match = traits.if_none_match,
                      .keeps_versions = traits.keeps_versions});
}

}  // namespace
}  // namespace start_claude::contract
