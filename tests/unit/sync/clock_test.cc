#include "sync/clock.h"

#include <catch2/catch.hpp>
#include <random>

namespace start_claude::sync {
namespace {

std::string id(std::size_t number) {
  std::string text = std::to_string(number);
  return std::string(machine_id_length - text.size(), 'm') + text;
}

/// {3, 0, 1}: three of machine 0, none of 1, one of 2; the first is the one moved last.
VersionVector clock(const std::vector<std::uint64_t>& counts) {
  VersionVector made;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) made.entries.push_back({id(i), counts[i]});
  }
  return made;
}

bool is_equal(const VersionVector& a, const VersionVector& b) {
  return covers(a, b) && covers(b, a);
}

TEST_CASE("one vector covers another exactly if it has seen as much of every machine") {
  struct Row {
    const char* name;
    std::vector<std::uint64_t> big, small;
    bool covers, is_covered;
  };
  const auto row =
      GENERATE(values<Row>({{"equal", {2, 1}, {2, 1}, true, true},
                            {"one more of ours", {3, 1}, {2, 1}, true, false},
                            {"a machine more", {2, 1, 1}, {2, 1}, true, false},
                            {"each has seen what the other has not", {3, 1}, {2, 2}, false, false},
                            {"nothing was seen", {1}, {}, true, false}}));
  INFO(row.name);
  CHECK(covers(clock(row.big), clock(row.small)) == row.covers);
  CHECK(covers(clock(row.small), clock(row.big)) == row.is_covered);
}

TEST_CASE("nothing covers a vector that entries were dropped from") {
  VersionVector cut = clock({1, 1});
  cut.is_cut = true;
  CHECK_FALSE(covers(clock({9, 9}), cut));
  CHECK_FALSE(covers(cut, cut));
  CHECK(covers(cut, clock({1})));
}

TEST_CASE("a join is the least vector that covers both") {
  const auto seed = GENERATE(range(1U, 60U));
  std::mt19937 random(seed);
  const auto any = [&] {
    std::vector<std::uint64_t> counts(5);
    for (auto& count : counts) count = random() % 4;
    return clock(counts);
  };
  const VersionVector a = any();
  const VersionVector b = any();
  const VersionVector c = any();
  INFO("seed " << seed);
  CHECK(is_equal(join(a, b), join(b, a)));
  CHECK(is_equal(join(a, join(b, c)), join(join(a, b), c)));
  CHECK(is_equal(join(a, a), a));
  CHECK(covers(join(a, b), a));
  CHECK(covers(join(a, b), b));
  if (covers(c, a) && covers(c, b)) CHECK(covers(c, join(a, b)));
}

TEST_CASE("an advanced vector covers what it came from, which does not cover it") {
  const VersionVector before = clock({1, 4, 2});
  const VersionVector after = advance(before, id(1), 5);
  CHECK(covers(after, before));
  CHECK_FALSE(covers(before, after));
  CHECK(after.entries.front() == VersionVector::Entry{id(1), 5});
  CHECK(after.entries.size() == 3);
}

TEST_CASE("a vector is written in parts that every store takes, and read again") {
  const std::size_t machines = GENERATE(1U, 2U, 21U, 22U, 100U);
  VersionVector whole;
  for (std::size_t i = 0; i < machines; ++i) whole.entries.push_back({id(i), 1 + 11 * i});
  // A hundred machines fit.
  CHECK(limit(whole, id(0)) == whole);
  const auto parts = format_parts(whole);
  std::size_t bytes = 0;
  for (const std::string& part : parts) {
    CHECK(part.size() <= clock_value_bytes_max);
    bytes += part.size();
  }
  CHECK(bytes <= clock_bytes_max);
  CHECK(parse_parts(parts) == whole);
  CHECK(clock_from_text(format_clock(whole)) == whole);
}

TEST_CASE("what does not fit is what was moved longest ago, never one's own") {
  VersionVector large;
  for (std::size_t i = 0; i < 300; ++i) large.entries.push_back({id(i), 40});
  const VersionVector limited = limit(large, id(299));
  CHECK(limited.is_cut);
  CHECK(limited.count_of(id(299)) == 40);
  CHECK(limited.count_of(id(0)) == 40);
  CHECK(limited.count_of(id(298)) == 0);
  CHECK(parse_parts(format_parts(limited)) == limited);
}

TEST_CASE("what this program does not write is no vector") {
  const auto* const text =
      GENERATE("", "x", "mmmmmmm0", "mmmmmmm0=", "mmmmmmm0=0", "mmmmmmm0=01", "mmmmmmm0=-1",
               "mmmmmmm0=A", "mmmmmm0=1", "Mmmmmmm0=1", "mmmmmmm0=1,", "mmmmmmm0=1,mmmmmmm0=2", "+",
               "+,mmmmmmm0=1", "mmmmmmm0=zzzzzzzzzzzzzz", "mmmmmmm0=1, mmmmmmm1=1");
  INFO(text);
  CHECK_FALSE(parse_parts({text}));
  CHECK(clock_from_text(text).empty());
}

TEST_CASE("a vector longer than metadata may be is not read") {
  CHECK_FALSE(parse_parts({std::string(clock_bytes_max + 1, 'm')}));
}

}  // namespace
}  // namespace start_claude::sync
