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

TEST_CASE("every outcome of a PUT has a word") {
  const auto word = [](s3::PutOutcome outcome) { return word_for(std::move(outcome)); };
  CHECK(word(s3::Stored{}) == "stored");
  CHECK(word(s3::PreconditionFailed{}) == "precondition failed");
  CHECK(word(s3::ConditionNotSupported{}) == "not supported");
  CHECK(word(s3::AnswerLost{}) == "answer lost");
  CHECK(word(s3::WriteDenied{}) == "write denied");
}

}  // namespace
}  // namespace start_claude::contract
