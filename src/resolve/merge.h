// Three-way merge of two config documents over their common ancestor, or several, field by field.
//
// Pure: values in, values out. The algebra comes first: agreement wins, then the side that changed;
// two different changes of one field are a conflict, never a silent choice (but see
// Reason::by_rule). Every value taken has a reason, so that a person can be shown what a merge did.
// Linear in the size of the documents.
#pragma once

#include <algorithm>
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

/// The same over several ancestors of which none comes from another: one that sees a single change
/// is believed, unless another one sees the other. (What an ancestor lacks, it sees as a change.)
template <std::equality_comparable T>
std::optional<T> merge_three_way(const std::vector<T>& ancestors, const T& local, const T& remote) {
  const auto have = [&](const T& value) {
    return std::find(ancestors.begin(), ancestors.end(), value) != ancestors.end();
  };
  if (local == remote) return local;
  if (have(local) == have(remote)) return std::nullopt;
  return have(local) ? remote : local;
}

enum class Side { local, remote };

/// Why a field has the value it has in the merge.
enum class Reason {
  only_local_changed,
  only_remote_changed,
  both_made_the_same_change,
  both_added_to_a_set,  ///< an array of scalars to which both sides only added
  /// Two different changes of a field that never conflicts: `version` (the higher), the order of
  /// `configs` and the `order` of a profile (the preferred side's, else local's), a generated `id`
  /// (the lesser text, on every machine the same), a date of deletion (the later).
  by_rule,
  chosen,     ///< a conflict, settled by MergeOptions
  unsettled,  ///< a conflict nobody settled; local stands meanwhile
  /// isDefault set or cleared, because exactly one profile has it.
  one_default_profile,
};

/// Where a field is: {"configs", "production", "model"} or {"settings", "balanceMode", "port"}.
/// For profiles the second element is the name (never an index): the ancestor's spelling of it,
/// else local's, else remote's. Where several profiles have one name, all but the first get "#2",
/// "#3".
/// {"configs"} alone is the order of the profiles, as a list of names.
using FieldPath = std::vector<std::string>;
/// For people: "production.model", "settings.balanceMode.port", "order of profiles".
std::string format_path(const FieldPath& path);

/// One field that differs; an absent value means the field (or the whole profile) is not there.
/// Of several ancestors it has the one that decided, else the first that has the field.
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

/// A choice for one conflicting field, and for everything under its path.
struct Choice {
  FieldPath path;
  Side side;
};

struct MergeOptions {
  /// Which side settles conflicting fields; nothing leaves them as conflicts (and the local value
  /// stands in `merged` meanwhile).
  std::optional<Side> conflicts = {};
  /// Goes before `conflicts`; of several choices the one with the longest path decides.
  std::vector<Choice> choices = {};
};

struct MergeResult {
  /// The merged document, without settings.s3Sync. Members are in local's order, with what only
  /// remote has after its predecessor there. Deleted profiles have lost everything but who they
  /// were (config::stripped_tombstone).
  json::Value merged;
  /// Every field in which local or remote differs from the ancestor, in document order. Without an
  /// ancestor: every field in which they differ from each other.
  std::vector<FieldChange> changes;
  /// Those of `changes` that have two different changes, settled or not. Two different default
  /// profiles are one conflict, on the isDefault of local's.
  std::vector<FieldChange> conflicts;
  std::size_t unsettled = 0;  ///< how many of `conflicts` nobody settled
  bool settled() const { return unsettled == 0; }
};

/// The conflicts that nothing settled.
std::vector<FieldChange> open_conflicts(const MergeResult& merge);
/// Which profile is the default is a choice, but nothing of either side is lost by it.
bool is_about_default(const FieldPath& path);

/// Documents without settings.s3Sync (config::without_s3_sync). An absent ancestor means nothing is
/// known of one: profiles and fields only one side has are additions, different values conflict.
///
/// Profiles match by `id`, else by case-folded name, the k-th of a name with the k-th. Objects
/// merge member by member, everything else as one value. A profile (or an object) removed on one
/// side and edited on the other is one conflict, on the whole of it.
MergeResult merge(const std::optional<json::Value>& ancestor, const json::Value& local,
                  const json::Value& remote, const MergeOptions& options);

/// The same over several ancestors, none of which comes from another; none are an absent one. See
/// merge_three_way() for what each of them says of a field. Neither their order counts, nor how
/// often one is among them.
MergeResult merge(const std::vector<const json::Value*>& ancestors, const json::Value& local,
                  const json::Value& remote, const MergeOptions& options);

/// How two documents differ: every field with different values, as changes from `from` (in
/// `local`) to `to` (in `remote`). Layout and member order do not count.
std::vector<FieldChange> differences(const json::Value& from, const json::Value& to);

/// `document` without the tombstones that were deleted more than 30 days before `now`. Tombstones
/// without a readable date stay.
json::Value prune_tombstones(json::Value document, UtcTime now);

}  // namespace start_claude::resolve
