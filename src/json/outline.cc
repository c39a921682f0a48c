#include "json/outline.h"

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
    // A sum, because members count in any order.
    std::uint64_t sum = 0;
    const bool repeats = counting_members(object).size() != object.size();
    std::vector<std::size_t> indexes;
    for (const Member& member : object.members()) {
      const std::size_t index = outline_.size();
      add(member.value);
      if (repeats) {
        indexes.push_back(index);
      } else {
        sum += member_hash(member, index);
      }
    }
    if (repeats) {
      const Member* first = object.members().data();
      for (const Member* member : counting_members(object)) {
        sum += member_hash(*member, indexes[static_cast<std::size_t>(member - first)]);
      }
    }
    return mix(static_cast<std::uint64_t>(Kind::object), sum);
  }
  std::uint64_t member_hash(const Member& member, std::size_t index) const {
    return mix(hash_text(Kind::string, member.name), outline_[index].hash);
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
