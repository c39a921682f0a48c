#include "resolve/effects.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "config/document.h"
#include "config/profile.h"
#include "json/write.h"
#include "resolve/ancestry.h"
#include "resolve/profile_slots.h"

namespace start_claude::resolve {
namespace {

using Kind = Effect::Kind;

bool is_live(const json::Value* profile) {
  return profile != nullptr && profile->as_object() != nullptr && !config::is_tombstone(*profile);
}

bool is_live(const std::optional<json::Value>& profile) {
  return is_live(profile ? &*profile : nullptr);
}

bool is_member_of_profile(const FieldPath& path, std::string_view name) {
  return path.size() == 3 && path[0] == "configs" && path[2] == name;
}

/// What makes a profile what it is, whatever it is called and wherever it stands.
std::string body_of(const json::Value& profile) {
  json::Value body = profile;
  json::Object& object = *body.as_object();
  for (const std::string_view name : {"name", "order", "isDefault"}) object.remove(name);
  return object.empty() ? std::string() : json::write_canonical(body);
}

/// For each of `gone` the one of `come` that is the same profile by another name.
std::vector<std::optional<std::size_t>> successors(const std::vector<const json::Value*>& gone,
                                                   const std::vector<const json::Value*>& come) {
  std::vector<std::optional<std::size_t>> found(gone.size());
  if (gone.empty() || come.empty()) return found;
  std::unordered_map<std::string, std::size_t> bodies;
  for (std::size_t i = 0; i < come.size(); ++i) bodies.try_emplace(body_of(*come[i]), i);
  bodies.erase("");
  for (std::size_t i = 0; i < gone.size(); ++i) {
    const auto same = bodies.find(body_of(*gone[i]));
    if (same == bodies.end()) continue;
    found[i] = same->second;
    bodies.erase(same);
  }
  return found;
}

/// What became of one field; nothing where it is nobody's business.
std::optional<Effect> effect_of(const FieldChange& change) {
  const FieldPath& path = change.path;
  if (path.size() == 2 && path[0] == "configs") {
    const bool was = is_live(change.local);
    const bool is = is_live(change.remote);
    if (was == is) return std::nullopt;
    return Effect{was ? Kind::removed : Kind::added, path, was ? change.local : std::nullopt,
                  is ? change.remote : std::nullopt};
  }
  if (is_member_of_profile(path, "deletedAt")) return std::nullopt;
  const bool is_name = is_member_of_profile(path, "name");
  return Effect{is_name ? Kind::renamed : Kind::changed, path, change.local, change.remote};
}

/// Removed and added again under another name is renamed.
std::vector<Effect> with_renamed(std::vector<Effect> effects) {
  std::vector<std::size_t> gone_at;
  std::vector<std::size_t> come_at;
  std::vector<const json::Value*> gone;
  std::vector<const json::Value*> come;
  for (std::size_t i = 0; i < effects.size(); ++i) {
    if (effects[i].kind == Kind::removed) {
      gone_at.push_back(i);
      gone.push_back(&*effects[i].before);
    } else if (effects[i].kind == Kind::added) {
      come_at.push_back(i);
      come.push_back(&*effects[i].after);
    }
  }
  const auto found = successors(gone, come);
  std::vector<bool> is_dropped(effects.size());
  for (std::size_t i = 0; i < gone.size(); ++i) {
    if (!found[i]) continue;
    Effect& effect = effects[gone_at[i]];
    is_dropped[come_at[*found[i]]] = true;
    effect = {Kind::renamed,
              {effect.path[0], effect.path[1], "name"},
              json::Value(config::name_of(*gone[i])),
              json::Value(config::name_of(*come[*found[i]]))};
  }
  std::vector<Effect> kept;
  for (std::size_t i = 0; i < effects.size(); ++i) {
    if (!is_dropped[i]) kept.push_back(std::move(effects[i]));
  }
  return kept;
}

const json::Value* document_of(const SideState& side) {
  return side.snapshot() != nullptr ? &side.snapshot()->document : nullptr;
}

/// What each side becomes; null where it stays as it is.
struct Outcome {
  const json::Value* local = nullptr;
  const json::Value* remote = nullptr;
};

Outcome outcome_of(const Input& input, const Resolution& resolution) {
  if (std::holds_alternative<Upload>(resolution)) return {nullptr, document_of(input.local)};
  if (std::holds_alternative<Download>(resolution)) return {document_of(input.remote), nullptr};
  if (const auto* merge = std::get_if<Merge>(&resolution)) {
    const json::Value* merged = &merge->result.merged;
    return {merged, merge->upload ? merged : nullptr};
  }
  return {};
}

bool is_many(std::size_t removed, const json::Value& before) {
  return removed > removed_unasked_max && 2 * removed > config::profile_count(before);
}

}  // namespace

std::vector<Effect> effects_between(const json::Value& before, const json::Value& after) {
  std::vector<Effect> effects;
  bool is_order_changed = false;
  for (const FieldChange& change : differences(before, after)) {
    if (change.path == FieldPath{"configs"} || is_member_of_profile(change.path, "order")) {
      is_order_changed = true;
    } else if (auto effect = effect_of(change)) {
      effects.push_back(*std::move(effect));
    }
  }
  effects = with_renamed(std::move(effects));
  if (is_order_changed) effects.push_back({Kind::changed, {"configs"}, {}, {}});
  std::stable_sort(effects.begin(), effects.end(),
                   [](const Effect& a, const Effect& b) { return a.kind < b.kind; });
  return effects;
}

Effects effects_of(const Input& input, const Resolution& resolution) {
  const auto effects = [](const json::Value* before, const json::Value* after) {
    const bool is_replaced = before != nullptr && after != nullptr;
    return is_replaced ? effects_between(*before, *after) : std::vector<Effect>{};
  };
  const Outcome outcome = outcome_of(input, resolution);
  return {effects(document_of(input.local), outcome.local),
          effects(document_of(input.remote), outcome.remote)};
}

bool loses_something(const std::vector<Effect>& effects) {
  return std::any_of(effects.begin(), effects.end(), [](const Effect& effect) {
    return effect.kind == Kind::removed || (effect.kind == Kind::changed && effect.before);
  });
}

std::vector<std::string> removed_profiles(const json::Value& before, const json::Value& after) {
  std::vector<std::string> labels;
  std::vector<const json::Value*> gone;
  std::vector<const json::Value*> come;
  const Slots slots = match_profiles({nullptr, before.find("configs"), after.find("configs")});
  for (const Slot& slot : slots.slots) {
    const bool was = is_live(slot.versions.local);
    const bool is = is_live(slot.versions.remote);
    if (was && !is) {
      labels.push_back(slot.label);
      gone.push_back(slot.versions.local);
    } else if (!was && is) {
      come.push_back(slot.versions.remote);
    }
  }
  const auto found = successors(gone, come);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < gone.size(); ++i) {
    if (!found[i]) names.push_back(std::move(labels[i]));
  }
  return names;
}

bool removes_many(const json::Value& before, const json::Value& after) {
  return is_many(removed_profiles(before, after).size(), before);
}

namespace {

/// The profiles that `resolution` would remove on either side, if they are too many.
Removals many_removed(const Input& input, const Resolution& resolution) {
  const Outcome outcome = outcome_of(input, resolution);
  const auto removed = [&](Side from, const SideState& side, const json::Value* after) -> Removals {
    const json::Value* before = document_of(side);
    if (before == nullptr || after == nullptr) return {};
    auto names = removed_profiles(*before, *after);
    // Profiles that were added meanwhile do not make a deletion smaller than it was.
    const bool is_many_of_ancestor =
        names.size() > removed_unasked_max && any_ancestor(input, [&](const Snapshot& ancestor) {
          return removes_many(ancestor.document, *after);
        });
    if (!is_many(names.size(), *before) && !is_many_of_ancestor) return {};
    return {from, std::move(names), config::profile_count(*before)};
  };
  Removals here = removed(Side::local, input.local, outcome.local);
  return !here.empty() ? here : removed(Side::remote, input.remote, outcome.remote);
}

}  // namespace

Removals removals_of(const Resolution& resolution) {
  if (const auto* hold = std::get_if<Hold>(&resolution)) return hold->removals;
  if (const auto* question = std::get_if<Question>(&resolution)) return question->removals;
  return {};
}

Resolution ask_before_many_removals(const Input& input, Resolution resolution) {
  if (input.force == Force::yes) return resolution;
  if (auto* question = std::get_if<Question>(&resolution)) {
    const bool merges = question->merge && question->topic != Topic::choose_side;
    if (!merges) return resolution;
    question->removals =
        many_removed(input, Merge{question->cause, *question->merge, may_upload(input)});
    if (!question->removals.empty()) question->default_option = Option::no;
    return resolution;
  }
  Removals removals = many_removed(input, resolution);
  if (removals.empty()) return resolution;
  if (input.occasion != Occasion::by_hand) return Hold{Cause::many_removed, {}, removals};
  return Question{.topic = Topic::accept_removals,
                  .cause = Cause::many_removed,
                  .options = {Option::yes, Option::no},
                  .default_option = Option::no,
                  .removals = std::move(removals)};
}

}  // namespace start_claude::resolve
