// How two documents differ: the merge's view of them, without an ancestor and without a decision.
#include <utility>

#include "config/profile.h"
#include "resolve/merge_field.h"
#include "resolve/merge_profiles.h"
#include "resolve/sequence.h"

namespace start_claude::resolve {
namespace {

class Comparison {
 public:
  std::vector<FieldChange> run(const json::Value& from, const json::Value& to) {
    const Versions documents{nullptr, &from, &to};
    if (from.as_object() == nullptr || to.as_object() == nullptr) {
      compare_field(documents);
    } else {
      compare_members(documents, [&](std::string_view name, const Versions& member) {
        return name == "configs" ? compare_profiles(member) : compare_field(member);
      });
    }
    return std::move(changes_);
  }

 private:
  template <class CompareMember>
  void compare_members(const Versions& objects, CompareMember compare_member) {
    // The walk is the merge's; what it would merge is of no interest.
    merge_members(objects, path_, [&](std::string_view name, const Versions& member) {
      compare_member(name, member);
      return std::optional<json::Value>();
    });
  }

  void compare_field(const Versions& field) {
    const bool both_objects = field.local != nullptr && field.remote != nullptr &&
                              field.local->as_object() != nullptr &&
                              field.remote->as_object() != nullptr;
    if (same(field.local, field.remote)) return;
    if (both_objects) {
      compare_members(field,
                      [&](std::string_view, const Versions& member) { compare_field(member); });
    } else {
      record(copy_of(field.local), copy_of(field.remote));
    }
  }

  void compare_profiles(const Versions& configs) {
    if (!is_profile_list(configs.local) || !is_profile_list(configs.remote)) {
      return compare_field(configs);
    }
    const Slots slots = match_profiles(configs);
    const auto order = interleave(slots.order_of(Origin::local), slots.order_of(Origin::remote));
    for (const std::size_t index : order) {
      path_.push_back(slots.slots[index].label);
      compare_profile(slots.slots[index].versions);
      path_.pop_back();
    }
    // No list at all is another value than a list of nothing.
    const bool one_is_missing = (configs.local == nullptr) != (configs.remote == nullptr);
    if ((slots.slots.empty() && one_is_missing) ||
        order_differs(slots, Origin::local, Origin::remote)) {
      record(names_of(configs.local), names_of(configs.remote));
    }
  }

  void compare_profile(const Versions& profile) {
    const bool both = profile.local != nullptr && profile.remote != nullptr;
    const bool alike_deleted =
        both && config::is_tombstone(*profile.local) == config::is_tombstone(*profile.remote);
    if (alike_deleted) {
      // Looked into as copies: see ProfileMerge::merge_fields.
      const auto local = copy_of(profile.local);
      const auto remote = copy_of(profile.remote);
      return compare_field({nullptr, &*local, &*remote});
    }
    record(copy_of(profile.local), copy_of(profile.remote));
  }

  void record(std::optional<json::Value> from, std::optional<json::Value> to) {
    changes_.push_back({.path = path_, .local = std::move(from), .remote = std::move(to)});
  }

  FieldPath path_;
  std::vector<FieldChange> changes_;
};

}  // namespace

std::vector<FieldChange> differences(const json::Value& from, const json::Value& to) {
  return Comparison().run(from, to);
}

}  // namespace start_claude::resolve
