// What holds for every document and every edit, tried on random ones. A failure names its seed.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "json/parse.h"
#include "json/write.h"
#include "support/random_json.h"
#include "support/reference_json.h"

namespace start_claude::json {
namespace {

using support::RandomJson;

constexpr std::uint64_t seeds = 4000;

Value value_of(std::string_view text) {
  const auto parsed = parse(text);
  INFO(text);
  REQUIRE(std::holds_alternative<Value>(parsed));
  return std::get<Value>(parsed);
}

TEST_CASE("Every way of writing a value is read back as that value") {
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    RandomJson random(seed);
    const Value value = random.value(4);
    REQUIRE(value_of(random.text_of(value)) == value);
    REQUIRE(value_of(write_compact(value)) == value);
    REQUIRE(value_of(write_pretty(value)) == value);
    REQUIRE(value_of(write_canonical(value)) == value);
  }
}

TEST_CASE("Equality, canonical text and hash agree") {
  int equal = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    RandomJson random(seed);
    const Value a = random.value(2);
    Value b = random.text_of(a).size() % 2 == 0 ? a : random.value(2);
    random.edit(b);
    REQUIRE((a == b) == (b == a));
    REQUIRE((a == b) == (write_canonical(a) == write_canonical(b)));
    if (a == b) {
      ++equal;
      REQUIRE(hash_of(a) == hash_of(b));
    } else {
      REQUIRE(hash_of(a) != hash_of(b));
    }
  }
  CHECK(equal > 100);
}

TEST_CASE("An unchanged document is written as it was, a changed one says what it should") {
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    RandomJson random(seed);
    const Value value = random.value(4);
    const std::string text = random.text_of(value);
    CAPTURE(seed, text);
    REQUIRE(write_over(text, value) == text);
    Value edited = value;
    for (std::size_t edits = 1 + random.below(4); edits > 0; --edits) random.edit(edited);
    CAPTURE(write_compact(edited));
    REQUIRE(value_of(write_over(text, edited)) == edited);
    const Value unrelated = random.value(4);
    REQUIRE(value_of(write_over(text, unrelated)) == unrelated);
  }
}

/// True if `longer` is `shorter` with one run of bytes put in.
bool differs_by_one_insertion(std::string_view shorter, std::string_view longer) {
  const auto front = std::mismatch(shorter.begin(), shorter.end(), longer.begin(), longer.end());
  const auto back = std::mismatch(shorter.rbegin(), shorter.rend(), longer.rbegin(), longer.rend());
  return (front.first - shorter.begin()) + (back.first - shorter.rbegin()) >=
         static_cast<std::ptrdiff_t>(shorter.size());
}

TEST_CASE("One element more or less is one run of bytes more or less") {
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    RandomJson random(seed);
    Array array;
    for (std::size_t size = 2 + random.below(5); size > 0; --size) array.push_back(random.value(2));
    const std::string text = random.text_of(array);
    const auto at = static_cast<std::ptrdiff_t>(random.below(array.size()));
    CAPTURE(seed, text, at);
    Array less = array;
    less.erase(less.begin() + at);
    REQUIRE(differs_by_one_insertion(write_over(text, less), text));
    Array more = array;
    more.insert(more.begin() + at, random.value(2));
    REQUIRE(differs_by_one_insertion(text, write_over(text, more)));
  }
}

TEST_CASE("Two readings agree on what is JSON, and on what it says") {
  int refused = 0;
  for (std::uint64_t seed = 0; seed < 5 * seeds; ++seed) {
    RandomJson random(seed);
    const std::string text = random.damaged(random.text_of(random.value(3)));
    CAPTURE(seed, text);
    const auto parsed = parse(text);
    const Value* taken = std::get_if<Value>(&parsed);
    const auto expected = support::reference_parse(text);
    REQUIRE((taken != nullptr) == expected.has_value());
    if (taken != nullptr) REQUIRE(*taken == *expected);
    refused += taken != nullptr ? 0 : 1;
  }
  CHECK(refused > 1000);
}

}  // namespace
}  // namespace start_claude::json
