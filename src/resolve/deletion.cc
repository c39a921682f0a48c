#include "resolve/deletion.h"

#include <algorithm>
#include <utility>

#include "config/profile.h"
#include "json/write.h"

namespace start_claude::resolve {
namespace {

bool is_live(const json::Value* profile) {
  return profile != nullptr && !config::is_tombstone(*profile);
}

std::optional<json::Value> stripped(const json::Value* profile) {
  if (profile == nullptr || is_live(profile)) return copy_of(profile);
  return config::stripped_tombstone(*profile);
}

Reason only_changed(Side side) {
  return side == Side::local ? Reason::only_local_changed : Reason::only_remote_changed;
}

Fate whole(std::optional<json::Value> value, std::optional<Reason> reason, Side from) {
  return {.kind = Fate::Kind::whole, .value = std::move(value), .reason = reason, .from = from};
}

Fate conflict(const Versions& profile, const FieldPath& path, const Ledger& ledger) {
  const auto settled_by = ledger.settlement(path);
  const Side side = settled_by.value_or(Side::local);
  Fate fate =
      whole(stripped(profile.of(side)), settled_by ? Reason::chosen : Reason::unsettled, side);
  fate.is_conflict = true;
  fate.settled_by = settled_by;
  return fate;
}

/// Live on `side` alone, by what one ancestor says of it; nothing means deletion against edit.
std::optional<Fate> fate_since(const json::Value* ancestor, const Versions& profile, Side side) {
  const json::Value* ours = profile.of(side);
  const json::Value* theirs = profile.of(other_side(side));
  const bool was_live = is_live(ancestor);
  if (was_live && same(ours, ancestor)) {
    return whole(stripped(theirs), only_changed(other_side(side)), other_side(side));
  }
  if (was_live) return std::nullopt;
  // Pruning an old tombstone says nothing against bringing the profile back.
  if (theirs == nullptr) {
    return whole(copy_of(ours), ancestor == nullptr ? only_changed(side) : Reason::by_rule, side);
  }
  const bool untouched = ancestor != nullptr && stripped(theirs) == stripped(ancestor);
  if (untouched) return whole(copy_of(ours), only_changed(side), side);
  return std::nullopt;
}

/// Live on `side` alone: what the ancestors say that do not leave it open, if they are at one.
Fate fate_of_one(const Versions& profile, Side side, const FieldPath& path, const Ledger& ledger) {
  std::optional<Fate> decided;
  for (std::size_t i = 0; i < profile.ancestors.size(); ++i) {
    auto fate = fate_since(profile.ancestors[i], profile, side);
    if (!fate) continue;
    if (decided && decided->from != fate->from) return conflict(profile, path, ledger);
    if (!decided) decided = std::move(fate);
  }
  return decided ? *std::move(decided) : conflict(profile, path, ledger);
}

/// Deleted on both sides, one of which has no entry for it any more (or never had).
Fate fate_of_one_tombstone(const Versions& profile, Side side) {
  const auto tombstone = stripped(profile.of(side));
  const Ancestors& ancestors = profile.ancestors;
  if (ancestors.first_present() == nullptr) return whole(tombstone, only_changed(side), side);
  // The tombstone stays: machines that have not heard of the deletion need it.
  if (ancestors.any([](const json::Value* ancestor) { return is_live(ancestor); })) {
    return whole(tombstone, Reason::both_made_the_same_change, side);
  }
  const bool is_news =
      ancestors.any([&](const json::Value* ancestor) { return stripped(ancestor) != tombstone; });
  if (is_news) return whole(tombstone, Reason::by_rule, side);
  return whole(std::nullopt, only_changed(other_side(side)), other_side(side));
}

/// The side whose member stands: the algebra's, else the one a rule prefers.
Side side_of_member(const Versions& member, Side preferred) {
  switch (compare(member)) {
    case Verdict::unchanged:
    case Verdict::same_change:
    case Verdict::only_local: return Side::local;
    case Verdict::only_remote: return Side::remote;
    case Verdict::conflict: return preferred;
  }
  return preferred;
}

/// By the date, else by its spelling, so that every machine takes the same one.
Side later_deletion(const Versions& profile) {
  const auto local = config::deleted_at(*profile.local);
  const auto remote = config::deleted_at(*profile.remote);
  if (local != remote) return remote > local ? Side::remote : Side::local;
  const auto spelling = [](const json::Value& tombstone) {
    const json::Value* date = tombstone.find("deletedAt");
    return date != nullptr ? json::write_canonical(*date) : std::string();
  };
  return spelling(*profile.remote) > spelling(*profile.local) ? Side::remote : Side::local;
}

Fate fate_of_two_tombstones(const Versions& profile, const Ledger& ledger) {
  const Verdict verdict = compare(profile);
  const Side later = later_deletion(profile);
  const Side base = side_of_member(profile, later);
  json::Value merged = config::stripped_tombstone(*profile.of(base));
  for (const std::string_view name : {"name", "id", "order", "deletedAt"}) {
    const Versions member = profile.member(name);
    const Side side = side_of_member(member, name == "deletedAt" ? later : ledger.preferred_side());
    if (const json::Value* value = member.of(side)) {
      merged.as_object()->set(name, *value);
    } else {
      merged.as_object()->remove(name);
    }
  }
  switch (verdict) {
    case Verdict::unchanged: return whole(std::move(merged), std::nullopt, base);
    case Verdict::same_change:
      return whole(std::move(merged), Reason::both_made_the_same_change, base);
    case Verdict::only_local:
    case Verdict::only_remote: return whole(std::move(merged), only_changed(base), base);
    case Verdict::conflict: break;
  }
  // Two deletions agree on what counts, whenever each of them was.
  const bool was_live =
      profile.ancestors.any([](const json::Value* ancestor) { return is_live(ancestor); });
  const Reason reason = was_live ? Reason::both_made_the_same_change : Reason::by_rule;
  return whole(std::move(merged), reason, base);
}

}  // namespace

bool Fate::is_live() const {
  return kind == Kind::by_field || (value && !config::is_tombstone(*value));
}

Fate decide_fate(const Versions& profile, const FieldPath& path, const Ledger& ledger) {
  const bool local_lives = is_live(profile.local);
  const bool remote_lives = is_live(profile.remote);
  if (local_lives && remote_lives) {
    // Added alike on both sides: one piece of news, not one for each field.
    const bool added_alike =
        profile.ancestors.first_present() == nullptr && same(profile.local, profile.remote);
    if (!added_alike) return {};
    return whole(copy_of(profile.local), Reason::both_made_the_same_change, Side::local);
  }
  if (local_lives) return fate_of_one(profile, Side::local, path, ledger);
  if (remote_lives) return fate_of_one(profile, Side::remote, path, ledger);
  if (profile.local != nullptr && profile.remote != nullptr) {
    return fate_of_two_tombstones(profile, ledger);
  }
  if (profile.local != nullptr) return fate_of_one_tombstone(profile, Side::local);
  if (profile.remote != nullptr) return fate_of_one_tombstone(profile, Side::remote);
  // Gone on both sides, unless one ancestor never had it either.
  const bool is_news = compare(profile) == Verdict::same_change;
  return whole(std::nullopt,
               is_news ? std::optional(Reason::both_made_the_same_change) : std::nullopt,
               Side::local);
}

}  // namespace start_claude::resolve
