// N devices with clocks that are wrong run the real engine against one bucket, interleaved at every
// operation on a file and every request, while everything that can fail fails: seed after seed.
//
// scripts/simulate runs as many more as one likes, and replays one with a line for every step.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>

#include "base/text.h"
#include "simulation/world.h"

namespace start_claude::simulation {
namespace {

struct NamedStore {
  std::string_view name;
  StoreKind kind;
};
constexpr std::array<NamedStore, 6> stores{{{"conditional", StoreKind::conditional},
                                            {"create-only", StoreKind::create_only},
                                            {"create-not-atomic", StoreKind::create_not_atomic},
                                            {"ignoring", StoreKind::ignoring},
                                            {"refusing", StoreKind::refusing},
                                            {"unquoted", StoreKind::unquoted}}};

std::string_view name_of(StoreKind kind) {
  for (const NamedStore& store : stores) {
    if (store.kind == kind) return store.name;
  }
  return "";
}

std::string words(const std::vector<std::string>& lines) { return base::join(lines, "\n"); }

struct SeedRange {
  std::uint64_t first;
  std::uint64_t last;
};

std::string variable(const char* name, const char* otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? text : otherwise;
}

/// The first of them where sanitizers make each some ten times as long: SIMULATION_SHARE=4 runs a
/// fourth.
SeedRange share_of(SeedRange seeds) {
  const std::uint64_t share = std::max<std::uint64_t>(
      1, base::parse_unsigned(variable("SIMULATION_SHARE", "1")).value_or(1));
  return {seeds.first, seeds.first + (seeds.last - seeds.first) / share};
}

/// How often each excuse was the only one, and in how many seeds, so that one sees what a promise
/// is worth.
class ExcuseTable {
 public:
  void add(const Excuses& excuses) {
    for (const auto& [reason, count] : excuses) {
      counts_[reason].uses += count;
      ++counts_[reason].seeds;
    }
  }
  void print() const {
    for (const auto& [reason, count] : counts_) {
      std::cout << "excuse: " << count.uses << " in " << count.seeds << " seeds: " << reason
                << "\n";
    }
  }

 private:
  struct Count {
    std::size_t uses = 0;
    std::size_t seeds = 0;
  };
  std::map<std::string, Count> counts_;
};

void keeps_its_promises(StoreKind store, SeedRange seeds) {
  std::size_t failures = 0;
  ExcuseTable excuses;
  for (std::uint64_t seed = seeds.first; seed <= seeds.last && failures < 10; ++seed) {
    const Verdict verdict = simulate({.store = store, .seed = seed});
    excuses.add(verdict.excuses);
    if (verdict.broken.empty()) continue;
    ++failures;
    UNSCOPED_INFO("scripts/simulate --seed " << seed << " --store " << name_of(store) << "\n"
                                             << words(verdict.broken));
  }
  excuses.print();
  CHECK(failures == 0);
}

// In slices, so that they run side by side.
TEST_CASE("conditions honoured, seeds 1 to 4000") {
  keeps_its_promises(StoreKind::conditional, share_of({1, 4'000}));
}
TEST_CASE("conditions honoured, seeds 4001 to 8000") {
  keeps_its_promises(StoreKind::conditional, share_of({4'001, 8'000}));
}
TEST_CASE("If-None-Match honoured alone, seeds 1 to 3000") {
  keeps_its_promises(StoreKind::create_only, share_of({1, 3'000}));
}
TEST_CASE("two creations may both succeed, seeds 1 to 3000") {
  keeps_its_promises(StoreKind::create_not_atomic, share_of({1, 3'000}));
}
TEST_CASE("conditions ignored, seeds 1 to 3000") {
  keeps_its_promises(StoreKind::ignoring, share_of({1, 3'000}));
}
TEST_CASE("conditions refused, seeds 1 to 3000") {
  keeps_its_promises(StoreKind::refusing, share_of({1, 3'000}));
}

TEST_CASE("If-Match honoured without quotes only, over HTTP, seeds 1 to 3000") {
  keeps_its_promises(StoreKind::unquoted, share_of({1, 3'000}));
}

// For scripts/simulate: which store and seeds come from its arguments.
TEST_CASE("seeds as asked for", "[.]") {
  const std::uint64_t first = base::parse_unsigned(variable("SIMULATION_FIRST", "1")).value_or(1);
  const std::uint64_t last = base::parse_unsigned(variable("SIMULATION_LAST", "1")).value_or(1);
  const std::string name = variable("SIMULATION_STORE", "conditional");
  for (const NamedStore& store : stores) {
    if (store.name != name) continue;
    if (variable("SIMULATION_TRACE", "no") == "no") {
      keeps_its_promises(store.kind, {first, last});
      return;
    }
    const Verdict verdict = simulate({.store = store.kind, .seed = first, .traced = true});
    std::cout << words(verdict.trace) << "\n";
    CHECK(words(verdict.broken) == "");
    return;
  }
  FAIL("no such store: " << name);
}

}  // namespace
}  // namespace start_claude::simulation
