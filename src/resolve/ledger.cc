#include "resolve/ledger.h"

#include <algorithm>
#include <utility>

namespace start_claude::resolve {
namespace {

const json::Value* member_of(const json::Value* value, std::string_view name) {
  return value != nullptr ? value->find(name) : nullptr;
}

/// What it was, for a person: of several ancestors as the one has it by which it was decided.
const json::Value* told_ancestor(const Versions& versions) {
  const Ancestors& ancestors = versions.ancestors;
  if (ancestors.size() == 1) return ancestors[0];
  switch (compare(versions)) {
    case Verdict::unchanged:
    case Verdict::only_remote: return versions.local;
    case Verdict::only_local: return versions.remote;
    case Verdict::same_change:
    case Verdict::conflict: break;
  }
  return ancestors.first_present();
}

}  // namespace

Ancestors::Ancestors(const std::vector<const json::Value*>& values)
    : first_(values.empty() ? nullptr : values.front()) {
  if (values.size() > 1) others_.assign(values.begin() + 1, values.end());
}

const json::Value* Ancestors::first_present() const {
  if (first_ != nullptr) return first_;
  const auto found = std::find_if(others_.begin(), others_.end(),
                                  [](const json::Value* value) { return value != nullptr; });
  return found != others_.end() ? *found : nullptr;
}

Versions Versions::member(std::string_view name) const {
  return {ancestors.each([&](const json::Value* ancestor) { return member_of(ancestor, name); }),
          member_of(local, name), member_of(remote, name)};
}

bool same(const json::Value* a, const json::Value* b) {
  if (a == b) return true;
  return a != nullptr && b != nullptr && *a == *b;
}

std::optional<json::Value> copy_of(const json::Value* value) {
  if (value == nullptr) return std::nullopt;
  return *value;
}

Side other_side(Side side) { return side == Side::local ? Side::remote : Side::local; }

Verdict compare(const Versions& versions) {
  const Ancestors& ancestors = versions.ancestors;
  if (same(versions.local, versions.remote)) {
    return ancestors.have(versions.local) ? Verdict::unchanged : Verdict::same_change;
  }
  // One ancestor cannot say both.
  const bool local_stayed = ancestors.have(versions.local);
  if (ancestors.size() == 1 && local_stayed) return Verdict::only_remote;
  const bool remote_stayed = ancestors.have(versions.remote);
  if (local_stayed == remote_stayed) return Verdict::conflict;
  return local_stayed ? Verdict::only_remote : Verdict::only_local;
}

Ledger::Ledger(const MergeOptions& options, Ancestor ancestor)
    : conflicts_(options.conflicts), ancestor_(ancestor) {
  for (const Choice& choice : options.choices) choices_[choice.path] = choice.side;
}

std::optional<Side> Ledger::choice(const FieldPath& path) const {
  if (choices_.empty()) return std::nullopt;
  for (FieldPath prefix = path;; prefix.pop_back()) {
    const auto found = choices_.find(prefix);
    if (found != choices_.end()) return found->second;
    if (prefix.empty()) return std::nullopt;
  }
}

std::optional<Side> Ledger::settlement(const FieldPath& path) const {
  const auto chosen = choice(path);
  return chosen ? chosen : conflicts_;
}

void Ledger::record(const FieldPath& path, const Versions& versions, Taken taken) {
  // Where nothing is known of an ancestor, agreement is no news.
  const bool is_news =
      ancestor_ == Ancestor::known || taken.reason != Reason::both_made_the_same_change;
  if (!is_news) return;
  result_.changes.push_back({.path = path,
                             .ancestor = copy_of(told_ancestor(versions)),
                             .local = copy_of(versions.local),
                             .remote = copy_of(versions.remote),
                             .merged = std::move(taken.merged),
                             .reason = taken.reason,
                             .taken_from = taken.from});
}

void Ledger::record_conflict(const FieldPath& path, const Versions& versions, Taken taken,
                             std::optional<Side> settled_by) {
  record(path, versions, std::move(taken));
  result_.conflicts.push_back(result_.changes.back());
  if (!settled_by) ++result_.unsettled;
}

MergeResult Ledger::close(json::Value merged) {
  result_.merged = std::move(merged);
  return std::move(result_);
}

}  // namespace start_claude::resolve
