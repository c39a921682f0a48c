#include "simulation/ledger.h"

#include <algorithm>

#include "base/text.h"
#include "config/profile.h"

namespace start_claude::simulation {
namespace {

using json::Value;

Value& member(Value& object, std::string_view name, Value otherwise) {
  if (object.as_object()->find(name) == nullptr) {
    object.as_object()->set(name, std::move(otherwise));
  }
  return *object.as_object()->find(name);
}

Value& profile_named(Value& document, std::string_view name) {
  json::Array& entries = *member(document, "configs", json::Array{}).as_array();
  for (Value& entry : entries) {
    if (config::name_of(entry) == name) return entry;
  }
  entries.emplace_back(json::Object{{"name", name}});
  return entries.back();
}

const Value* find_profile(const Value& document, std::string_view name) {
  const Value* configs = document.find("configs");
  if (configs == nullptr || configs->as_array() == nullptr) return nullptr;
  for (const Value& entry : *configs->as_array()) {
    if (config::name_of(entry) == name) return &entry;
  }
  return nullptr;
}

}  // namespace

const std::string* field_of(const Value& document, const std::string& field) {
  const auto names = base::split(field, '.');
  const Value* at =
      names[0] == "settings" ? document.find("settings") : find_profile(document, names[0]);
  for (std::size_t i = 1; at != nullptr && i < names.size(); ++i) at = at->find(names[i]);
  return at != nullptr ? at->as_string() : nullptr;
}

void set_field(Value& document, const std::string& field, const std::string& value) {
  const auto names = base::split(field, '.');
  Value* at = names[0] == "settings" ? &member(document, "settings", json::Object{})
                                     : &profile_named(document, names[0]);
  for (std::size_t i = 1; i + 1 < names.size(); ++i) at = &member(*at, names[i], json::Object{});
  at->as_object()->set(names.back(), value);
}

void Told::about(const std::vector<resolve::FieldChange>& conflicts) {
  for (const auto& conflict : conflicts) paths_.insert(resolve::format_path(conflict.path));
}

bool Told::knows(const std::string& field) const {
  if (everything_) return true;
  return std::any_of(paths_.begin(), paths_.end(), [&](const std::string& path) {
    return field == path || field.starts_with(path + ".");
  });
}

std::string Ledger::new_value(const std::string& author) {
  // Closed with a slash, so that no value is part of another one.
  return author + "/" + std::to_string(++count_) + "/";
}

void Ledger::add(Edit edit) { edits_[edit.field].push_back(std::move(edit)); }

void Ledger::excuse(const std::string* lost_value) {
  if (lost_value != nullptr) excused_.insert(*lost_value);
}

void Ledger::overwritten_blindly(const Value& before, const Value& after) {
  for (const auto& [field, edits] : edits_) {
    const std::string* was = field_of(before, field);
    const std::string* is = field_of(after, field);
    if (was == nullptr ? is == nullptr : is != nullptr && *was == *is) continue;
    contested_.insert(field);
    excuse(was);
  }
}

void Ledger::destroyed(const Value& before) {
  for (const auto& [field, edits] : edits_) excuse(field_of(before, field));
}

void Ledger::judge_field(const std::string& field, const Judgement& judgement,
                         std::vector<std::string>& broken) const {
  const std::vector<Edit>& edits = edits_.at(field);
  const std::string* found = field_of(judgement.outcome, field);
  const std::string outcome = found != nullptr ? *found : "nothing";
  const bool is_contested = contested_.contains(field);
  const auto is_last = [&](const Edit& edit, bool counts_clouded) {
    return std::none_of(edits.begin(), edits.end(), [&](const Edit& later) {
      return later.over == edit.value && (counts_clouded || later.sight == Sight::clear);
    });
  };
  // A deletion of what surrounds the field may have won, too.
  bool may_be_outcome = judgement.lineage_was_cut && found == nullptr;
  for (const Edit& edit : edits) {
    const bool may_stand = is_contested || judgement.lineage_was_cut || is_last(edit, false);
    may_be_outcome = may_be_outcome || (edit.value == outcome && may_stand);
  }
  if (!may_be_outcome && !is_contested) {
    broken.push_back(field + " is " + outcome + ", which nobody left it at");
  }
  std::size_t last_count = 0;
  for (const Edit& edit : edits) last_count += is_last(edit, false) ? 1U : 0U;
  for (const Edit& edit : edits) {
    if (!is_last(edit, true) || edit.value == outcome) continue;
    const std::string what = "the edit of " + field + " to " + edit.value;
    const bool is_opposed = last_count > 1 || is_contested;
    if (!is_opposed && !judgement.lineage_was_cut) broken.push_back(what + " is undone, unopposed");
    const bool is_excused = edit.is_foreign && excused_.contains(edit.value);
    if (!is_excused && !judgement.is_recoverable(edit.value)) {
      broken.push_back(what + " is lost: " + outcome + " took its place, and no history has it");
    }
    if (!is_contested && !is_excused && !judgement.told.knows(field)) {
      broken.push_back(what + " lost to " + outcome + ", and nobody was told");
    }
  }
}

std::vector<std::string> Ledger::judge(const Judgement& judgement) const {
  std::vector<std::string> broken;
  for (const auto& [field, edits] : edits_) judge_field(field, judgement, broken);
  return broken;
}

}  // namespace start_claude::simulation
