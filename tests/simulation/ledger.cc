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
  for (const auto& conflict : conflicts) {
    paths_.insert(resolve::format_path(conflict.path));
  }
}

bool Told::knows(const std::string& field) const {
  return std::any_of(paths_.begin(), paths_.end(), [&](const std::string& path) {
    return field == path || field.starts_with(path + ".");
  });
}

std::string Ledger::new_value(const std::string& author) {
  // Closed with a slash, so that no value is part of another one.
  return author + "/" + std::to_string(++count_) + "/";
}

void Ledger::add(Edit edit) {
  if (!edit.over.empty()) note_seen(edit.value, edit.over);
  edits_[edit.field].push_back(std::move(edit));
}

void Ledger::note_seen(const std::string& later, const std::string& earlier) {
  seen_[later].emplace(earlier, ++now_);
}

bool Ledger::has_seen(const std::string& later, const std::string& earlier, std::size_t by) const {
  std::set<std::string> known;
  std::vector<std::string> open{later};
  while (!open.empty()) {
    const auto seen = seen_.find(open.back());
    open.pop_back();
    if (seen == seen_.end()) continue;
    for (const auto& [value, when] : seen->second) {
      if (when > by) continue;
      if (value == earlier) return true;
      if (known.insert(value).second) open.push_back(value);
    }
  }
  return false;
}

void Ledger::settled(const resolve::FieldChange& conflict) {
  const auto text_of = [](const std::optional<Value>& value) {
    return value && value->as_string() != nullptr ? *value->as_string() : std::string();
  };
  const std::string winner = text_of(conflict.merged);
  for (const std::string& side : {text_of(conflict.local), text_of(conflict.remote)}) {
    if (!winner.empty() && !side.empty() && side != winner) note_seen(winner, side);
  }
}

std::string Ledger::why_no_conflict(const resolve::FieldChange& told, std::size_t by) const {
  if (!told.local || !told.remote) return "";
  const std::string* local = told.local->as_string();
  const std::string* remote = told.remote->as_string();
  if (local == nullptr || remote == nullptr) return "";
  const bool knew = has_seen(*local, *remote, by);
  // Two that settled it in two ways have seen each other.
  if (knew == has_seen(*remote, *local, by)) return "";
  return resolve::format_path(told.path) + ": " + (knew ? *local : *remote) + " had seen " +
         (knew ? *remote : *local);
}

void Ledger::excuse(const std::string* lost_value) {
  if (lost_value != nullptr) excused_.insert(*lost_value);
}

void Ledger::overwritten_blindly(const Value& before, const Value& after, const std::string& by) {
  for (const auto& [field, edits] : edits_) {
    const std::string* was = field_of(before, field);
    const std::string* is = field_of(after, field);
    if (was == nullptr ? is == nullptr : is != nullptr && *was == *is) continue;
    contested_.emplace(field, by);
    excuse(was);
  }
}

void Ledger::destroyed_on(const Value& document) {
  std::vector<std::string> open;
  for (const auto& [field, edits] : edits_) {
    if (const std::string* value = field_of(document, field)) open.push_back(*value);
  }
  while (!open.empty()) {
    const std::string value = open.back();
    open.pop_back();
    if (!gone_.insert(value).second) continue;
    const auto seen = seen_.find(value);
    if (seen == seen_.end()) continue;
    for (const auto& [earlier, when] : seen->second) open.push_back(earlier);
  }
}

void Ledger::destroyed(const Value& before) {
  for (const auto& [field, edits] : edits_) excuse(field_of(before, field));
}

namespace {

const std::string cut_off = "an edit right after a run that was cut off may look opposed";
const std::string foreign_edit_overwritten =
    "a foreign edit was overwritten before anyone had read it";

/// One field's edits against its outcome.
class FieldJudge {
 public:
  FieldJudge(const std::string& field, const std::vector<Edit>& edits, const Judgement& judgement,
             const std::set<std::string>& excusable, const std::set<std::string>& gone,
             Judged& verdict)
      : field_(field),
        edits_(edits),
        judgement_(judgement),
        excusable_(excusable),
        gone_(gone),
        verdict_(verdict) {
    const std::string* found = field_of(judgement.outcome, field);
    is_gone_ = found == nullptr;
    outcome_ = is_gone_ ? "nothing" : *found;
  }

  void blame(const std::string& overwriter) { contested_ = {overwriter}; }
  void judge() {
    judge_outcome();
    for (const Edit& edit : edits_) {
      const bool is_loser = is_last(edit, Sight::clouded) && edit.value != outcome_;
      if (is_loser && !gone_.contains(edit.value)) judge_loser(edit);
    }
  }

 private:
  /// Whether nobody who saw it that well (or better) replaced it.
  bool is_last(const Edit& edit, Sight sight) const {
    return std::none_of(edits_.begin(), edits_.end(), [&](const Edit& later) {
      return later.over == edit.value && !gone_.contains(later.value) &&
             (sight == Sight::clouded || later.sight == Sight::clear);
    });
  }
  std::size_t count_last(Sight sight) const {
    return static_cast<std::size_t>(std::count_if(
        edits_.begin(), edits_.end(), [&](const Edit& edit) { return is_last(edit, sight); }));
  }
  bool is_left_at(Sight sight) const {
    return std::any_of(edits_.begin(), edits_.end(), [&](const Edit& edit) {
      return edit.value == outcome_ && is_last(edit, sight);
    });
  }

  /// True if there is an excuse of that kind, which is then counted.
  bool excused_by(const Reasons& reasons) {
    for (const std::string& reason : reasons) ++verdict_.excuses[reason];
    return !reasons.empty();
  }
  bool excused_by(const std::string& reason) { return excused_by(Reasons{reason}); }

  void judge_outcome() {
    if (is_left_at(Sight::clouded)) return;
    if (is_left_at(Sight::clear) && excused_by(cut_off)) return;
    // Where clocks do not tell all any earlier value may win, and so may a deletion of what
    // surrounds it.
    if (is_gone_ && !gone_.empty()) return;
    const bool is_some_edit =
        is_gone_ || std::any_of(edits_.begin(), edits_.end(),
                                [&](const Edit& edit) { return edit.value == outcome_; });
    if (is_some_edit && excused_by(judgement_.clock_doubts)) return;
    if (excused_by(contested_)) return;
    verdict_.broken.push_back(field_ + " is " + outcome_ + ", which nobody left it at");
  }

  void judge_loser(const Edit& edit) {
    const std::string what = "the edit of " + field_ + " to " + edit.value;
    const bool is_opposed = count_last(Sight::clouded) > 1 ||
                            (count_last(Sight::clear) > 1 && excused_by(cut_off)) ||
                            excused_by(contested_) || excused_by(judgement_.clock_doubts);
    if (!is_opposed) verdict_.broken.push_back(what + " is undone, unopposed");
    const bool was_only_there = edit.is_foreign && excusable_.contains(edit.value);
    if (!judgement_.is_recoverable(edit.value) &&
        !(was_only_there && excused_by(foreign_edit_overwritten))) {
      verdict_.broken.push_back(what + " is lost: " + outcome_ +
                                " took its place, and no history has it");
    }
    const bool is_told = judgement_.told.knows(field_) || excused_by(contested_) ||
                         (was_only_there && excused_by(foreign_edit_overwritten)) ||
                         excused_by(judgement_.told.of_everything());
    if (!is_told)
      verdict_.broken.push_back(what + " lost to " + outcome_ + ", and nobody was told");
  }

  const std::string& field_;
  const std::vector<Edit>& edits_;
  const Judgement& judgement_;
  const std::set<std::string>& excusable_;  ///< values only an overwritten object had
  const std::set<std::string>& gone_;
  Judged& verdict_;
  bool is_gone_ = false;
  std::string outcome_;
  Reasons contested_;
};

}  // namespace

Judged Ledger::judge(const Judgement& judgement) const {
  Judged verdict;
  for (const auto& [field, edits] : edits_) {
    FieldJudge judge(field, edits, judgement, excused_, gone_, verdict);
    if (const auto found = contested_.find(field); found != contested_.end()) {
      judge.blame(found->second);
    }
    judge.judge();
  }
  return verdict;
}

}  // namespace start_claude::simulation
