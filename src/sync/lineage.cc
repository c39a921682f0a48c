#include "sync/lineage.h"

#include <algorithm>

namespace start_claude::sync {
namespace {

bool is_same(std::string_view revision, std::string_view shortened) {
  return !revision.empty() && short_revision(revision) == short_revision(shortened);
}

}  // namespace

std::string short_revision(std::string_view revision) {
  return std::string(revision.substr(0, lineage_digits));
}

std::optional<std::string> common_ancestor(const LineageInput& input) {
  const bool knows_ancestor = !input.ancestor.empty();
  if (knows_ancestor && input.remote_revision == input.ancestor) return input.ancestor;
  const auto own_name_of = [&](std::string_view shortened) -> std::optional<std::string> {
    if (is_same(input.ancestor, shortened)) return input.ancestor;
    // Our very content has been there, and what is there now was made from it.
    if (is_same(input.local_revision, shortened)) return input.local_revision;
    for (const std::string& revision : input.taken_in) {
      if (is_same(revision, shortened)) return revision;
    }
    return std::nullopt;
  };
  // The first entry is the remote itself: an older content of ours that reappears there is a
  // restore if its lineage knows the ancestor, so the rest of the lineage is asked first.
  for (std::size_t i = 1; i < input.remote_lineage.size(); ++i) {
    if (auto known = own_name_of(input.remote_lineage[i])) return known;
  }
  // Without a lineage a reappearing content is a foreign writer's edit back, not an old copy.
  if (!input.remote_lineage.empty()) {
    if (auto known = own_name_of(input.remote_revision)) return known;
  }
  if (!knows_ancestor) return std::nullopt;
  // A foreign writer leaves no lineage, and a long one is cut off: what we last synced is then the
  // best base there is.
  const bool tells_all =
      !input.remote_lineage.empty() && input.remote_lineage.size() < lineage_length_max;
  if (tells_all) return std::nullopt;
  return input.ancestor;
}

std::vector<std::string> extend_lineage(std::string_view revision,
                                        const std::vector<std::string>& remote_lineage,
                                        const std::vector<std::string>& taken_in) {
  std::vector<std::string> lineage{short_revision(revision)};
  const auto add = [&](std::string_view entry) {
    std::string shortened = short_revision(entry);
    if (lineage.size() < lineage_length_max &&
        std::find(lineage.begin(), lineage.end(), shortened) == lineage.end()) {
      lineage.push_back(std::move(shortened));
    }
  };
  // Alternating, so that neither side's newest entries are crowded out by the other's old ones.
  for (std::size_t i = 0; i < std::max(remote_lineage.size(), taken_in.size()); ++i) {
    if (i < remote_lineage.size()) add(remote_lineage[i]);
    if (i < taken_in.size()) add(taken_in[i]);
  }
  return lineage;
}

}  // namespace start_claude::sync
