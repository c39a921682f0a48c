#include "ui/way_out.h"

namespace start_claude::ui {
namespace {

constexpr const char* add_profiles = "add a profile first: start-claude manager";

bool is_read_only(const sync::Situation& situation) {
  return situation.input.access == resolve::Access::read_only;
}

}  // namespace

std::string way_out_of_damaged_local(const sync::Situation& situation) {
  if (situation.remote.document) return "replace it with the remote copy: s3-download --force";
  if (situation.has_earlier) return "bring back an earlier one: s3-restore --last";
  return "mend it by hand, or move it away and run s3-setup: nothing else has the profiles";
}

std::string way_out_of_damaged_remote(const sync::Situation& situation) {
  const char* elsewhere = "repair it on a machine that has the profiles: s3-upload --force there";
  if (situation.remote.may_be_altered) {
    const bool can_replace = !is_read_only(situation) && situation.local.entries > 0;
    return std::string("see whether something on the way changes replies (a proxy, a CDN)") +
           (can_replace ? "; to replace it from here: s3-upload --force" : "");
  }
  if (is_read_only(situation)) return elsewhere;
  if (situation.local.entries > 0) {
    if (situation.remote.is_unread) {
      return "replace it from here, without keeping it: s3-upload --force";
    }
    return "repair it from here: s3-upload --force";
  }
  if (situation.has_earlier) {
    return "bring back what this machine had, here and there: s3-restore --last";
  }
  if (!situation.local.exists) return elsewhere;
  return std::string(elsewhere) + "; to empty it: s3-upload --force --allow-empty";
}

std::string way_out_of_both_gone(const sync::Situation& situation) {
  return situation.has_earlier ? "bring them back from this machine's history: s3-restore --last"
                               : add_profiles;
}

std::string way_out_of_empty_upload(const sync::Situation& situation) {
  if (!situation.remote.exists) return add_profiles;
  if (situation.local.exists && situation.remote.entries > 0) {
    return "to really empty the remote: s3-upload --force --allow-empty";
  }
  return "bring the remote ones here: s3-download";
}

std::string way_out_of_missing_remote(const sync::Situation& situation) {
  if (situation.local.entries == 0) return add_profiles;
  if (is_read_only(situation)) return "put it back on a machine that may write: s3-upload there";
  if (situation.input.ancestor)
    return "check the bucket and the key; s3-upload --force puts it back";
  return "put one there with s3-upload";
}

}  // namespace start_claude::ui
