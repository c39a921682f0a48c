#include "resolve/merge_field.h"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "resolve/merge_set.h"
#include "resolve/sequence.h"

namespace start_claude::resolve {
namespace {

const json::Object* as_object(const json::Value* value) {
  return value != nullptr ? value->as_object() : nullptr;
}

/// The members of one object by name: json::Object::find is linear, which is quickest for the few
/// members most objects have, and too slow for the thousands an object may have.
class MemberIndex {
 public:
  explicit MemberIndex(const json::Object* object) : object_(object) {
    if (object == nullptr || object->size() <= few) return;
    for (const json::Member& member : object->members()) by_name_[member.name] = &member.value;
  }

  const json::Value* find(std::string_view name) const {
    if (object_ == nullptr) return nullptr;
    if (object_->size() <= few) return object_->find(name);
    const auto found = by_name_.find(name);
    return found != by_name_.end() ? found->second : nullptr;
  }

  /// The author's order, a repeated name where the last of it stands.
  std::vector<std::string_view> names() const {
    std::vector<std::string_view> names;
    if (object_ == nullptr) return names;
    for (const json::Member& member : object_->members()) {
      if (find(member.name) == &member.value) names.push_back(member.name);
    }
    return names;
  }

 private:
  static constexpr std::size_t few = 16;
  const json::Object* object_;
  std::unordered_map<std::string_view, const json::Value*> by_name_;
};

/// The members of all versions of an object by name.
class MemberIndexes {
 public:
  explicit MemberIndexes(const Versions& objects)
      : ancestor_(as_object(objects.ancestors[0])),
        local_(as_object(objects.local)),
        remote_(as_object(objects.remote)) {
    for (std::size_t i = 1; i < objects.ancestors.size(); ++i) {
      other_ancestors_.emplace_back(as_object(objects.ancestors[i]));
    }
  }

  Versions find(std::string_view name) const {
    if (other_ancestors_.empty()) {
      return {ancestor_.find(name), local_.find(name), remote_.find(name)};
    }
    std::vector<const json::Value*> ancestors{ancestor_.find(name)};
    for (const MemberIndex& other : other_ancestors_) ancestors.push_back(other.find(name));
    return {Ancestors(ancestors), local_.find(name), remote_.find(name)};
  }

  std::vector<std::string_view> names() const {
    auto names = interleave(local_.names(), remote_.names());
    for (const std::string_view name : ancestor_.names()) {
      if (local_.find(name) == nullptr && remote_.find(name) == nullptr) names.push_back(name);
    }
    for (const MemberIndex& other : other_ancestors_) {
      for (const std::string_view name : other.names()) {
        if (is_only_in(other, name)) names.push_back(name);
      }
    }
    return names;
  }

 private:
  /// And in further ancestors after it, if in any.
  bool is_only_in(const MemberIndex& other, std::string_view name) const {
    for (const MemberIndex* index : {&local_, &remote_, &ancestor_}) {
      if (index->find(name) != nullptr) return false;
    }
    return std::all_of(other_ancestors_.data(), &other,
                       [&](const MemberIndex& earlier) { return earlier.find(name) == nullptr; });
  }

  MemberIndex ancestor_;
  MemberIndex local_;
  MemberIndex remote_;
  std::vector<MemberIndex> other_ancestors_;
};

/// Whether the members are merged rather than the whole: an object that was something else before,
/// or that one side removed, is one value.
bool merges_by_member(const Versions& field) {
  return as_object(field.local) != nullptr && as_object(field.remote) != nullptr &&
         field.ancestors.any([](const json::Value* ancestor) {
           return ancestor == nullptr || as_object(ancestor) != nullptr;
         });
}

/// What the algebra settles, written down; nothing inside means absent, nothing outside a conflict.
std::optional<std::optional<json::Value>> merge_without_conflict(const Versions& field,
                                                                 const FieldPath& path,
                                                                 Ledger& ledger) {
  Ledger::Taken taken;
  switch (compare(field)) {
    case Verdict::unchanged: return copy_of(field.local);
    case Verdict::same_change:
      taken = {copy_of(field.local), Reason::both_made_the_same_change, Side::local};
      break;
    case Verdict::only_local:
      taken = {copy_of(field.local), Reason::only_local_changed, Side::local};
      break;
    case Verdict::only_remote:
      taken = {copy_of(field.remote), Reason::only_remote_changed, Side::remote};
      break;
    case Verdict::conflict: return std::nullopt;
  }
  ledger.record(path, field, taken);
  return std::move(taken.merged);
}

}  // namespace

std::optional<json::Value> merge_field(const Versions& field, FieldPath& path, Ledger& ledger) {
  if (!merges_by_member(field)) return merge_whole(field, path, ledger);
  // Two empty objects have no member that could tell that they are new.
  const bool was_object = field.ancestors.any(
      [](const json::Value* ancestor) { return as_object(ancestor) != nullptr; });
  const bool both_new_and_empty =
      !was_object && field.local->as_object()->empty() && field.remote->as_object()->empty();
  if (both_new_and_empty) return merge_whole(field, path, ledger);
  return merge_members(field, path, [&](std::string_view, const Versions& member) {
    return merge_field(member, path, ledger);
  });
}

std::optional<json::Value> merge_whole(const Versions& field, FieldPath& path, Ledger& ledger) {
  if (auto merged = merge_without_conflict(field, path, ledger)) return *std::move(merged);
  if (auto set = merge_sets(field)) {
    ledger.record(path, field, {*set, Reason::both_added_to_a_set, Side::local});
    return set;
  }
  const auto settled_by = ledger.settlement(path);
  const Side side = settled_by.value_or(Side::local);
  auto merged = copy_of(field.of(side));
  ledger.record_conflict(
      path, field, {merged, settled_by ? Reason::chosen : Reason::unsettled, side}, settled_by);
  return merged;
}

std::optional<json::Value> merge_by_rule(const Versions& field, FieldPath& path, Ledger& ledger,
                                         Side taken_from) {
  if (auto merged = merge_without_conflict(field, path, ledger)) return *std::move(merged);
  auto merged = copy_of(field.of(taken_from));
  ledger.record(path, field, {merged, Reason::by_rule, taken_from});
  return merged;
}

json::Value merge_members(const Versions& objects, FieldPath& path,
                          const MergeMember& merge_member) {
  const MemberIndexes members(objects);
  json::Object merged;
  for (const std::string_view name : members.names()) {
    path.emplace_back(name);
    auto value = merge_member(name, members.find(name));
    path.pop_back();
    if (value) merged.members().push_back({std::string(name), *std::move(value)});
  }
  return merged;
}

}  // namespace start_claude::resolve
