// The merge of `configs`: profile by profile, each field by field, and their order.
#pragma once

#include <optional>

#include "resolve/ledger.h"
#include "resolve/profile_slots.h"

namespace start_claude::resolve {

/// `configs` of each document, any of them null; `path` is {"configs"}. Lists that are not lists of
/// objects are one value.
std::optional<json::Value> merge_profiles(const Versions& configs, FieldPath& path, Ledger& ledger);

/// Null, or a list of objects.
bool is_profile_list(const json::Value* configs);
/// The names in a list of profiles, in its order: the value of the path {"configs"}.
std::optional<json::Value> names_of(const json::Value* configs);
/// Whether the profiles that `a` and `b` share stand in different orders.
bool order_differs(const Slots& slots, Origin a, Origin b);

}  // namespace start_claude::resolve
