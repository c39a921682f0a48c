#include "ui/names.h"

namespace start_claude::ui {

std::string_view name_of(resolve::Cause cause) {
  using resolve::Cause;
  switch (cause) {
    case Cause::equal: return "equal";
    case Cause::nothing_anywhere: return "nothing_anywhere";
    case Cause::first_upload: return "first_upload";
    case Cause::first_download: return "first_download";
    case Cause::local_changed: return "local_changed";
    case Cause::remote_changed: return "remote_changed";
    case Cause::both_changed: return "both_changed";
    case Cause::conflict: return "conflict";
    case Cause::local_newer: return "local_newer";
    case Cause::remote_newer: return "remote_newer";
    case Cause::times_too_close: return "times_too_close";
    case Cause::times_untrusted: return "times_untrusted";
    case Cause::times_unknown: return "times_unknown";
    case Cause::local_lost: return "local_lost";
    case Cause::empty_upload_refused: return "empty_upload_refused";
    case Cause::nothing_to_upload: return "nothing_to_upload";
    case Cause::nothing_to_download: return "nothing_to_download";
    case Cause::remote_gone: return "remote_gone";
    case Cause::both_gone: return "both_gone";
    case Cause::remote_emptied: return "remote_emptied";
    case Cause::local_damaged: return "local_damaged";
    case Cause::remote_damaged: return "remote_damaged";
    case Cause::forced: return "forced";
    case Cause::local_just_changed: return "local_just_changed";
    case Cause::remote_barely_newer: return "remote_barely_newer";
  }
  return "equal";
}

std::string_view name_of(sync::RunResult result) {
  using sync::RunResult;
  switch (result) {
    case RunResult::in_sync: return "in_sync";
    case RunResult::uploaded: return "uploaded";
    case RunResult::downloaded: return "downloaded";
    case RunResult::merged: return "merged";
    case RunResult::held: return "held";
    case RunResult::pending: return "pending";
  }
  return "in_sync";
}

std::string_view name_of(sync::Verdict verdict) {
  switch (verdict) {
    case sync::Verdict::unknown: return "not measured yet";
    case sync::Verdict::honoured: return "honoured";
    case sync::Verdict::ignored:
    case sync::Verdict::refused: return "not supported";
  }
  return "not measured yet";
}

std::string_view name_of(resolve::Side side) {
  switch (side) {
    case resolve::Side::local: return "local";
    case resolve::Side::remote: return "remote";
  }
  return "local";
}

std::string_view name_of(sync::RevisionPlace place) {
  switch (place) {
    case sync::RevisionPlace::remote_current: return "remote, current";
    case sync::RevisionPlace::remote_version: return "remote version";
    case sync::RevisionPlace::local_history: return "local";
  }
  return "local";
}

}  // namespace start_claude::ui
