#include <algorithm>
#include <functional>
#include <string_view>
#include <vector>

#include "json/members.h"
#include "json/number.h"
#include "json/value.h"

namespace start_claude::json {
namespace {

std::uint64_t mix(std::uint64_t seed, std::uint64_t next) {
  // The finaliser of splitmix64: every bit of the input reaches every bit of the result.
  std::uint64_t x = seed * 0x9E3779B97F4A7C15U + next;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31);
}

std::uint64_t seed_of(Kind kind) { return static_cast<std::uint64_t>(kind) + 1; }

std::uint64_t hash_text(Kind kind, std::string_view text) {
  return mix(seed_of(kind), std::hash<std::string_view>{}(text));
}

/// Sorting numbers is much cheaper than sorting the names themselves, which hardly ever repeat.
bool has_repeated(std::vector<std::uint64_t> hashes) {
  std::sort(hashes.begin(), hashes.end());
  return std::adjacent_find(hashes.begin(), hashes.end()) != hashes.end();
}

struct Hasher {
  std::uint64_t operator()(const Null&) const { return mix(seed_of(Kind::null), 0); }
  std::uint64_t operator()(bool value) const { return mix(seed_of(Kind::truth), value ? 1 : 0); }
  std::uint64_t operator()(const Number& number) const {
    return hash_text(Kind::number, normal_number(number.spelling));
  }
  std::uint64_t operator()(const std::string& string) const {
    return hash_text(Kind::string, string);
  }
  std::uint64_t operator()(const Array& array) const {
    std::uint64_t hash = seed_of(Kind::array);
    for (const Value& value : array) hash = mix(hash, hash_of(value));
    return hash;
  }
  std::uint64_t operator()(const Object& object) const {
    std::vector<std::uint64_t> names;
    names.reserve(object.size());
    for (const Member& member : object.members()) {
      names.push_back(hash_text(Kind::string, member.name));
    }
    // A sum, because members count in any order.
    std::uint64_t sum = 0;
    const Member* first = object.members().data();
    const auto count = [&](const Member& member) {
      sum += mix(names[static_cast<std::size_t>(&member - first)], hash_of(member.value));
    };
    if (has_repeated(names)) {
      for (const Member* member : counting_members(object)) count(*member);
    } else {
      for (const Member& member : object.members()) count(member);
    }
    return mix(seed_of(Kind::object), sum);
  }
};

}  // namespace

std::uint64_t hash_of(const Value& value) { return value.visit(Hasher{}); }

}  // namespace start_claude::json
