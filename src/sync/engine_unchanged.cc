// The run that has nothing to do, which nearly every run is: one request, and the file not read.
#include <utility>

#include "sync/engine.h"

namespace start_claude::sync {
namespace {

/// The object as it was at the last sync, by what is known of the equal file here.
RemoteCopy remote_equal_to(const LocalCopy& local, const RemoteState& remembered) {
  RemoteCopy copy;
  copy.exists = true;
  copy.etag = {remembered.etag};
  copy.last_modified = remembered.last_modified;
  copy.modified = remembered.modified ? remembered.modified : remembered.last_modified;
  copy.writer = remembered.writer;
  copy.clock = remembered.clock;
  copy.is_remembered = true;
  copy.revision = local.revision;
  copy.entries = local.entries;
  copy.profiles = local.profiles;
  return copy;
}

}  // namespace

Result<bool> Engine::try_unchanged(const RunRequest& request, RunReport& report) {
  const auto& known = state_.local();
  const auto& memory = state_.remembered();
  if (request.force == resolve::Force::yes || !known || !memory || memory->intent ||
      !memory->doubts.empty()) {
    return false;
  }
  const RemoteState agreed = memory->remote(options_.remote.text());
  const bool may = !agreed.etag.empty() && known->revision == agreed.ancestor &&
                   known->entries > 0 && memory->contents.contains(agreed.ancestor) &&
                   Journal(files_, options_.paths.journal).is_at(state_.journal_end());
  if (!may) return false;
  auto local = known_local(files_, options_.paths.config, *known);
  if (!local) return false;
  auto outcome = store_.get(location_, s3::ETag{agreed.etag});
  // Somebody put there what cannot be read: what to do about that is decided below.
  if (!outcome && outcome.error().kind == ErrorKind::invalid_data) return false;
  if (!outcome) return std::move(outcome).error();
  if (!std::holds_alternative<s3::NotModified>(*outcome)) {
    already_read_ = *std::move(outcome);
    return false;
  }
  Situation situation;
  situation.remote = remote_equal_to(*local, agreed);
  situation.input.local.modified = edit_time(local->modified, measured_clock());
  situation.input.remote.modified = situation.remote.modified;
  situation.local = *std::move(local);
  situation.skew = store_.clock_skew();
  situation.traits = writer_.traits();
  situation.remembered = agreed;
  report.result = RunResult::in_sync;
  report.cause = resolve::Cause::equal;
  report.traits = writer_.traits();
  report.skew = situation.skew;
  report.found = std::move(situation);
  // Of use to the next run only: this one succeeds on a disk that takes nothing, too.
  if (!request.dry_run) (void)save_state();
  return true;
}

}  // namespace start_claude::sync
