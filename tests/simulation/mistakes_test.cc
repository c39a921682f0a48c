// Each guard of the engine matters: without it, the simulation finds what is lost.
#include <catch2/catch.hpp>
#include <iostream>

#include "simulation/world.h"

namespace start_claude::simulation {
namespace {

constexpr std::uint64_t seeds_max = 5'000;

/// The first seed that breaks a promise.
std::optional<std::uint64_t> caught_at(Mistake mistake, StoreKind store) {
  for (std::uint64_t seed = 1; seed <= seeds_max; ++seed) {
    if (!simulate({.store = store, .seed = seed, .mistake = mistake}).broken.empty()) return seed;
  }
  return std::nullopt;
}

void must_catch(Mistake mistake, StoreKind store = StoreKind::conditional) {
  const auto seed = caught_at(mistake, store);
  REQUIRE(seed.has_value());
  std::cout << "caught at seed " << *seed << "\n";
}

TEST_CASE("simulation catches: a PUT without its condition") {
  must_catch(Mistake::condition_dropped);
}
TEST_CASE("simulation catches: a stale ETag used") { must_catch(Mistake::stale_etag); }
TEST_CASE("simulation catches: a lost race taken for success") {
  must_catch(Mistake::lost_race_overlooked);
}
TEST_CASE("simulation catches: a failed GET taken as absent") {
  must_catch(Mistake::failed_get_is_absent, StoreKind::ignoring);
}
TEST_CASE("simulation catches: a 403 taken for absent") {
  must_catch(Mistake::denied_get_is_absent, StoreKind::ignoring);
}
TEST_CASE("simulation catches: a 403 taken for absent, where conditions are refused") {
  must_catch(Mistake::denied_get_is_absent, StoreKind::refusing);
}
TEST_CASE("simulation catches: the clock of the object ignored") {
  must_catch(Mistake::clock_ignored, StoreKind::ignoring);
}
TEST_CASE("simulation catches: a clock that is not joined") {
  must_catch(Mistake::clock_not_joined);
}
TEST_CASE("simulation catches: a clock that is cut in secret") {
  must_catch(Mistake::clock_cut_in_secret);
}
TEST_CASE("simulation catches: the newest content taken for the base") {
  must_catch(Mistake::newest_base, StoreKind::ignoring);
}
TEST_CASE("simulation catches: a lost answer taken for success") {
  must_catch(Mistake::lost_answer_is_success);
}
TEST_CASE("simulation catches: settings.s3Sync uploaded") { must_catch(Mistake::secrets_uploaded); }
TEST_CASE("simulation catches: the local file replaced without its fingerprint") {
  must_catch(Mistake::fingerprint_unchecked);
}
TEST_CASE("simulation catches: the journal written after the deed") {
  must_catch(Mistake::journal_after_deed);
}
TEST_CASE("simulation catches: a journal that is not synced") {
  must_catch(Mistake::journal_not_synced);
}
TEST_CASE("simulation catches: done in the journal before it is") {
  must_catch(Mistake::done_before_deed);
}
TEST_CASE("simulation catches: config.json written in place") {
  must_catch(Mistake::written_in_place);
}
TEST_CASE("simulation catches: a file renamed before it is on disk") {
  must_catch(Mistake::content_not_synced);
}
TEST_CASE("simulation catches: an edit remembered before it is on disk") {
  must_catch(Mistake::edit_not_synced);
}
TEST_CASE("simulation catches: a folder that is not synced") {
  must_catch(Mistake::folder_not_synced);
}
TEST_CASE("simulation catches: no look at what came out of the exchange") {
  must_catch(Mistake::displaced_unchecked);
}
TEST_CASE("simulation catches: no look at what a run that was cut off left of an exchange") {
  must_catch(Mistake::displaced_forgotten);
}
TEST_CASE("simulation catches: a store taken for one that honours conditions") {
  must_catch(Mistake::condition_mismeasured, StoreKind::ignoring);
}

}  // namespace
}  // namespace start_claude::simulation
