#include "json/value.h"

#include <algorithm>

#include "json/members.h"
#include "json/number.h"
#include "json/parse.h"
#include "json/source.h"
#include "json/string_text.h"
#include "json/walker.h"

namespace start_claude::json {
namespace {

bool same_names_in_order(const Object& a, const Object& b) {
  return std::equal(a.members().begin(), a.members().end(), b.members().begin(), b.members().end(),
                    [](const Member& x, const Member& y) { return x.name == y.name; });
}

/// For objects with the same names in the same order. No value is compared twice, or the cost
/// would double with every level.
bool equal_in_order(const Object& a, const Object& b) {
  std::vector<const Member*> counting;  // of `a`, by address; found once it matters
  for (std::size_t i = 0; i < a.size(); ++i) {
    const Member& member = a.members()[i];
    if (member.value == b.members()[i].value) continue;
    if (counting.empty()) {
      counting = counting_members(a);
      std::sort(counting.begin(), counting.end());
    }
    if (std::binary_search(counting.begin(), counting.end(), &member)) return false;
  }
  return true;
}

/// What `quoted` says; the scan found nothing wrong with it.
std::string unquoted(std::string_view quoted) { return *decode_string(without_quotes(quoted)); }

Kind kind_of(char first) {
  switch (first) {
    case 'n': return Kind::null;
    case 't':
    case 'f': return Kind::truth;
    case '"': return Kind::string;
    case '[': return Kind::array;
    case '{': return Kind::object;
    default: return Kind::number;
  }
}

}  // namespace

bool Number::operator==(const Number& other) const {
  return spelling == other.spelling || normal_number(spelling) == normal_number(other.spelling);
}

Object::Object(std::initializer_list<Member> members) : members_(members) {}

const Value* Object::find(std::string_view name) const {
  const auto found = std::find_if(members_.rbegin(), members_.rend(),
                                  [name](const Member& member) { return member.name == name; });
  return found == members_.rend() ? nullptr : &found->value;
}

Value* Object::find(std::string_view name) {
  return const_cast<Value*>(std::as_const(*this).find(name));
}

void Object::set(std::string_view name, Value value) {
  if (Value* found = find(name)) {
    *found = std::move(value);
  } else {
    members_.push_back({std::string(name), std::move(value)});
  }
}

bool Object::remove(std::string_view name) {
  return std::erase_if(members_, [name](const Member& m) { return m.name == name; }) > 0;
}

bool Object::operator==(const Object& other) const {
  if (same_names_in_order(*this, other)) return equal_in_order(*this, other);
  const auto a = counting_members(*this);
  const auto b = counting_members(other);
  const auto same_name = [](const Member* x, const Member* y) { return x->name == y->name; };
  const auto same_value = [](const Member* x, const Member* y) { return x->value == y->value; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_name) &&
         std::equal(a.begin(), a.end(), b.begin(), same_value);
}

Value Value::integer(long long value) { return Number{std::to_string(value)}; }

Value::Value(Number value) : Value(State(std::move(value))) {}
Value::Value(std::string value) : Value(State(std::move(value))) {}
Value::Value(std::string_view value) : Value(State(std::string(value))) {}
Value::Value(const char* value) : Value(State(std::string(value))) {}
Value::Value(Array value) : Value(State(std::move(value))) {}
Value::Value(Object value) : Value(State(std::move(value))) {}

Value Value::detached() const {
  if (source_ == nullptr) return *this;
  auto parsed = parse(text());
  auto* value = std::get_if<Value>(&parsed);
  return value != nullptr ? std::move(*value) : *this;
}

Value::Value(State state) : node_(new Node(std::move(state))) {}

Value::Value(const Source& source, std::uint32_t begin, std::uint32_t end)
    : source_(&source), begin_(begin), end_(end) {
  source.owners.fetch_add(1, std::memory_order_relaxed);
}

Value::Value(const Value& other) noexcept
    : node_(other.node_.load(std::memory_order_acquire)),
      source_(other.source_),
      begin_(other.begin_),
      end_(other.end_) {
  if (Node* shared = node_.load(std::memory_order_relaxed)) {
    shared->owners.fetch_add(1, std::memory_order_relaxed);
  }
  if (source_ != nullptr) source_->owners.fetch_add(1, std::memory_order_relaxed);
}

Value& Value::operator=(const Value& other) noexcept {
  Value copy(other);
  swap(copy);
  return *this;
}

Value& Value::operator=(Value&& other) noexcept {
  // The old state may hold `other`.
  Value moved(std::move(other));
  swap(moved);
  return *this;
}

void Value::swap(Value& other) noexcept {
  Node* mine = node_.load(std::memory_order_relaxed);
  node_.store(other.node_.load(std::memory_order_relaxed), std::memory_order_relaxed);
  other.node_.store(mine, std::memory_order_relaxed);
  std::swap(source_, other.source_);
  std::swap(begin_, other.begin_);
  std::swap(end_, other.end_);
}

void Value::let_go() noexcept {
  Node* held = node_.load(std::memory_order_relaxed);
  if (held != nullptr && held->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete held;
  if (source_ != nullptr && source_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    delete source_;
  }
}

Kind Value::kind() const {
  if (source_ != nullptr) return kind_of(source_->text.data()[begin_]);
  const Node* known = node();
  return known != nullptr ? static_cast<Kind>(known->state.index()) : Kind::null;
}

std::string_view Value::text() const {
  return source_ != nullptr ? source_->bytes({begin_, end_}) : std::string_view();
}

Value::State Value::read() const {
  if (source_ == nullptr) return Null{};
  const std::string_view typed = text();
  switch (kind_of(typed.front())) {
    case Kind::null: return Null{};
    case Kind::truth: return typed.front() == 't';
    case Kind::number: return Number{std::string(typed)};
    case Kind::string: return unquoted(typed);
    case Kind::array: {
      Array elements;
      for_each_part(source_->text, begin_, source_->large, [&](const TextPart& part) {
        elements.emplace_back(*source_, part.value.begin, part.value.end);
      });
      return elements;
    }
    case Kind::object: {
      Object object;
      for_each_part(source_->text, begin_, source_->large, [&](const TextPart& part) {
        object.members().push_back({unquoted(source_->bytes(part.name)),
                                    Value(*source_, part.value.begin, part.value.end)});
      });
      return object;
    }
  }
  return Null{};
}

const Value::Node* Value::read_node() const {
  if (const Node* known = node()) return known;
  auto* fresh = new Node(read());
  Node* other = nullptr;
  // Another thread may have been quicker; both read the same.
  if (node_.compare_exchange_strong(other, fresh, std::memory_order_acq_rel)) return fresh;
  delete fresh;
  return other;
}

Value::State& Value::own_state() {
  Node* held = const_cast<Node*>(read_node());
  if (held->owners.load(std::memory_order_acquire) > 1) {
    Value copy{State(held->state)};
    swap(copy);
  } else if (source_ != nullptr) {
    Value without_text;
    without_text.node_.store(node_.exchange(nullptr), std::memory_order_relaxed);
    swap(without_text);
  }
  return node_.load(std::memory_order_relaxed)->state;
}

const Value* Value::find(std::string_view name) const {
  const Object* object = as_object();
  return object != nullptr ? object->find(name) : nullptr;
}

std::optional<Value> Value::part(std::string_view name) const {
  if (kind() != Kind::object) return std::nullopt;
  if (node() != nullptr) {
    const Value* found = find(name);
    return found != nullptr ? std::optional(*found) : std::nullopt;
  }
  std::optional<Extent> found;
  for_each_part(source_->text, begin_, source_->large, [&](const TextPart& part) {
    if (is_name(source_->bytes(part.name), name)) found = part.value;
  });
  if (!found) return std::nullopt;
  return Value(*source_, found->begin, found->end);
}

bool Value::operator==(const Value& other) const {
  if (node() != nullptr && node() == other.node()) return true;
  if (source_ != nullptr && other.source_ != nullptr && text() == other.text()) return true;
  if (kind() != other.kind()) return false;
  return visit([&other](const auto& mine) {
    return other.visit([&mine](const auto& theirs) {
      if constexpr (std::is_same_v<decltype(mine), decltype(theirs)>) {
        return mine == theirs;
      } else {
        return false;
      }
    });
  });
}

}  // namespace start_claude::json
