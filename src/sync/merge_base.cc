#include "sync/merge_base.h"

#include <algorithm>

namespace start_claude::sync {
namespace {

bool is_cut_anywhere(const MergeBaseInput& input) {
  const auto& seen = input.remembered.seen;
  return input.remote_clock.is_cut || std::any_of(seen.begin(), seen.end(), [](const Seen& entry) {
           return entry.clock.is_cut;
         });
}

/// Contents that the remote has seen, newest first, down to the newest that was here: everything
/// older went into that one.
std::vector<const Seen*> common_contents(const MergeBaseInput& input) {
  std::vector<const Seen*> common;
  const auto& seen = input.remembered.seen;
  // Nobody overwrites unread there: what a foreign writer had put was seen by whoever wrote since.
  const bool is_cut = input.agreed.clock.is_cut || input.remote_clock.is_cut;
  const bool counts_foreign = input.store_guards && (input.agreed.clock.empty() || is_cut);
  for (auto entry = seen.rbegin(); entry != seen.rend(); ++entry) {
    const bool is_foreign = counts_foreign && entry->revision == input.agreed.ancestor;
    if (!is_foreign && !covers(input.remote_clock, entry->clock)) continue;
    common.push_back(&*entry);
    if (entry->was_here) break;
  }
  return common;
}

}  // namespace

std::vector<std::string> merge_bases(const MergeBaseInput& input) {
  const std::string& agreed = input.agreed.ancestor;
  const auto last_agreed = [&] {
    return agreed.empty() ? std::vector<std::string>{} : std::vector<std::string>{agreed};
  };
  if (input.remote_clock.empty()) return last_agreed();
  // Nobody overwrites unread there: an object that went back in time was put back on purpose.
  const bool went_back = input.store_guards && !agreed.empty() &&
                         covers(input.agreed.clock, input.remote_clock) &&
                         input.agreed.clock != input.remote_clock && !input.agreed.clock.is_cut;
  if (went_back) return last_agreed();
  const std::vector<const Seen*> common = common_contents(input);
  if (common.empty()) {
    // It never was here, but went into what is: a stale read, or overwritten back to.
    const Seen* tip = input.remembered.tip();
    const bool has_seen_it = tip != nullptr && covers(tip->clock, input.remote_clock);
    if (has_seen_it) return {std::string(input.remote_revision)};
    const bool is_foreign_known = input.agreed.clock.empty() || is_cut_anywhere(input);
    return input.store_guards && is_foreign_known ? last_agreed() : std::vector<std::string>{};
  }
  std::vector<std::string> bases;
  for (const Seen* one : common) {
    const bool is_superseded = std::any_of(common.begin(), common.end(), [&](const Seen* other) {
      return covers(other->clock, one->clock) && !covers(one->clock, other->clock);
    });
    const bool is_known = std::find(bases.begin(), bases.end(), one->revision) != bases.end();
    if (!is_superseded && !is_known) bases.push_back(one->revision);
  }
  return bases;
}

}  // namespace start_claude::sync
