// What the contents that both sides come from say of the two: mostly one content, or none.
#pragma once

#include <algorithm>
#include <optional>

#include "resolve/resolve.h"

namespace start_claude::resolve {

/// Whether that is true of the ancestor, or of one of several.
template <class Predicate>
bool any_ancestor(const Input& input, Predicate predicate) {
  return (input.ancestor && predicate(*input.ancestor)) ||
         std::any_of(input.other_ancestors.begin(), input.other_ancestors.end(), predicate);
}
bool had_profiles(const Input& input);

/// The merge of two sides that are there, over all ancestors.
MergeResult merge_sides(const Input& input, const MergeOptions& options);

/// The side that alone has something new, where both are there and differ; nothing if both have.
std::optional<Side> only_changed_side(const Input& input);

}  // namespace start_claude::resolve
