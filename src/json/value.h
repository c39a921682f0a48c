// A JSON value as a tree: what a document says, not how it was typed.
//
// Member order and the spelling of numbers are kept, because both survive a round trip. Layout
// (white space, escapes) is not part of the value: write_over() carries it from text to text.
// Follows RFC 8259. Objects may hold a name twice, as RFC 8259 allows; the last one counts.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace start_claude::json {

class Value;
struct Member;

struct Null {
  bool operator==(const Null&) const = default;
};

/// A number as its author wrote it: "1.10", "1e3", "12345678901234567890123".
struct Number {
  std::string spelling;  ///< by RFC 8259 section 6; writers put it out as it is
  /// Equal if they denote the same number exactly: 1.10 == 1.1, 1e2 == 100, -0 == 0.
  bool operator==(const Number& other) const;
};

using Array = std::vector<Value>;

/// Members in the author's order. A copy shares them until one of both is changed, so that copies
/// of a large document cost next to nothing; references to members that were got from a const
/// Object are good until it is changed.
class Object {
 public:
  Object() = default;
  Object(std::initializer_list<Member> members);

  const std::vector<Member>& members() const { return shared_ ? *shared_ : no_members(); }
  std::vector<Member>& members() { return own(); }
  bool empty() const;
  std::size_t size() const;

  /// The last member of that name, or null. Linear in the number of members.
  const Value* find(std::string_view name) const;
  Value* find(std::string_view name);
  /// Replaces the value where the name stands (the last one, if twice), else appends.
  void set(std::string_view name, Value value);
  /// Removes every member of that name; true if there was one.
  bool remove(std::string_view name);

  /// Same names with equal values, in any order. A repeated name counts once, with its last value.
  /// Linear where names stand in the same order, else n log n.
  bool operator==(const Object& other) const;

 private:
  static const std::vector<Member>& no_members();
  /// The members, of this object alone.
  std::vector<Member>& own();

  std::shared_ptr<std::vector<Member>> shared_;  ///< null: none
};

class Value {
 public:
  using State = std::variant<Null, bool, Number, std::string, Array, Object>;

  Value() = default;
  Value(Null) {}
  /// Only bool itself: a pointer or an int is not silently a truth value.
  template <std::same_as<bool> T>
  Value(T value) : state_(value) {}
  Value(Number value) : state_(std::move(value)) {}
  Value(std::string value) : state_(std::move(value)) {}
  Value(std::string_view value) : state_(std::string(value)) {}
  Value(const char* value) : state_(std::string(value)) {}
  Value(std::nullptr_t) = delete;
  Value(Array value) : state_(std::move(value)) {}
  Value(Object value) : state_(std::move(value)) {}
  /// An integer, spelled in decimal.
  static Value integer(long long value);

  bool is_null() const { return std::holds_alternative<Null>(state_); }
  const bool* as_bool() const { return std::get_if<bool>(&state_); }
  const Number* as_number() const { return std::get_if<Number>(&state_); }
  /// Decoded UTF-8. Half of a surrogate pair, which JavaScript can write ("\ud800"), is three bytes
  /// as in WTF-8, so that no two texts are mixed up; writers turn it into that escape again.
  const std::string* as_string() const { return std::get_if<std::string>(&state_); }
  const Array* as_array() const { return std::get_if<Array>(&state_); }
  Array* as_array() { return std::get_if<Array>(&state_); }
  const Object* as_object() const { return std::get_if<Object>(&state_); }
  Object* as_object() { return std::get_if<Object>(&state_); }

  /// The member of that name if this is an object that has one, else null.
  const Value* find(std::string_view name) const;

  const State& state() const { return state_; }
  /// Structural equality: see Number and Object.
  bool operator==(const Value&) const = default;

 private:
  State state_;
};

struct Member {
  std::string name;
  Value value;
  bool operator==(const Member&) const = default;
};

inline bool Object::empty() const { return members().empty(); }
inline std::size_t Object::size() const { return members().size(); }

/// Equal values have equal hashes: member order and number spelling do not count. Linear. For
/// look-up in this process only, never for storage.
std::uint64_t hash_of(const Value& value);

}  // namespace start_claude::json
