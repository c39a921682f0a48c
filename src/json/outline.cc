#include "json/outline.h"

#include <algorithm>
#include <functional>
#include <string_view>

#include "json/members.h"
#include "json/number.h"

namespace start_claude::json {
namespace {

enum class Kind : std::uint64_t { null = 1, truth, number, string, array, object };

std::uint64_t mix(std::uint64_t seed, std::uint64_t next) {
  // The finaliser of splitmix64: every bit of the input reaches every bit of the result.
  std::uint64_t x = seed * 0x9E3779B97F4A7C15U + next;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31);
}

std::uint64_t hash_text(Kind kind, std::string_view text) {
  return mix(static_cast<std::uint64_t>(kind), std::hash<std::string_view>{}(text));
}

class Flattener {
 public:
  explicit Flattener(Outline& outline) : outline_(outline) {}

  void add(const Value& value) {
    const std::size_t index = outline_.size();
    outline_.push_back({&value, 0, 0});
    const std::uint64_t hash =
        std::visit([this](const auto& state) { return hash_state(state); }, value.state());
    outline_[index].hash = hash;
    outline_[index].next = outline_.size();
  }

 private:
  std::uint64_t hash_state(const Null&) { return mix(static_cast<std::uint64_t>(Kind::null), 0); }
  std::uint64_t hash_state(bool value) {
    return mix(static_cast<std::uint64_t>(Kind::truth), value ? 1 : 0);
  }
  std::uint64_t hash_state(const Number& number) {
    return hash_text(Kind::number, normal_number(number.spelling));
  }
  std::uint64_t hash_state(const std::string& string) { return hash_text(Kind::string, string); }
  std::uint64_t hash_state(const Array& array) {
    std::uint64_t hash = static_cast<std::uint64_t>(Kind::array);
    for (const Value& value : array) {
      const std::size_t index = outline_.size();
      add(value);
      hash = mix(hash, outline_[index].hash);
    }
    return hash;
  }
  std::uint64_t hash_state(const Object& object) {
    std::vector<std::uint64_t> names;
    std::vector<std::uint64_t> values;
    names.reserve(object.size());
    values.reserve(object.size());
    for (const Member& member : object.members()) {
      names.push_back(hash_text(Kind::string, member.name));
      const std::size_t index = outline_.size();
      add(member.value);
      values.push_back(outline_[index].hash);
    }
    // A sum, because members count in any order.
    std::uint64_t sum = 0;
    const auto count = [&](std::size_t i) { sum += mix(names[i], values[i]); };
    if (has_repeated(names)) {
      const Member* first = object.members().data();
      for (const Member* member : counting_members(object)) {
        count(static_cast<std::size_t>(member - first));
      }
    } else {
      for (std::size_t i = 0; i < names.size(); ++i) count(i);
    }
    return mix(static_cast<std::uint64_t>(Kind::object), sum);
  }

  /// Sorting numbers is much cheaper than sorting the names themselves, which hardly ever repeat.
  static bool has_repeated(std::vector<std::uint64_t> hashes) {
    std::sort(hashes.begin(), hashes.end());
    return std::adjacent_find(hashes.begin(), hashes.end()) != hashes.end();
  }

  Outline& outline_;
};

}  // namespace

Outline outline_of(const Value& value) {
  Outline outline;
  Flattener(outline).add(value);
  return outline;
}

std::uint64_t hash_of(const Value& value) { return outline_of(value).front().hash; }

}  // namespace start_claude::json
