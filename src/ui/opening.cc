#include "ui/opening.h"

#include "base/text.h"
#include "base/time.h"
#include "ui/sides.h"

namespace start_claude::ui {
namespace {

using resolve::Cause;

std::string by_writer(const sync::RemoteCopy& remote) {
  return remote.writer.empty() ? "" : " (" + base::printable(remote.writer) + ")";
}

std::string format_downloaded(const sync::RunReport& report) {
  const sync::Situation& found = report.found;
  const std::string downloaded =
      "ownloaded " + base::count_of(report.profiles_after, "configuration") + ".";
  const std::string newer = newer_by(found, resolve::Side::remote);
  if (!found.local.exists || newer.empty()) return "D" + downloaded;
  return "Remote is " + newer + by_writer(found.remote) + "; d" + downloaded;
}

std::string format_held(const sync::RunReport& report) {
  const sync::Situation& found = report.found;
  switch (report.cause) {
    case Cause::remote_barely_newer: {
      // Without both times it would not be known to be barely newer.
      const auto newer = *found.input.remote.modified - *found.input.local.modified;
      if (newer <= newer.zero()) return "Remote changed, but is not newer; left alone.";
      return "Remote newer by " + base::format_span(newer) + "; left alone.";
    }
    case Cause::local_just_changed:
      return "Local file changed " +
             base::format_span(found.input.local_age.value_or(std::chrono::milliseconds(0))) +
             " ago; sync skipped.";
    case Cause::first_upload:
    case Cause::local_changed:
    case Cause::local_newer: return "Local edits are not in the bucket yet; left alone.";
    case Cause::both_changed:
    case Cause::conflict:
    case Cause::remote_newer: return "Both sides changed; the page shows what differs.";
    case Cause::local_damaged: return "config.json " + found.local.damage + "; left alone.";
    case Cause::remote_damaged: return "The remote copy " + found.remote.damage + "; left alone.";
    case Cause::times_unknown: return "Nobody knows when a side was edited; left alone.";
    case Cause::times_untrusted: return "This clock cannot say which side is newer; left alone.";
    case Cause::remote_gone: return "The remote copy is gone though it was there; left alone.";
    case Cause::both_gone: return "The configurations are gone here and in the bucket.";
    case Cause::remote_emptied:
      return "The remote copy has no configurations left; showing local ones.";
    case Cause::equal:
    case Cause::nothing_anywhere:
    case Cause::first_download:
    case Cause::remote_changed:
    case Cause::times_too_close:
    case Cause::local_lost:
    case Cause::empty_upload_refused:
    case Cause::nothing_to_upload:
    case Cause::nothing_to_download:
    case Cause::forced: break;
  }
  return "Both sides left as they are.";
}

}  // namespace

std::string format_opening(const sync::RunReport& report) {
  switch (report.result) {
    case sync::RunResult::downloaded: return format_downloaded(report);
    case sync::RunResult::held: return format_held(report);
    case sync::RunResult::in_sync:
      if (report.cause == Cause::nothing_anywhere) return "No configurations here or there yet.";
      return "In sync with the remote copy.";
    case sync::RunResult::uploaded:
    case sync::RunResult::merged:
    case sync::RunResult::pending: break;
  }
  return "In sync with the remote copy.";
}

std::string format_opening(const Error& error) {
  switch (error.kind) {
    case ErrorKind::unreachable: return "Remote not reachable; showing local configurations.";
    case ErrorKind::not_configured:
      return "S3 sync is not configured; showing local configurations.";
    case ErrorKind::locked: return "Another run is at work; showing local configurations.";
    case ErrorKind::unexpected:
    case ErrorKind::usage:
    case ErrorKind::no_such_bucket:
    case ErrorKind::access_denied:
    case ErrorKind::undecided:
    case ErrorKind::invalid_data:
    case ErrorKind::local_disk:
    case ErrorKind::interrupted: break;
  }
  return "Remote not checked: " + error.message + ".";
}

}  // namespace start_claude::ui
