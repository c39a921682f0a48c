#include "resolve/ancestry.h"

#include <vector>

namespace start_claude::resolve {
namespace {

bool is_ancestor(const Input& input, const SideState& side) {
  return any_ancestor(input, [&](const Snapshot& ancestor) {
    return ancestor.revision == side.snapshot()->revision;
  });
}

bool has_several_ancestors(const Input& input) {
  return std::any_of(
      input.other_ancestors.begin(), input.other_ancestors.end(),
      [&](const Snapshot& other) { return other.revision != input.ancestor->revision; });
}

}  // namespace

bool had_profiles(const Input& input) {
  return any_ancestor(input, [](const Snapshot& ancestor) { return ancestor.entries > 0; });
}

MergeResult merge_sides(const Input& input, const MergeOptions& options) {
  std::vector<const json::Value*> ancestors;
  if (input.ancestor) ancestors.push_back(&input.ancestor->document);
  for (const Snapshot& other : input.other_ancestors) ancestors.push_back(&other.document);
  return merge(ancestors, input.local.snapshot()->document, input.remote.snapshot()->document,
               options);
}

std::optional<Side> only_changed_side(const Input& input) {
  const bool local_changed = !is_ancestor(input, input.local);
  const bool remote_changed = !is_ancestor(input, input.remote);
  if (local_changed == remote_changed) return std::nullopt;
  const Side changed = local_changed ? Side::local : Side::remote;
  if (!has_several_ancestors(input)) return changed;
  // One of several alone does not tell that the other side has nothing new: it may have what the
  // others lack. Then the merge is not just what the changed side has.
  const MergeResult merged = merge_sides(input, {});
  const SideState& whole = local_changed ? input.local : input.remote;
  const bool is_whole = merged.conflicts.empty() && merged.merged == whole.snapshot()->document;
  return is_whole ? std::optional(changed) : std::nullopt;
}

}  // namespace start_claude::resolve
