#include "ui/report.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "ui/changes.h"
#include "ui/effects.h"
#include "ui/names.h"
#include "ui/sides.h"
#include "ui/way_out.h"

namespace start_claude::ui {
namespace {

using resolve::Cause;
using sync::RunReport;
using sync::RunResult;

std::string profiles(std::size_t count) { return base::count_of(count, "profile"); }

std::string format_conditions(const sync::StoreTraits& traits) {
  if (traits.if_match == sync::Verdict::unknown) return "";
  return "conditional writes: " + std::string(name_of(traits.if_match));
}

std::string by_writer(const sync::RemoteCopy& remote) {
  return remote.writer.empty() ? "" : " (" + base::printable(remote.writer) + ")";
}

/// What came from there was written by.
std::string by_author(const sync::RemoteCopy& remote) {
  return remote.writer.empty() ? "" : " (by " + base::printable(remote.writer) + ")";
}

/// Where conflicts were settled unasked, whoever lost is told which fields.
std::string format_settled(const RunReport& report) {
  const bool without_ancestor = !report.found.input.ancestor;
  const auto conflicts = without_ancestor ? without_default(report.conflicts) : report.conflicts;
  if (conflicts.empty() || report.found.was_asked) return "";
  if (report.cause != Cause::conflict && !without_ancestor) return "";
  const auto is_from = [&](resolve::Side side) {
    return std::all_of(conflicts.begin(), conflicts.end(),
                       [&](const auto& conflict) { return conflict.taken_from == side; });
  };
  const char* winner = is_from(resolve::Side::local)    ? "from this machine"
                       : is_from(resolve::Side::remote) ? "from the remote"
                                                        : "from either side";
  const std::string verb = without_ancestor ? "Both sides have " : "Both sides changed ";
  return verb + format_names(conflicts) + ": taken " + winner + "; what lost is in s3-history. ";
}

/// ": staging removed (by lark)", or nothing to tell.
std::string listed(const std::vector<resolve::Effect>& effects, const std::string& by) {
  return effects.empty() ? "" : ": " + format_effects(effects) + by;
}

std::string undo_of(const RunReport& report) {
  return can_be_undone(report) ? std::string(" Undo: ") + undo_command : "";
}

/// What a merge did, side by side.
std::string format_both_effects(const RunReport& report) {
  const auto& [local, remote] = report.effects;
  std::vector<std::string> sides;
  if (!local.empty()) {
    sides.push_back("here " + format_effects(local) + by_author(report.found.remote));
  }
  if (!remote.empty()) sides.push_back("in the bucket " + format_effects(remote));
  return sides.empty() ? "" : ": " + base::join(sides, "; ");
}

/// Both sides had profiles of their own, which nobody had seen together before.
std::string format_kept_both(const RunReport& report) {
  const auto only_adds = [](const std::vector<resolve::Effect>& effects) {
    return std::all_of(effects.begin(), effects.end(), [](const resolve::Effect& effect) {
      return effect.kind == resolve::Effect::Kind::added;
    });
  };
  auto [local, remote] = report.effects;
  for (auto* effects : {&local, &remote}) {
    std::erase_if(*effects, [](const resolve::Effect& effect) {
      return resolve::is_about_default(effect.path);
    });
  }
  const std::string kept = "Kept all " + profiles(report.profiles_after);
  if (!report.remote_changed) return kept + " here" + listed(local, by_author(report.found.remote));
  const bool is_plain = only_adds(local) && only_adds(remote);
  return kept + ", here and in the bucket" +
         (is_plain ? listed(remote, "") : format_both_effects(report));
}

std::string format_merged(const RunReport& report) {
  std::string line = format_settled(report);
  if (!report.found.input.ancestor) return line + format_kept_both(report) + "." + undo_of(report);
  line += report.remote_changed ? "Merged and uploaded " : "Merged into the local file: ";
  return line + profiles(report.profiles_after) + format_both_effects(report) + "." +
         undo_of(report);
}

/// The line, and what else must be known of what the run replaced.
std::vector<std::string> with_remark(const RunReport& report, std::string line) {
  std::vector<std::string> lines{std::move(line)};
  if (report.kept_damaged) {
    lines.push_back(damaged_kept("The damaged copy that was replaced"));
  }
  return lines;
}

std::string format_uploaded(const RunReport& report) {
  const std::string& writer = report.found.remote.writer;
  const bool is_others = !writer.empty() && writer != report.after.writer;
  const std::string by = is_others && resolve::loses_something(report.effects.remote)
                             ? " (the copy that was replaced: by " + base::printable(writer) + ")"
                             : "";
  std::string line = format_settled(report) + "Uploaded " + profiles(report.profiles_after) + ", " +
                     base::format_size(report.uploaded_bytes) + listed(report.effects.remote, by);
  const std::string conditions = format_conditions(report.traits);
  const bool just_measured = report.traits != report.found.traits;
  if (just_measured && !conditions.empty()) line += "; " + conditions;
  return line + "." + undo_of(report);
}

/// Why a download came at all, where that is not plain.
std::string format_reason(const RunReport& report) {
  const sync::RemoteCopy& remote = report.found.remote;
  const bool is_untrusted = report.found.input.time == resolve::TimeTrust::untrusted;
  if (report.cause == Cause::remote_changed && is_untrusted) {
    return "Local unchanged since the last sync, remote changed" + by_writer(remote) + ". ";
  }
  const std::string newer = newer_by(report.found, resolve::Side::remote);
  if (report.cause == Cause::remote_newer && !newer.empty()) {
    return "Remote is " + newer + by_writer(remote) + ". ";
  }
  return "";
}

std::string format_downloaded(const Console& console, const RunReport& report) {
  const sync::RemoteCopy& remote = report.found.remote;
  if (report.cause == Cause::local_lost) {
    const auto& remembered = report.found.remembered.modified;
    const auto last_known = remembered ? remembered : remote.modified;
    return "Local profiles are gone; this machine had " +
           std::to_string(report.found.input.ancestor->entries) + " on " +
           console.time(last_known) + ". Restored " + std::to_string(report.profiles_after) +
           " from the remote.";
  }
  std::string line = format_reason(report) + format_settled(report) + "Downloaded " +
                     profiles(report.profiles_after);
  // Where there was nothing before, all of it was added.
  const bool is_first =
      report.cause == Cause::first_download && !resolve::loses_something(report.effects.local);
  const std::string effects = is_first ? "" : listed(report.effects.local, by_author(remote));
  line += effects.empty() ? ", " + format_origin(console, remote) : effects;
  return line + "." + undo_of(report);
}

bool is_read_only(const RunReport& report) {
  return report.found.input.access == resolve::Access::read_only;
}

/// True if this side has edits that the run would have uploaded.
bool keeps_edits(const RunReport& report) {
  const bool only_here = report.result == RunResult::in_sync && report.cause == Cause::local_newer;
  return only_here || (report.result == RunResult::merged && !report.remote_changed);
}

std::string format_in_sync(const Console& console, const RunReport& report) {
  if (report.cause == Cause::nothing_anywhere) {
    return "Nothing to sync: no profiles here or there yet.";
  }
  if (report.cause == Cause::local_newer && is_read_only(report)) {
    return "Nothing new to download; edits made here stay here (read-only).";
  }
  if (report.cause == Cause::local_newer) {
    return "Nothing new to download; local edits are not in the bucket yet (s3-upload).";
  }
  return "Already in sync: " + profiles(report.found.local.profiles) + ", " +
         console.time(report.found.remote.modified) + ".";
}

std::string format_pending(const RunReport& report) {
  const auto& resolution = report.found.resolution;
  const std::string by = by_author(report.found.remote);
  if (std::holds_alternative<resolve::Upload>(resolution)) {
    return "Would upload " + profiles(report.found.local.profiles) +
           listed(report.effects.remote, "") + ".";
  }
  if (std::holds_alternative<resolve::Download>(resolution)) {
    return "Would download " + profiles(report.found.remote.profiles) +
           listed(report.effects.local, by) + ".";
  }
  if (const auto* merge = std::get_if<resolve::Merge>(&resolution)) {
    return merge->upload ? "Would merge and upload:" : "Would merge into the local file:";
  }
  std::string line = "Would ask: " + std::string(name_of(report.cause)) + ".";
  if (!report.removals.empty()) line += " " + format_removals(report.removals) + ".";
  return line;
}

Error held(ErrorKind kind, std::string message, std::string hint) {
  return {kind, std::move(message), std::move(hint)};
}

Error error_of_conflict(const RunReport& report) {
  return held(ErrorKind::undecided,
              format_names(report.conflicts) + " changed on both sides; nothing changed",
              "run s3-sync on a terminal, or choose with s3-download or s3-upload --force");
}

Error error_of_removals(const RunReport& report) {
  const bool from_here = report.removals.from == resolve::Side::local;
  const std::string who = from_here ? by_author(report.found.remote) : "";
  return held(ErrorKind::undecided, format_removals(report.removals) + who + "; nothing changed",
              from_here ? "if that is meant: s3-download --force; s3-upload --force puts them back"
                        : "if that is meant: s3-upload --force; s3-download --force brings them "
                          "back");
}

/// Both sides have profiles, and nothing says what they have in common.
Error error_of_two_sides(const RunReport& report, const std::string& why) {
  const auto newer = resolve::newer_side(report.found.input);
  const bool is_settled = report.conflicts.empty() || newer != resolve::NewerSide::neither;
  const std::string differing =
      report.conflicts.empty() ? "" : " over " + format_names(report.conflicts);
  const std::string keep =
      is_settled ? "s3-sync --yes keeps both" : "run s3-sync on a terminal to keep both";
  return held(ErrorKind::undecided,
              "both sides have profiles and " + why + differing + "; nothing changed",
              keep + ", or choose with s3-download or s3-upload --force");
}

std::string side_without_time(const RunReport& report) {
  const resolve::Input& input = report.found.input;
  if (!input.local.modified && !input.remote.modified) return "either side";
  return input.local.modified ? "the remote copy" : "the local file";
}

Error error_of_cause(const RunReport& report) {
  const std::string local = profiles(report.found.local.entries);
  const std::string remote = profiles(report.found.remote.entries);
  const ErrorKind undecided = ErrorKind::undecided;
  switch (report.cause) {
    case Cause::conflict: return error_of_conflict(report);
    case Cause::local_damaged:
      return held(ErrorKind::invalid_data,
                  "config.json " + report.found.local.damage + "; nothing changed",
                  way_out_of_damaged_local(report.found));
    case Cause::remote_damaged:
      return held(ErrorKind::invalid_data,
                  "the remote copy " + report.found.remote.damage + "; nothing changed",
                  way_out_of_damaged_remote(report.found));
    case Cause::empty_upload_refused:
      return held(undecided, "local has " + local + ", remote has " + remote + "; not uploaded",
                  way_out_of_empty_upload(report.found));
    case Cause::nothing_to_upload:
      return held(undecided, "there are no profiles here to upload",
                  way_out_of_empty_upload(report.found));
    case Cause::nothing_to_download:
      return held(undecided, "there is no remote copy yet; nothing changed",
                  way_out_of_missing_remote(report.found));
    case Cause::remote_gone:
      return held(undecided, "the remote copy is gone though it was there; nothing changed",
                  way_out_of_missing_remote(report.found));
    case Cause::both_gone:
      return held(undecided, "the profiles are gone here and in the bucket",
                  way_out_of_both_gone(report.found));
    case Cause::remote_emptied:
      return held(undecided, "the remote copy has no profiles left; nothing changed",
                  "take that over with s3-download --force, or put them back with s3-upload "
                  "--force");
    case Cause::remote_newer:
      return held(undecided, "the remote copy has edits that are not here; nothing changed",
                  "s3-sync merges both, s3-download takes the remote, s3-upload --force "
                  "replaces it");
    case Cause::local_newer:
      return held(undecided, "the local file has edits that are not in the bucket; nothing changed",
                  "s3-sync merges both, s3-upload sends them, s3-download --force discards them");
    case Cause::times_too_close:
      return error_of_two_sides(report, "their times are too close to decide");
    case Cause::times_untrusted: return error_of_two_sides(report, "this clock cannot decide");
    case Cause::many_removed: return error_of_removals(report);
    case Cause::times_unknown:
      return error_of_two_sides(
          report, "the unknown time of " + side_without_time(report) + " cannot decide");
    case Cause::equal:
    case Cause::nothing_anywhere:
    case Cause::first_upload:
    case Cause::first_download:
    case Cause::local_changed:
    case Cause::remote_changed:
    case Cause::both_changed:
    case Cause::local_lost:
    case Cause::forced:
    case Cause::local_just_changed:
    case Cause::remote_barely_newer: break;
  }
  return held(undecided, "both sides left as they are", "");
}

}  // namespace

std::string damaged_kept(const std::string& what) {
  return what + " is kept: start-claude s3-history lists it.";
}

bool can_be_undone(const RunReport& report) {
  const bool is_written = report.local_changed || report.remote_changed;
  if (!is_written || report.result == RunResult::pending) return false;
  return report.result == RunResult::merged || resolve::loses_something(report.effects.local) ||
         resolve::loses_something(report.effects.remote);
}

std::vector<std::string> format_report(const Console& console, const RunReport& report) {
  switch (report.result) {
    case RunResult::in_sync:
      if (report.is_write_denied && keeps_edits(report)) return {};
      return {format_in_sync(console, report)};
    case RunResult::uploaded: return with_remark(report, format_uploaded(report));
    case RunResult::downloaded: return with_remark(report, format_downloaded(console, report));
    case RunResult::merged: return with_remark(report, format_merged(report));
    case RunResult::pending: {
      std::vector<std::string> lines{format_pending(report)};
      const auto sides = format_sides(console, report.found);
      lines.insert(lines.end(), sides.begin(), sides.end());
      if (report.merge) {
        const auto merge = format_merge(*report.merge);
        lines.insert(lines.end(), merge.begin(), merge.end());
      }
      return lines;
    }
    case RunResult::held: break;
  }
  if (was_declined(report)) return {"Nothing changed."};
  return {};
}

bool was_declined(const RunReport& report) {
  return report.result == RunResult::held && report.found.was_asked;
}

std::optional<Error> error_of_run(const RunReport& report) {
  if (report.is_write_denied && keeps_edits(report)) {
    const std::string what = report.write_refusal
                                 ? report.write_refusal->message
                                 : "this key may read the remote copy but not write it";
    return Error{ErrorKind::access_denied, what + "; edits made here stay here",
                 "it needs s3:PutObject; s3-upload tries again, s3-setup --read-only leaves it so"};
  }
  if (report.result != RunResult::held || was_declined(report)) return std::nullopt;
  return error_of_cause(report);
}

int exit_code_of(const RunReport& report) {
  if (const auto error = error_of_run(report)) return base::exit_code(error->kind);
  if (was_declined(report)) return base::exit_code(ErrorKind::undecided);
  return report.result == RunResult::pending ? 10 : 0;
}

}  // namespace start_claude::ui
