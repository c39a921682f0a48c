#include "resolve/merge_profiles.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "config/profile.h"
#include "json/write.h"
#include "resolve/default_profile.h"
#include "resolve/deletion.h"
#include "resolve/merge_field.h"
#include "resolve/sequence.h"

namespace start_claude::resolve {
namespace {

/// Ids in the order in which they are preferred: texts, other values, none.
std::pair<int, std::string> rank_of_id(const json::Value* id) {
  if (id == nullptr) return {2, ""};
  if (const std::string* text = id->as_string()) return {0, *text};
  return {1, json::write_canonical(*id)};
}

/// The lesser of two texts, so that every machine takes the same one.
Side side_of_id(const Versions& member) {
  return rank_of_id(member.remote) < rank_of_id(member.local) ? Side::remote : Side::local;
}

/// Which order the merge follows, and why, if a side reordered.
struct OrderDecision {
  Side base = Side::local;
  std::optional<Reason> reason = {};
  std::size_t ancestor = 0;  ///< the one that decided
};

OrderDecision decide_order(const Slots& slots, const Ledger& ledger) {
  std::optional<std::size_t> only_local;
  std::optional<std::size_t> only_remote;
  bool is_unchanged = false;
  for (std::size_t i = 0; i < slots.ancestor_count(); ++i) {
    const bool local_reordered = order_differs(slots, origin_of_ancestor(i), Origin::local);
    const bool remote_reordered = order_differs(slots, origin_of_ancestor(i), Origin::remote);
    if (local_reordered && !remote_reordered) only_local = i;
    if (remote_reordered && !local_reordered) only_remote = i;
    if (!local_reordered && !remote_reordered) is_unchanged = true;
  }
  if (only_local && !only_remote) return {Side::local, Reason::only_local_changed, *only_local};
  if (only_remote && !only_local) return {Side::remote, Reason::only_remote_changed, *only_remote};
  const Side base = ledger.preferred_side();
  if (order_differs(slots, Origin::local, Origin::remote)) return {base, Reason::by_rule};
  if (is_unchanged || only_local) return {base, std::nullopt};
  return {base, Reason::both_made_the_same_change};
}

/// Whether `configs` is there though no profile is left: an empty list is nobody's loss.
bool stays_when_empty(const Versions& configs) {
  std::vector<bool> were;
  for (std::size_t i = 0; i < configs.ancestors.size(); ++i) {
    were.push_back(configs.ancestors[i] != nullptr);
  }
  return merge_three_way(were, configs.local != nullptr, configs.remote != nullptr).value_or(true);
}

class ProfileMerge {
 public:
  ProfileMerge(const Versions& configs, FieldPath& path, Ledger& ledger)
      : configs_(configs), path_(path), ledger_(ledger), slots_(match_profiles(configs)) {}

  std::optional<json::Value> run() {
    decide_fates();
    const OrderDecision order = decide_order(slots_, ledger_);
    json::Array merged;
    for (const std::size_t index : in_order(order.base)) {
      path_.push_back(slots_.slots[index].label);
      if (auto profile = merge_slot(index)) merged.push_back(*std::move(profile));
      path_.pop_back();
    }
    if (merged.empty() && !stays_when_empty(configs_)) return std::nullopt;
    json::Value result(std::move(merged));
    record_order(order, result);
    return result;
  }

 private:
  void decide_fates() {
    std::vector<bool> lives;
    for (const Slot& slot : slots_.slots) {
      path_.push_back(slot.label);
      fates_.push_back(decide_fate(slot.versions, path_, ledger_));
      path_.pop_back();
      lives.push_back(fates_.back().is_live());
    }
    default_ = decide_default(slots_, lives, ledger_);
  }

  /// Every slot, those that neither side has last.
  std::vector<std::size_t> in_order(Side base) const {
    const auto& local = slots_.order_of(Origin::local);
    const auto& remote = slots_.order_of(Origin::remote);
    auto order = base == Side::local ? interleave(local, remote) : interleave(remote, local);
    for (std::size_t i = 0; i < configs_.ancestors.size(); ++i) {
      for (const std::size_t index : slots_.order_of(origin_of_ancestor(i))) {
        const Versions& versions = slots_.slots[index].versions;
        if (versions.local != nullptr || versions.remote != nullptr) continue;
        // In several ancestors it comes with the first.
        const json::Value* entry = versions.ancestors[i];
        if (versions.ancestors.first_present() == entry) order.push_back(index);
      }
    }
    return order;
  }

  std::optional<json::Value> merge_slot(std::size_t index) {
    Fate& fate = fates_[index];
    const Versions& versions = slots_.slots[index].versions;
    if (fate.kind == Fate::Kind::by_field) return merge_fields(index);
    if (fate.reason) {
      Ledger::Taken taken{fate.value, *fate.reason, fate.from};
      if (fate.is_conflict) {
        ledger_.record_conflict(path_, versions, std::move(taken), fate.settled_by);
      } else {
        ledger_.record(path_, versions, std::move(taken));
      }
    }
    if (fate.is_live()) settle_is_default(*fate.value, default_, slots_, index, path_, ledger_);
    return std::move(fate.value);
  }

  json::Value merge_fields(std::size_t index) {
    Versions& versions = slots_.slots[index].versions;
    // What no side changed stays as it is, and is not even looked into: if it is the default, then
    // on both sides, and stays that.
    if (compare(versions) == Verdict::unchanged) return *versions.local;
    // Of a large document one profile at a time is looked into: as copies, which go afterwards.
    const Versions original = versions;
    std::vector<json::Value> copies;
    copies.reserve(original.ancestors.size() + 2);
    const auto copy = [&](const json::Value* value) {
      return value != nullptr ? &copies.emplace_back(*value) : nullptr;
    };
    versions = {original.ancestors.each(copy), copy(original.local), copy(original.remote)};
    json::Value merged = merge_looked_into(index);
    versions = original;
    return merged;
  }

  json::Value merge_looked_into(std::size_t index) {
    const Versions& versions = slots_.slots[index].versions;
    return merge_members(versions, path_, [&](std::string_view name, const Versions& member) {
      if (name == "isDefault") return merge_is_default(default_, slots_, index, path_, ledger_);
      if (name == "id") return merge_by_rule(member, path_, ledger_, side_of_id(member));
      if (name == "order") {
        const Side side = ledger_.settlement(path_).value_or(ledger_.preferred_side());
        return merge_by_rule(member, path_, ledger_, side);
      }
      return merge_field(member, path_, ledger_);
    });
  }

  void record_order(const OrderDecision& order, const json::Value& merged) {
    if (!order.reason) return;
    const auto ancestor = names_of(configs_.ancestors[order.ancestor]);
    const auto local = names_of(configs_.local);
    const auto remote = names_of(configs_.remote);
    const auto pointer = [](const std::optional<json::Value>& value) {
      return value ? &*value : nullptr;
    };
    ledger_.record(path_, {pointer(ancestor), pointer(local), pointer(remote)},
                   {names_of(&merged), *order.reason, order.base});
  }

  const Versions& configs_;
  FieldPath& path_;
  Ledger& ledger_;
  Slots slots_;
  std::vector<Fate> fates_;
  DefaultDecision default_;
};

}  // namespace

bool is_profile_list(const json::Value* configs) {
  if (configs == nullptr) return true;
  const json::Array* entries = configs->as_array();
  return entries != nullptr &&
         std::all_of(entries->begin(), entries->end(),
                     [](const json::Value& entry) { return entry.kind() == json::Kind::object; });
}

std::optional<json::Value> names_of(const json::Value* configs) {
  if (configs == nullptr) return std::nullopt;
  json::Array names;
  for (const json::Value& entry : *configs->as_array()) {
    names.emplace_back(config::name_of(entry));
  }
  return names;
}

bool order_differs(const Slots& slots, Origin a, Origin b) {
  // Counted from one: zero is not there.
  std::vector<std::size_t> places(slots.slots.size());
  std::size_t count = 0;
  for (const std::size_t index : slots.order_of(a)) places[index] = ++count;
  std::size_t last = 0;
  for (const std::size_t index : slots.order_of(b)) {
    if (places[index] == 0) continue;
    if (places[index] < last) return true;
    last = places[index];
  }
  return false;
}

std::optional<json::Value> merge_profiles(const Versions& configs, FieldPath& path,
                                          Ledger& ledger) {
  const bool are_lists = configs.ancestors.any(is_profile_list) && is_profile_list(configs.local) &&
                         is_profile_list(configs.remote);
  if (!are_lists) return merge_whole(configs, path, ledger);
  // An ancestor without such a list has no profiles.
  const Ancestors ancestors = configs.ancestors.each(
      [](const json::Value* list) { return is_profile_list(list) ? list : nullptr; });
  const Versions lists{ancestors, configs.local, configs.remote};
  return ProfileMerge(lists, path, ledger).run();
}

}  // namespace start_claude::resolve
