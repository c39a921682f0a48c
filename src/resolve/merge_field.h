// The merge of any field: objects member by member, sets by what was added, the rest as one value.
//
// Knows nothing of what the fields mean; merge_profiles.h and merge.cc do, and hook in by name.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "resolve/ledger.h"

namespace start_claude::resolve {

/// Merges one field and writes down what became of it. Nothing: the field is not in the merge.
/// `path` is the field's; it is the same again on return.
std::optional<json::Value> merge_field(const Versions& field, FieldPath& path, Ledger& ledger);

/// The same without looking inside objects.
std::optional<json::Value> merge_whole(const Versions& field, FieldPath& path, Ledger& ledger);

/// As merge_whole, but two different changes are settled by a rule and are no conflict.
std::optional<json::Value> merge_by_rule(const Versions& field, FieldPath& path, Ledger& ledger,
                                         Side taken_from);

using MergeMember =
    std::function<std::optional<json::Value>(std::string_view name, const Versions& member)>;
/// Merges each member of objects by `merge_member`, with `path` leading to it meanwhile. Local and
/// remote must be objects; an ancestor counts as empty unless it is one.
json::Value merge_members(const Versions& objects, FieldPath& path,
                          const MergeMember& merge_member);

}  // namespace start_claude::resolve
