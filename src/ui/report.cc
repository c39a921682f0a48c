#include "ui/report.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "json/write.h"
#include "ui/changes.h"
#include "ui/names.h"
#include "ui/sides.h"

namespace start_claude::ui {
namespace {

using resolve::Cause;
using sync::RunReport;
using sync::RunResult;

std::string configurations(std::size_t count) { return base::count_of(count, "configuration"); }

std::string format_conditions(const sync::StoreTraits& traits) {
  if (traits.if_match == sync::Verdict::unknown) return "";
  return "conditional writes: " + std::string(name_of(traits.if_match));
}

std::string by_writer(const sync::RemoteCopy& remote) {
  return remote.writer.empty() ? "" : " (" + base::printable(remote.writer) + ")";
}

/// Where conflicts were settled unasked, whoever lost is told which fields.
std::string format_settled(const RunReport& report) {
  if (report.conflicts.empty() || report.cause != Cause::conflict) return "";
  if (report.found.was_asked) return "";
  const auto is_from = [&](resolve::Side side) {
    return std::all_of(report.conflicts.begin(), report.conflicts.end(),
                       [&](const auto& conflict) { return conflict.taken_from == side; });
  };
  const char* winner = is_from(resolve::Side::local)    ? "from this machine"
                       : is_from(resolve::Side::remote) ? "from the remote"
                                                        : "from either side";
  return "Both sides changed " + format_names(report.conflicts) + ": taken " + winner + ". ";
}

/// The line, and what else must be known of a run that replaced what was here.
std::vector<std::string> with_remark(const RunReport& report, std::string line) {
  std::vector<std::string> lines{std::move(line)};
  if (report.is_past_lineage) {
    lines.emplace_back(
        "More came since the last sync here than the remote copy names: if an edit made here is "
        "missing, s3-history has it.");
  }
  return lines;
}

std::string format_uploaded(const RunReport& report) {
  std::string line = format_settled(report) + "Uploaded " + configurations(report.profiles_after) +
                     ", " + base::format_size(report.uploaded_bytes);
  const std::string conditions = format_conditions(report.traits);
  const bool just_measured = report.traits != report.found.traits;
  if (just_measured && !conditions.empty()) line += "; " + conditions;
  return line + ".";
}

std::string format_downloaded(const Console& console, const RunReport& report) {
  const sync::RemoteCopy& remote = report.found.remote;
  const std::string downloaded = "Downloaded " + configurations(report.profiles_after);
  if (report.cause == Cause::local_lost) {
    const auto& remembered = report.found.remembered.modified;
    const auto last_known = remembered ? remembered : remote.modified;
    return "Local configurations are gone; this machine had " +
           std::to_string(report.found.input.ancestor->entries) + " on " +
           console.time(last_known) + ". Restored " + std::to_string(report.profiles_after) +
           " from the remote.";
  }
  if (report.cause == Cause::remote_changed) {
    return "Local unchanged since the last sync, remote changed" + by_writer(remote) + ". " +
           downloaded + ".";
  }
  const std::string newer = newer_by(report.found, resolve::Side::remote);
  if (report.cause == Cause::remote_newer && !newer.empty()) {
    return "Remote is " + newer + by_writer(remote) + ". " + downloaded + ".";
  }
  const std::string settled = format_settled(report);
  const char* undo = settled.empty() ? "" : " Undo: start-claude s3-restore --last";
  return settled + downloaded + ", " + format_origin(console, remote) + "." + undo;
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
    return "Nothing to sync: no configurations here or there yet.";
  }
  if (report.cause == Cause::local_newer && is_read_only(report)) {
    return "Nothing new to download; edits made here stay here (read-only).";
  }
  if (report.cause == Cause::local_newer) {
    return "Nothing new to download; local edits are not in the bucket yet (s3-upload).";
  }
  return "Already in sync: " + configurations(report.found.local.profiles) + ", " +
         console.time(report.found.remote.modified) + ".";
}

std::string format_pending(const RunReport& report) {
  const auto& resolution = report.found.resolution;
  const std::string local = configurations(report.found.local.profiles);
  const std::string remote = configurations(report.found.remote.profiles);
  if (std::holds_alternative<resolve::Upload>(resolution)) return "Would upload " + local + ".";
  if (std::holds_alternative<resolve::Download>(resolution)) {
    return "Would download " + remote + ".";
  }
  if (const auto* merge = std::get_if<resolve::Merge>(&resolution)) {
    return merge->upload ? "Would merge and upload:" : "Would merge into the local file:";
  }
  return "Would ask: " + std::string(name_of(report.cause)) + ".";
}

Error held(ErrorKind kind, std::string message, std::string hint) {
  return {kind, std::move(message), std::move(hint)};
}

Error error_of_conflict(const RunReport& report) {
  return held(ErrorKind::undecided,
              format_names(report.conflicts) + " changed on both sides; nothing changed",
              "run s3-sync on a terminal, or choose with s3-download or s3-upload --force");
}

std::string side_without_time(const RunReport& report) {
  const resolve::Input& input = report.found.input;
  if (!input.local.modified && !input.remote.modified) return "either";
  return input.local.modified ? "the remote copy" : "the local file";
}

json::Value json_of_time(const std::optional<UtcTime>& time) {
  return time ? json::Value(base::format_rfc3339(*time)) : json::Value(json::Null{});
}

Error error_of_cause(const RunReport& report) {
  const std::string local = configurations(report.found.local.entries);
  const std::string remote = configurations(report.found.remote.entries);
  const ErrorKind undecided = ErrorKind::undecided;
  switch (report.cause) {
    case Cause::conflict: return error_of_conflict(report);
    case Cause::local_damaged:
      return held(ErrorKind::invalid_data,
                  "config.json " + report.found.local.damage + "; nothing changed",
                  report.found.remote.document
                      ? "replace it with the remote copy: s3-download --force"
                      : "mend it by hand, or bring back an earlier one: s3-restore --last");
    case Cause::remote_damaged:
      return held(ErrorKind::invalid_data,
                  "the remote copy " + report.found.remote.damage + "; nothing changed",
                  "repair it from here: s3-upload --force");
    case Cause::empty_upload_refused:
      return held(undecided, "local has " + local + ", remote has " + remote + "; not uploaded",
                  "to really empty the remote: s3-upload --force --allow-empty");
    case Cause::nothing_to_upload:
      return held(undecided, "there are no configurations here to upload",
                  "s3-download brings the remote ones, if there are any");
    case Cause::nothing_to_download:
      return held(undecided, "there is no remote copy yet; nothing changed",
                  "put one there with s3-upload");
    case Cause::remote_gone:
      return held(undecided, "the remote copy is gone though it was there; nothing changed",
                  "check the bucket and the key; s3-upload --force puts it back");
    case Cause::both_gone:
      return held(undecided, "the configurations are gone here and in the bucket",
                  "bring them back from this machine's history: s3-restore --last");
    case Cause::remote_emptied:
      return held(undecided, "the remote copy has no configurations left; nothing changed",
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
      return held(undecided,
                  "both sides have configurations and their times are too close to decide; "
                  "nothing changed",
                  "run s3-sync on a terminal, or choose with s3-download or s3-upload --force");
    case Cause::times_unknown:
      return held(undecided,
                  "both sides have configurations and nobody knows when " + side_without_time(report) +
                      " was edited; nothing changed",
                  "run s3-sync on a terminal, or choose with s3-download or s3-upload --force");
    case Cause::times_untrusted:
      return held(undecided,
                  "both sides have configurations and this clock cannot decide; nothing changed",
                  "set the clock, or choose with s3-download or s3-upload --force");
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

json::Value json_of(const sync::LocalCopy& local) {
  json::Object object{{"exists", local.exists}};
  if (!local.exists) return object;
  object.set("modified", json_of_time(base::plausible(local.modified, base::time_max)));
  object.set("configurations", json::Value::integer(static_cast<long long>(local.profiles)));
  if (!local.revision.empty()) object.set("revision", local.revision);
  if (!local.damage.empty()) object.set("damage", local.damage);
  return object;
}

json::Value json_of(const sync::RemoteCopy& remote) {
  json::Object object{{"exists", remote.exists}};
  if (!remote.exists) return object;
  object.set("modified", json_of_time(remote.modified));
  object.set("configurations", json::Value::integer(static_cast<long long>(remote.profiles)));
  if (!remote.revision.empty()) object.set("revision", remote.revision);
  if (!remote.writer.empty()) object.set("writer", remote.writer);
  if (!remote.damage.empty()) object.set("damage", remote.damage);
  return object;
}

json::Value json_of(const Error& error) {
  json::Object object{{"kind", name_of(error.kind)}, {"message", error.message}};
  if (!error.hint.empty()) object.set("hint", error.hint);
  return object;
}

std::vector<std::string> format_report(const Console& console, const RunReport& report) {
  switch (report.result) {
    case RunResult::in_sync:
      if (report.is_write_denied && keeps_edits(report)) return {};
      return {format_in_sync(console, report)};
    case RunResult::uploaded: return {format_uploaded(report)};
    case RunResult::downloaded: return with_remark(report, format_downloaded(console, report));
    case RunResult::merged: {
      std::string line = format_settled(report);
      line += report.remote_changed ? "Merged and uploaded " : "Merged into the local file: ";
      line += configurations(report.profiles_after) + ".";
      return with_remark(report, line + " Undo: start-claude s3-restore --last");
    }
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

json::Object report_object(std::string_view command, const RunReport& report) {
  json::Object object{{"command", command},
                      {"result", name_of(report.result)},
                      {"exit", json::Value::integer(exit_code_of(report))},
                      {"changed", report.local_changed || report.remote_changed},
                      {"local_changed", report.local_changed},
                      {"remote_changed", report.remote_changed},
                      {"local", json_of(report.found.local)},
                      {"remote", json_of(report.found.remote)},
                      {"reason", name_of(report.cause)}};
  if (!report.conflicts.empty()) {
    json::Array paths;
    for (const auto& conflict : report.conflicts) {
      paths.emplace_back(resolve::format_path(conflict.path));
    }
    object.set("conflicts", std::move(paths));
  }
  if (report.skew) {
    object.set(
        "clock_skew_seconds",
        json::Value::integer(std::chrono::round<std::chrono::seconds>(*report.skew).count()));
  }
  if (const auto error = error_of_run(report)) object.set("error", json_of(*error));
  return object;
}

std::string format_report_json(std::string_view command, const RunReport& report) {
  return json::write_compact(report_object(command, report));
}

json::Object error_object(std::string_view command, const Error& error) {
  return json::Object{{"command", command},
                      {"result", "failed"},
                      {"exit", json::Value::integer(base::exit_code(error.kind))},
                      {"changed", false},
                      {"local", json::Null{}},
                      {"remote", json::Null{}},
                      {"reason", name_of(error.kind)},
                      {"error", json_of(error)}};
}

std::string format_error_json(std::string_view command, const Error& error) {
  return json::write_compact(error_object(command, error));
}

}  // namespace start_claude::ui
