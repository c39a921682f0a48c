#include "json/value.h"

#include <algorithm>
#include <atomic>

#include "json/members.h"
#include "json/number.h"

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

}  // namespace

bool Number::operator==(const Number& other) const {
  return spelling == other.spelling || normal_number(spelling) == normal_number(other.spelling);
}

Object::Object(std::initializer_list<Member> members)
    : shared_(std::make_shared<std::vector<Member>>(members)) {}

const std::vector<Member>& Object::no_members() {
  static const std::vector<Member> none;
  return none;
}

std::vector<Member>& Object::own() {
  if (!shared_) {
    shared_ = std::make_shared<std::vector<Member>>();
  } else if (shared_.use_count() > 1) {
    shared_ = std::make_shared<std::vector<Member>>(*shared_);
  } else {
    // Whoever let go of the members before, in whichever thread, is done with reading them.
    std::atomic_thread_fence(std::memory_order_acquire);
  }
  return *shared_;
}

const Value* Object::find(std::string_view name) const {
  const auto& all = members();
  const auto found = std::find_if(all.rbegin(), all.rend(),
                                  [name](const Member& member) { return member.name == name; });
  return found == all.rend() ? nullptr : &found->value;
}

Value* Object::find(std::string_view name) {
  (void)own();
  return const_cast<Value*>(std::as_const(*this).find(name));
}

void Object::set(std::string_view name, Value value) {
  if (Value* found = find(name)) {
    *found = std::move(value);
  } else {
    own().push_back({std::string(name), std::move(value)});
  }
}

bool Object::remove(std::string_view name) {
  if (std::as_const(*this).find(name) == nullptr) return false;
  return std::erase_if(own(), [name](const Member& m) { return m.name == name; }) > 0;
}

bool Object::operator==(const Object& other) const {
  if (shared_ == other.shared_) return true;
  if (same_names_in_order(*this, other)) return equal_in_order(*this, other);
  const auto a = counting_members(*this);
  const auto b = counting_members(other);
  const auto same_name = [](const Member* x, const Member* y) { return x->name == y->name; };
  const auto same_value = [](const Member* x, const Member* y) { return x->value == y->value; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_name) &&
         std::equal(a.begin(), a.end(), b.begin(), same_value);
}

Value Value::integer(long long value) { return Number{std::to_string(value)}; }

const Value* Value::find(std::string_view name) const {
  const Object* object = as_object();
  return object != nullptr ? object->find(name) : nullptr;
}

}  // namespace start_claude::json
