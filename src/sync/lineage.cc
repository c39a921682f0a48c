#include "sync/lineage.h"

#include <algorithm>

namespace start_claude::sync {
namespace {

bool is_same(std::string_view revision, std::string_view shortened) {
  return !revision.empty() && short_revision(revision) == short_revision(shortened);
}

/// What the local file is, was and comes from, newest first.
std::vector<std::string> known_here(const LineageInput& input) {
  std::vector<std::string> known = input.here_since;
  known.push_back(input.ancestor);
  known.insert(known.end(), input.taken_in.begin(), input.taken_in.end());
  // A file that went back to an older content was changed: that content has its place already.
  const auto same = [&](const std::string& entry) { return is_same(entry, input.local_revision); };
  if (std::none_of(known.begin(), known.end(), same)) {
    known.insert(known.begin(), input.local_revision);
  }
  return known;
}

}  // namespace

std::string short_revision(std::string_view revision) {
  return std::string(revision.substr(0, lineage_digits));
}

std::optional<std::string> common_ancestor(const LineageInput& input) {
  const bool knows_ancestor = !input.ancestor.empty();
  if (knows_ancestor && input.remote_revision == input.ancestor) return input.ancestor;
  // Newer than the ancestor, so no restore of something older: our own PUT, never remembered.
  for (const std::string& revision : input.here_since) {
    if (knows_ancestor && is_same(revision, input.remote_revision)) return revision;
  }
  // In our order: theirs is woven from two, so that its newest entry of ours may be an old one. Its
  // first entry is the remote itself: an older content of ours that reappears there is a restore if
  // the rest names something newer of ours, and else shows nothing new.
  for (const std::string& revision : known_here(input)) {
    const auto same = [&](const std::string& entry) { return is_same(revision, entry); };
    const auto& lineage = input.remote_lineage;
    if (std::any_of(lineage.begin(), lineage.end(), same)) return revision;
  }
  if (!knows_ancestor) return std::nullopt;
  // A foreign writer leaves no lineage, and a long one is cut off: what we last synced is then the
  // best base there is.
  const bool is_foreign = input.remote_lineage.empty();
  if (!is_foreign && !is_past(input.remote_lineage, input.ancestor)) return std::nullopt;
  return input.ancestor;
}

bool is_past(const std::vector<std::string>& lineage, std::string_view revision) {
  const auto same = [&](const std::string& entry) { return is_same(revision, entry); };
  return lineage.size() >= lineage_length_max && std::none_of(lineage.begin(), lineage.end(), same);
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

std::vector<std::string> taken_in_with(const std::string& newest,
                                       const std::vector<std::string>& others,
                                       const std::vector<std::string>& before) {
  std::vector<std::string> all{newest};
  const auto add = [&](const std::string& revision) {
    const auto same = [&](const std::string& known) {
      return short_revision(known) == short_revision(revision);
    };
    const auto found = std::find_if(all.begin(), all.end(), same);
    if (found == all.end()) {
      if (all.size() < taken_in_max) all.push_back(revision);
    } else if (found->size() < revision.size()) {
      *found = revision;
    }
  };
  for (const std::string& revision : others) add(revision);
  for (const std::string& revision : before) add(revision);
  return all;
}

}  // namespace start_claude::sync
