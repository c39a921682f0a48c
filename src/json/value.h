// A JSON value: what a document says, not how it was typed.
//
// Member order and the spelling of numbers are kept, because both survive a round trip. Layout
// (white space, escapes) is not part of the value: write_over() carries it from text to text.
// Follows RFC 8259. Objects may hold a name twice, as RFC 8259 allows; the last one counts.
//
// A value that was parsed is a place in its text, 24 bytes; what is in it is read when somebody
// looks, one level at a time. Copies share what was read, and the text. Values may be read by
// several threads at once, and changed by one.
#pragma once

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace start_claude::json {

class Value;
struct Member;
struct Source;

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

/// Members in the author's order.
class Object {
 public:
  Object() = default;
  Object(std::initializer_list<Member> members);

  const std::vector<Member>& members() const { return members_; }
  std::vector<Member>& members() { return members_; }
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
  std::vector<Member> members_;
};

enum class Kind { null, truth, number, string, array, object };

class Value {
 public:
  /// In the order of Kind.
  using State = std::variant<Null, bool, Number, std::string, Array, Object>;

  Value() = default;
  Value(Null) {}
  /// Only bool itself: a pointer or an int is not silently a truth value.
  template <std::same_as<bool> T>
  Value(T value) : Value(State(value)) {}
  Value(Number value);
  Value(std::string value);
  Value(std::string_view value);
  Value(const char* value);
  Value(std::nullptr_t) = delete;
  Value(Array value);
  Value(Object value);
  /// An integer, spelled in decimal.
  static Value integer(long long value);
  /// The value at that place of a text; `source` is kept for as long as it is needed.
  Value(const Source& source, std::uint32_t begin, std::uint32_t end);

  Value(const Value& other) noexcept;
  Value(Value&& other) noexcept { swap(other); }
  Value& operator=(const Value& other) noexcept;
  Value& operator=(Value&& other) noexcept;
  ~Value() { let_go(); }

  Kind kind() const;
  bool is_null() const { return kind() == Kind::null; }
  const bool* as_bool() const { return as<bool>(Kind::truth); }
  const Number* as_number() const { return as<Number>(Kind::number); }
  /// Decoded UTF-8. Half of a surrogate pair, which JavaScript can write ("\ud800"), is three bytes
  /// as in WTF-8, so that no two texts are mixed up; writers turn it into that escape again.
  const std::string* as_string() const { return as<std::string>(Kind::string); }
  const Array* as_array() const { return as<Array>(Kind::array); }
  const Object* as_object() const { return as<Object>(Kind::object); }
  /// To change it through; good until the value is copied.
  Array* as_array() { return own<Array>(Kind::array); }
  Object* as_object() { return own<Object>(Kind::object); }

  /// The member of that name if this is an object that has one, else null.
  const Value* find(std::string_view name) const;
  /// The same as a value of its own. Nothing that has to be read for it stays in memory: for a look
  /// into each of very many.
  std::optional<Value> part(std::string_view name) const;

  /// Calls `visitor` with what the value is, one of the types of State. What has to be read for it
  /// is gone afterwards: for passing once through a large document.
  template <class Visitor>
  decltype(auto) visit(Visitor&& visitor) const;

  /// The same with a text of its own: a small part that is kept does not keep a large document.
  Value detached() const;

  /// As it was typed, if it was parsed and nothing in it changed; else empty.
  std::string_view text() const;
  /// Where that is; null if it is nowhere.
  const Source* source() const { return source_; }
  std::uint32_t text_begin() const { return begin_; }

  /// Structural equality: see Number and Object.
  bool operator==(const Value& other) const;

 private:
  struct Node;

  explicit Value(State state);
  void swap(Value& other) noexcept;
  void let_go() noexcept;
  /// What was read or made; null if it has not been, or is null.
  const Node* node() const { return node_.load(std::memory_order_acquire); }
  const Node* read_node() const;
  State read() const;
  /// The state, of this value alone and without the text that it may no longer be.
  State& own_state();

  template <class T>
  const T* as(Kind wanted) const;
  template <class T>
  T* own(Kind wanted);

  mutable std::atomic<Node*> node_{nullptr};
  const Source* source_ = nullptr;  ///< null: made, not parsed, or changed since
  std::uint32_t begin_ = 0;
  std::uint32_t end_ = 0;
};

struct Member {
  std::string name;
  Value value;
  bool operator==(const Member&) const = default;
};

struct Value::Node {
  explicit Node(State of) : state(std::move(of)) {}
  State state;
  std::atomic<std::size_t> owners{1};
};

inline bool Object::empty() const { return members().empty(); }
inline std::size_t Object::size() const { return members().size(); }

template <class Visitor>
decltype(auto) Value::visit(Visitor&& visitor) const {
  if (const Node* known = node()) return std::visit(std::forward<Visitor>(visitor), known->state);
  const State state = read();
  return std::visit(std::forward<Visitor>(visitor), state);
}

template <class T>
const T* Value::as(Kind wanted) const {
  if (kind() != wanted) return nullptr;
  return std::get_if<T>(&read_node()->state);
}

template <class T>
T* Value::own(Kind wanted) {
  if (kind() != wanted) return nullptr;
  return std::get_if<T>(&own_state());
}

/// Equal values have equal hashes: member order and number spelling do not count. Linear. For
/// look-up in this process only, never for storage.
std::uint64_t hash_of(const Value& value);

}  // namespace start_claude::json
