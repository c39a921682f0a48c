// Three-way merge of two config documents over their common ancestor, field by field.
//
// Pure: values in, values out. The algebra comes first: agreement wins, then the side that changed;
// two different changes of one field are a conflict, never a silent choice. Every value taken has a
// reason, so that a person can be shown what a merge did.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "json/value.h"

namespace start_claude::resolve {

/// The policy for one field, total over its cases; nothing means conflict.
template <std::equality_comparable T>
std::optional<T> merge_three_way(const T& ancestor, const T& local, const T& remote) {
  if (local == remote) return local;     // agreement, whoever made it
  if (local == ancestor) return remote;  // only they changed
  if (remote == ancestor) return local;  // only we changed
  return std::nullopt;                   // two different changes have no answer here
}

enum class Side { local, remote };

/// Why a field has the value it has in the merge.
enum class Reason {
  only_local_changed,
  only_remote_changed,
  both_made_the_same_change,
  both_added_to_a_set,  ///< an array of scalars to which both sides only added
  chosen,               ///< a conflict, settled by MergeOptions::conflicts
  one_default_profile,  ///< isDefault cleared, because one profile only may have it
};

/// Where a field is: {"configs", "production", "model"} or {"settings", "balanceMode", "port"}.
/// For profiles the second element is the name (never an index).
using FieldPath = std::vector<std::string>;
/// For people: "production.model", "settings.balanceMode.port".
std::string format_path(const FieldPath& path);

/// One field that differs; an absent value means the field (or the whole profile) is not there.
struct FieldChange {
  FieldPath path;
  std::optional<json::Value> ancestor;
  std::optional<json::Value> local;
  std::optional<json::Value> remote;
  std::optional<json::Value> merged;
  Reason reason = Reason::chosen;
  Side taken_from = Side::local;
  bool operator==(const FieldChange&) const = default;
};

/// A choice for one conflicting field.
struct Choice {
  FieldPath path;
  Side side;
};

struct MergeOptions {
  /// Which side settles conflicting fields; nothing leaves them as conflicts (and the local value
  /// stands in `merged` meanwhile).
  std::optional<Side> conflicts = {};
  /// Goes before `conflicts`, field by field.
  std::vector<Choice> choices = {};
};

struct MergeResult {
  /// The merged document, without settings.s3Sync. Member order is local's, with what only remote
  /// has after its predecessor there.
  json::Value merged;
  /// Every field in which local or remote differs from the ancestor, in document order.
  std::vector<FieldChange> changes;
  /// Those of `changes` that have two different changes, settled or not.
  std::vector<FieldChange> conflicts;
  bool settled() const { return settled_; }
  bool settled_ = true;
};

/// Documents without settings.s3Sync (config::without_s3_sync). An absent ancestor means nothing is
/// known of one: profiles and fields only one side has are additions, different values conflict.
/// Profiles match by id, else by case-folded name.
MergeResult merge(const std::optional<json::Value>& ancestor, const json::Value& local,
                  const json::Value& remote, const MergeOptions& options);

/// How two documents differ: every field with different values, as changes from `from` (in
/// `local`) to `to` (in `remote`). Layout and member order do not count.
std::vector<FieldChange> differences(const json::Value& from, const json::Value& to);

/// `document` without the tombstones that were deleted more than 30 days before `now`. Tombstones
/// without a readable date stay.
json::Value prune_tombstones(json::Value document, UtcTime now);

}  // namespace start_claude::resolve
