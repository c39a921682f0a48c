#include "resolve/default_profile.h"

#include <algorithm>
#include <utility>

#include "config/profile.h"
#include "resolve/merge_field.h"

namespace start_claude::resolve {
namespace {

constexpr std::string_view is_default_name = "isDefault";

bool is_true(const json::Value* value) {
  return value != nullptr && value->as_bool() != nullptr && *value->as_bool();
}

/// What one document chose.
struct Chosen {
  std::optional<std::size_t> slot;  ///< nothing if there is none, or several
  bool is_ambiguous = false;
};

template <class EntryOf>
Chosen chosen_in(const Slots& slots, EntryOf entry_of) {
  Chosen chosen;
  for (std::size_t i = 0; i < slots.slots.size(); ++i) {
    if (!is_default(entry_of(slots.slots[i].versions))) continue;
    if (chosen.slot) return {std::nullopt, true};
    chosen.slot = i;
  }
  return chosen;
}

FieldPath path_of(const Slots& slots, std::size_t index) {
  return {"configs", slots.slots[index].label, std::string(is_default_name)};
}

/// A side's value that says `wanted`, or a new one.
Ledger::Taken value_that_says(bool wanted, const DefaultDecision& decision, const Slot& slot,
                              const Versions& member) {
  for (const Side side : {decision.side, other_side(decision.side)}) {
    const bool has_profile = slot.versions.of(side) != nullptr;
    if (has_profile && is_true(member.of(side)) == wanted) {
      return {copy_of(member.of(side)), Reason::one_default_profile, side};
    }
  }
  return {json::Value(wanted), Reason::one_default_profile, decision.side};
}

Reason reason_of_conflict(const DefaultDecision& decision, std::size_t index) {
  if (!decision.settled_by) return Reason::unsettled;
  return decision.winner == index ? Reason::chosen : Reason::one_default_profile;
}

}  // namespace

bool is_default(const json::Value* profile) {
  if (profile == nullptr || config::is_tombstone(*profile)) return false;
  const auto member = profile->part(is_default_name);
  return member && is_true(&*member);
}

DefaultDecision decide_default(const Slots& slots, const std::vector<bool>& lives,
                               const Ledger& ledger) {
  std::vector<std::optional<std::size_t>> before;
  for (std::size_t i = 0; i < slots.ancestor_count(); ++i) {
    before.push_back(chosen_in(slots, [&](const Versions& v) { return v.ancestors[i]; }).slot);
  }
  const Chosen local = chosen_in(slots, [](const Versions& v) { return v.local; });
  const Chosen remote = chosen_in(slots, [](const Versions& v) { return v.remote; });
  DefaultDecision decision{.decides = !local.is_ambiguous && !remote.is_ambiguous,
                           .side = ledger.preferred_side()};
  if (!decision.decides) return decision;

  const auto alive = [&](const Chosen& chosen) {
    return chosen.slot && lives[*chosen.slot] ? chosen.slot : std::nullopt;
  };
  const auto ours = alive(local);
  const auto theirs = alive(remote);
  if (!ours || !theirs) {
    const auto& left = ours ? ours : theirs;
    const Chosen& without = ours ? remote : local;
    // Taking the default away is a change too; losing it with its profile is none.
    const auto was = [&](const std::optional<std::size_t>& slot) {
      return std::find(before.begin(), before.end(), slot) != before.end();
    };
    const bool was_cleared = left && !without.slot && was(left) && !was(std::nullopt);
    if (!was_cleared) decision.winner = left;
    return decision;
  }
  if (const auto merged = merge_three_way(before, ours, theirs)) {
    decision.winner = *merged;
    return decision;
  }
  decision.conflict_at = ours;
  decision.settled_by = ledger.choice(path_of(slots, *ours));
  if (!decision.settled_by) decision.settled_by = ledger.settlement(path_of(slots, *theirs));
  decision.side = decision.settled_by.value_or(Side::local);
  decision.winner = decision.side == Side::local ? ours : theirs;
  return decision;
}

std::optional<json::Value> merge_is_default(const DefaultDecision& decision, const Slots& slots,
                                            std::size_t index, FieldPath& path, Ledger& ledger) {
  const Slot& slot = slots.slots[index];
  const Versions member = slot.versions.member(is_default_name);
  if (!decision.decides) return merge_whole(member, path, ledger);
  const bool wanted = decision.winner == index;
  auto taken = value_that_says(wanted, decision, slot, member);
  if (decision.conflict_at == index) {
    taken.reason = reason_of_conflict(decision, index);
    ledger.record_conflict(path, member, taken, decision.settled_by);
    return std::move(taken.merged);
  }
  const Verdict verdict = compare(member);
  const json::Value* natural = verdict == Verdict::only_remote ? member.remote : member.local;
  if (verdict != Verdict::conflict && is_true(natural) == wanted) {
    return merge_whole(member, path, ledger);
  }
  // Absent on one side and false on the other is one choice in two spellings.
  if (is_true(member.local) == is_true(member.remote)) taken.reason = Reason::by_rule;
  ledger.record(path, member, taken);
  return std::move(taken.merged);
}

void settle_is_default(json::Value& profile, const DefaultDecision& decision, const Slots& slots,
                       std::size_t index, FieldPath& path, Ledger& ledger) {
  json::Object* object = profile.as_object();
  const bool wanted = decision.winner == index;
  const bool is_settled = is_true(profile.find(is_default_name)) == wanted;
  const bool concerns = decision.decides && (decision.conflict_at == index || !is_settled);
  if (object == nullptr || !concerns) return;
  const Slot& slot = slots.slots[index];
  const Versions member = slot.versions.member(is_default_name);
  auto taken = value_that_says(wanted, decision, slot, member);
  path.emplace_back(is_default_name);
  if (decision.conflict_at == index) {
    taken.reason = reason_of_conflict(decision, index);
    ledger.record_conflict(path, member, taken, decision.settled_by);
  } else {
    ledger.record(path, member, taken);
  }
  path.pop_back();
  if (is_settled) return;
  if (taken.merged) {
    object->set(is_default_name, *std::move(taken.merged));
  } else {
    object->remove(is_default_name);
  }
}

}  // namespace start_claude::resolve
