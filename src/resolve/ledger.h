// The book a merge keeps: what each field became and why, and what settles its conflicts.
#pragma once

#include <map>
#include <optional>

#include "resolve/merge.h"

namespace start_claude::resolve {

/// One field (or profile, or document) as the three documents have it; null where it is absent.
struct Versions {
  const json::Value* ancestor = nullptr;
  const json::Value* local = nullptr;
  const json::Value* remote = nullptr;

  const json::Value* of(Side side) const { return side == Side::local ? local : remote; }
  /// The member of that name in each of them.
  Versions member(std::string_view name) const;
};

/// Both absent, or both there and equal.
bool same(const json::Value* a, const json::Value* b);
std::optional<json::Value> copy_of(const json::Value* value);
Side other_side(Side side);

/// What the algebra says about three versions.
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
