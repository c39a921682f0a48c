// The book a merge keeps: what each field became and why, and what settles its conflicts.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "resolve/merge.h"

namespace start_claude::resolve {

/// Both absent, or both there and equal.
bool same(const json::Value* a, const json::Value* b);

/// One field as each of the ancestors has it; null where it is absent. Nearly always there is one
/// ancestor (or none, which is one that has nothing), and that takes no memory of its own.
class Ancestors {
 public:
  Ancestors(const json::Value* only = nullptr) : first_(only) {}
  explicit Ancestors(const std::vector<const json::Value*>& values);

  std::size_t size() const { return 1 + others_.size(); }
  const json::Value* operator[](std::size_t i) const { return i == 0 ? first_ : others_[i - 1]; }

  /// Whether the predicate is true of the field in one of them, absent or not.
  template <class Predicate>
  bool any(Predicate predicate) const {
    return predicate(first_) || std::any_of(others_.begin(), others_.end(), predicate);
  }
  /// Whether one of them has the field like that.
  bool have(const json::Value* value) const {
    return any([&](const json::Value* ancestor) { return same(ancestor, value); });
  }
  /// What `change` makes of the field in each of them.
  template <class Change>
  Ancestors each(Change change) const {
    Ancestors changed(change(first_));
    for (const json::Value* other : others_) changed.others_.push_back(change(other));
    return changed;
  }
  /// The field in the first of them that has it.
  const json::Value* first_present() const;

 private:
  const json::Value* first_;
  std::vector<const json::Value*> others_;
};

/// One field (or profile, or document) as all documents have it; null where it is absent.
struct Versions {
  Ancestors ancestors = {};
  const json::Value* local = nullptr;
  const json::Value* remote = nullptr;

  const json::Value* of(Side side) const { return side == Side::local ? local : remote; }
  /// The member of that name in each of them.
  Versions member(std::string_view name) const;
};

std::optional<json::Value> copy_of(const json::Value* value);
Side other_side(Side side);

/// What the algebra says about the versions: merge_three_way(), kept apart by which of its cases it
/// was. What one ancestor has as both sides have it is unchanged.
enum class Verdict { unchanged, same_change, only_local, only_remote, conflict };
Verdict compare(const Versions& versions);

class Ledger {
 public:
  enum class Ancestor { known, unknown };

  Ledger(const MergeOptions& options, Ancestor ancestor);

  /// The choice with the longest path that leads to `path`.
  std::optional<Side> choice(const FieldPath& path) const;
  /// What settles a conflict at `path`: a choice, else the side that settles all.
  std::optional<Side> settlement(const FieldPath& path) const;
  /// Where a rule needs a side and no conflict is made of it.
  Side preferred_side() const { return conflicts_.value_or(Side::local); }

  struct Taken {
    std::optional<json::Value> merged;
    Reason reason = Reason::by_rule;
    Side from = Side::local;
  };
  void record(const FieldPath& path, const Versions& versions, Taken taken);
  /// The same for a field with two different changes.
  void record_conflict(const FieldPath& path, const Versions& versions, Taken taken,
                       std::optional<Side> settled_by);

  MergeResult close(json::Value merged);

 private:
  std::optional<Side> conflicts_;
  std::map<FieldPath, Side> choices_;
  Ancestor ancestor_;
  MergeResult result_;
};

}  // namespace start_claude::resolve
