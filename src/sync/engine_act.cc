// The engine's steps that change something, in the order that loses nothing.
#include <iterator>
#include <utility>

#include "config/document.h"
#include "crypto/sha256.h"
#include "json/write.h"
#include "sync/displaced.h"
#include "sync/engine.h"
#include "sync/lineage.h"

namespace start_claude::sync {
namespace {

/// What a run settled is all that its rounds did: the conflicts of the first are not the last's.
void add_conflicts(RunReport& report, const std::vector<resolve::FieldChange>& conflicts) {
  report.conflicts.insert(report.conflicts.end(), conflicts.begin(), conflicts.end());
}

void add_merge(RunReport& report, resolve::MergeResult merge) {
  add_conflicts(report, merge.conflicts);
  if (report.merge) {
    const auto put_first = [](auto& list, auto& earlier) {
      list.insert(list.begin(), earlier.begin(), earlier.end());
    };
    put_first(merge.changes, report.merge->changes);
    put_first(merge.conflicts, report.merge->conflicts);
  }
  report.merge = std::move(merge);
}

void add(std::vector<resolve::Effect>& list, std::vector<resolve::Effect> effects) {
  list.insert(list.end(), std::move_iterator(effects.begin()), std::move_iterator(effects.end()));
}

}  // namespace

Result<Engine::Step> Engine::act(Situation& situation, RunReport& report) {
  if (std::holds_alternative<resolve::InSync>(situation.resolution)) {
    report.result = RunResult::in_sync;
    if (resolve::cause_of(situation.resolution) != resolve::Cause::equal) return Step::finished;
    return agree(situation);
  }
  if (std::holds_alternative<resolve::Upload>(situation.resolution))
    return upload(situation, report);
  if (std::holds_alternative<resolve::Download>(situation.resolution))
    return download(situation, report);
  if (const auto* merge = std::get_if<resolve::Merge>(&situation.resolution)) {
    return write_merge(situation, *merge, report);
  }
  report.result = RunResult::held;
  add_conflicts(report, resolve::conflicts_of(situation.resolution));
  report.removals = resolve::removals_of(situation.resolution);
  return Step::finished;
}

Replaced& Engine::replacing() {
  if (!replacing_) {
    replacing_ = Replaced{.ancestor = remembered_.ancestor, .lineage = remembered_.lineage};
  }
  return *replacing_;
}

Result<base::Done> Engine::restore(RunReport& report) {
  auto restored = restore_displaced({.files = files_,
                                     .clock = clock_,
                                     .random = random_,
                                     .paths = options_.paths,
                                     .host_name = options_.host_name});
  if (!restored) return std::move(restored).error();
  if (restored->local_changed) report.local_changed = true;
  if (!restored->conflicts.empty()) conversation_.displaced_lost(restored->conflicts);
  return base::Done{};
}

Result<Engine::Step> Engine::agree(const Situation& situation) {
  const RemoteCopy& remote = situation.remote;
  const bool known = remote.is_remembered ||
                     (remembered_.ancestor == remote.revision &&
                      remembered_.etag == remote.etag.raw && history_.contains(remote.revision));
  if (known && !replacing_) {
    know_local(situation.local);
    note_store();
    // A run that changes nothing succeeds on a disk that takes nothing, too.
    (void)state_.save(files_, random_);
    return Step::finished;
  }
  auto kept = keep_remote(remote);
  if (!kept) return std::move(kept).error();
  auto saved =
      remember({.ancestor = remote.revision,
                .etag = remote.etag.raw,
                .last_modified = remote.last_modified,
                .modified = remote.modified,
                .writer = remote.writer,
                .lineage = taken_in_with(remote.revision, remote.lineage, remembered_.lineage)});
  if (!saved) return std::move(saved).error();
  return Step::finished;
}

bool Engine::is_past_lineage(const RemoteCopy& remote) const {
  // With conditions nobody overwrites what they have not read; and who never wrote there has not
  // measured them, and has nothing to lose.
  const StoreTraits& traits = writer_.traits();
  const bool is_measured =
      traits.if_match != Verdict::unknown || traits.if_none_match != Verdict::unknown;
  const bool are_overwritten = is_measured && traits.if_match != Verdict::honoured;
  return are_overwritten && !remembered_.ancestor.empty() &&
         is_past(remote.lineage, remembered_.ancestor);
}

Result<base::Done> Engine::keep_remote(const RemoteCopy& remote) {
  // What is remembered came out of history.
  if (!remote.exists || remote.text.empty() || remote.is_remembered) return base::Done{};
  // Kept when it was agreed on; again, it would look newer than what was here since.
  const bool is_ancestor = remote.document && remote.revision == remembered_.ancestor;
  if (is_ancestor && history_.contains(remote.revision)) return base::Done{};
  if (!remote.document) {
    return history_.keep(remote.text, {.revision = crypto::sha256_hex(remote.text),
                                       .saved = clock_.now(),
                                       .by = remote.writer,
                                       .origin = Origin::remote,
                                       .damaged = true});
  }
  return history_.keep(json::write_over(remote.text, remote.as_read, *remote.document),
                       {.revision = remote.revision,
                        .saved = clock_.now(),
                        .by = remote.writer,
                        .origin = Origin::remote,
                        .entries = remote.entries});
}

Result<base::Done> Engine::keep_merge(const json::Value& document, const base::TextParts& text,
                                      HistoryEntry entry) {
  entry.revision = config::revision_of(document);
  entry.saved = clock_.now();
  entry.by = options_.host_name;
  entry.entries = config::entry_count(document);
  return history_.keep(text, entry);
}

Result<std::optional<RemoteState>> Engine::put(const Outgoing& outgoing, const RemoteCopy& over,
                                               RunReport& report) {
  auto outcome = writer_.write(outgoing);
  if (!outcome) return std::move(outcome).error();
  if (const auto* denied = std::get_if<Denied>(&*outcome)) {
    // Neither may be: that is another story.
    if (over.denied) return denied->error;
    refused_put_ = denied->error;
    return std::optional<RemoteState>{};
  }
  write_denied_to_.clear();
  const auto* written = std::get_if<Written>(&*outcome);
  if (written == nullptr) return std::optional<RemoteState>{};
  const MeasuredClock clock = measured_clock();
  report.remote_changed = true;
  report.uploaded_bytes = outgoing.text.size();
  return std::optional<RemoteState>{
      {.ancestor = outgoing.revision,
       .etag = written->etag.raw,
       .last_modified = base::plausible(clock.at_server(clock.now), base::time_max),
       .modified = outgoing.modified,
       .writer = options_.host_name,
       .lineage = taken_in_with(outgoing.revision, over.lineage_with_own(), remembered_.lineage)}};
}

void Engine::tell_doubted(const RemoteCopy& remote, RunReport& report) {
  if (!doubted_) return;
  const std::string name = short_revision(doubted_->revision);
  const auto& lineage = remote.lineage;
  if (std::find(lineage.begin(), lineage.end(), name) != lineage.end()) {
    add_merge(report, std::move(doubted_->merge));
  }
  doubted_.reset();
}

Result<Engine::Step> Engine::read_back(const std::string& revision) {
  if (!writer_.needs_read_back()) return Step::finished;
  auto there = read_remote(store_, location_, remembered_, history_);
  if (!there) return std::move(there).error();
  // Of what something on the way changes nobody can say that it is another's. A write that had not
  // seen ours shows by its lineage, when it can be read.
  const bool is_as_written = there->may_be_altered || there->revision == revision;
  return is_as_written ? Step::finished : Step::start_over;
}

Result<Engine::Step> Engine::upload(const Situation& situation, RunReport& report) {
  const LocalCopy& local = situation.local;
  const RemoteCopy& remote = situation.remote;
  auto kept = keep_remote(remote);
  if (!kept) return std::move(kept).error();
  kept = keep_local(history_, local, {clock_.now(), options_.host_name});
  if (!kept) return std::move(kept).error();
  Outgoing outgoing{
      .text = local.shareable_text().joined(),
      .revision = local.revision,
      .lineage = extend_lineage(local.revision, remote.lineage_with_own(), remembered_.lineage),
      .modified = stated_time(local.modified, measured_clock(), remembered_.last_modified),
      .schema_version = config::schema_version(*local.document),
      .replaced_text = remote.text,
      .is_read_stale = situation.was_asked,
      .was_read = remote.was_read,
      .read_denied = remote.denied};
  if (remote.exists) outgoing.replaces = remote.etag;
  auto written = put(outgoing, remote, report);
  if (!written) return std::move(written).error();
  if (!*written) {
    doubted_ = {local.revision, {.conflicts = resolve::conflicts_of(situation.resolution)}};
    return Step::start_over;
  }
  report.result = RunResult::uploaded;
  if (!remote.damage.empty() && !remote.text.empty()) {
    report.damaged_kept_as = history_.path_of_damaged(remote.text);
  }
  add_conflicts(report, resolve::conflicts_of(situation.resolution));
  add(report.effects.remote, resolve::effects_of(situation.input, situation.resolution).remote);
  report.profiles_after = local.profiles;
  report.after = {local.revision, outgoing.modified, options_.host_name};
  if (replacing().remote.empty()) replacing().remote = remote.revision;
  replacing().became = local.revision;
  know_local(local);
  auto saved = remember(**written);
  if (!saved) return std::move(saved).error();
  if (remote.denied) {
    // Not missing but forbidden? Now that there is an object, the store cannot mean anything else.
    const auto there = store_.get(location_, s3::ETag{(*written)->etag});
    const auto* denied = there ? std::get_if<s3::ReadDenied>(&*there) : nullptr;
    if (denied != nullptr) {
      report.unreadable = denied->error;
      return Step::finished;
    }
  }
  return read_back(outgoing.revision);
}

Result<Engine::Step> Engine::replace_local(const LocalCopy& local, const json::Value& document,
                                           const base::SharedText& layout,
                                           const json::Value& layout_says,
                                           std::optional<UtcTime> modified) {
  const auto outcome = write_local(files_, local,
                                   {.path = options_.paths.config,
                                    .document = document,
                                    .layout = layout,
                                    .layout_says = layout_says,
                                    .modified = modified,
                                    .s3_sync = options_.s3_sync,
                                    .unique = random_.next()});
  if (!outcome) return outcome.error();
  return *outcome == platform::ReplaceOutcome::replaced ? Step::finished : Step::start_over;
}

Result<Engine::Step> Engine::download(const Situation& situation, RunReport& report) {
  const LocalCopy& local = situation.local;
  const RemoteCopy& remote = situation.remote;
  // In this order what comes is newer in history than the ancestor, which may be what is here: a
  // run that is cut off before it remembers is told by that.
  auto kept = keep_local(history_, local, {clock_.now(), options_.host_name});
  if (kept) kept = keep_remote(remote);
  if (!kept) return std::move(kept).error();
  auto step = replace_local(local, *remote.document, remote.text, remote.as_read, remote.modified);
  if (!step || *step == Step::start_over) return step;
  report.result = RunResult::downloaded;
  if (!local.damage.empty() && !local.text.empty()) {
    report.damaged_kept_as = history_.path_of_damaged(local.text);
  }
  report.is_past_lineage = report.is_past_lineage || is_past_lineage(remote);
  add_conflicts(report, resolve::conflicts_of(situation.resolution));
  add(report.effects.local, resolve::effects_of(situation.input, situation.resolution).local);
  report.local_changed = true;
  report.profiles_after = remote.profiles;
  report.after = {remote.revision, remote.modified, remote.writer};
  replacing().local = local.revision;
  replacing().became = remote.revision;
  return agree(situation);
}

Result<Engine::Step> Engine::write_merge(const Situation& situation, const resolve::Merge& merge,
                                         RunReport& report) {
  const LocalCopy& local = situation.local;
  const RemoteCopy& remote = situation.remote;
  const UtcTime now = std::chrono::floor<std::chrono::milliseconds>(clock_.now());
  const bool may_prune = merge.upload && situation.input.time == resolve::TimeTrust::trusted;
  const json::Value merged =
      may_prune ? resolve::prune_tombstones(merge.result.merged, measured_clock().at_server(now))
                : merge.result.merged;
  const base::TextParts text = local.shareable_text_of(merged);
  auto kept = keep_remote(remote);
  if (kept) kept = keep_local(history_, local, {clock_.now(), options_.host_name});
  const std::string revision = config::revision_of(merged);
  // Where the merge is what is here but for its layout, history must go on saying that it was here.
  if (kept && revision != local.revision) {
    kept = keep_merge(merged, text, {.origin = Origin::merged, .merged_with = remote.revision});
  }
  if (!kept) return std::move(kept).error();

  std::optional<RemoteState> agreed;
  if (merge.upload) {
    // The merge came from the file as it is, too: a run that is cut off before it brings the merge
    // here leaves that file, and whatever is edited in it then, as the one to merge with.
    const auto taken_in = taken_in_with(local.revision, {}, remembered_.lineage);
    auto written = put({.text = text.joined(),
                        .revision = revision,
                        .lineage = extend_lineage(revision, remote.lineage_with_own(), taken_in),
                        .modified = stated_time(now, measured_clock()),
                        .schema_version = config::schema_version(merged),
                        .replaces = remote.etag,
                        .replaced_text = remote.text,
                        .is_read_stale = situation.was_asked},
                       remote, report);
    if (!written) return std::move(written).error();
    if (!*written) {
      doubted_ = {revision, merge.result};
      return Step::start_over;
    }
    agreed = *std::move(written);
    add(report.effects.remote, resolve::effects_of(situation.input, situation.resolution).remote);
    if (replacing().remote.empty()) replacing().remote = remote.revision;
  }
  // The merge is an ancestor only once it is here: until then this side lacks the other's edits.
  auto step = replace_local(local, merged, local.text, *local.document, now);
  // What is in the bucket was decided, even if another round brings it here.
  if (agreed || (step && *step == Step::finished)) add_merge(report, merge.result);
  if (!step || *step == Step::start_over) return step;
  report.result = RunResult::merged;
  add(report.effects.local, resolve::effects_of(situation.input, situation.resolution).local);
  report.after = {revision, now, agreed ? options_.host_name : remote.writer};
  replacing().local = local.revision;
  replacing().became = revision;
  report.is_past_lineage = report.is_past_lineage || is_past_lineage(remote);
  report.local_changed = true;
  report.profiles_after = config::profile_count(merged);
  if (!agreed) {
    auto done = agree(situation);
    if (!done) return done;
    // A PUT of this very merge that was given up may still arrive: it is known then.
    kept = keep_merge(merged, text, {.origin = Origin::local});
    if (!kept) return std::move(kept).error();
    return Step::finished;
  }
  auto saved = remember(*std::move(agreed));
  if (!saved) return std::move(saved).error();
  return read_back(revision);
}

void Engine::note_store() {
  StoreTraits learnt = writer_.traits();
  learnt.etag_unquoted = store_.etag_unquoted();
  learnt.region = store_.learnt_region();
  learnt.write_denied_to = write_denied_to_;
  if (learnt != state_.traits(options_.remote)) {
    state_.set_traits(options_.remote, std::move(learnt));
  }
}

Result<base::Done> Engine::make_local_durable() const {
  const auto target = files_.follow_links(options_.paths.config);
  const auto* path = std::get_if<std::string>(&target);
  if (path == nullptr) return base::Done{};
  const auto content = files_.sync_file(*path);
  if (const auto* failure = std::get_if<platform::FileFailure>(&content);
      failure != nullptr && failure->kind != platform::FileFailureKind::no_such_file) {
    return platform::disk_error("sync", *path, *failure);
  }
  const std::string folder = platform::folder_of(*path);
  const auto place = files_.sync_folder(folder);
  const auto* failure = std::get_if<platform::FileFailure>(&place);
  if (failure == nullptr) return base::Done{};
  return platform::disk_error("sync", folder, *failure);
}

Result<base::Done> Engine::remember(RemoteState remote) {
  // A run that was killed may have brought what is here and not lived to have it on the disk, and
  // most editors do not see to it. If power went then, the older file would come back and look like
  // an edit of what is remembered.
  if (auto durable = make_local_durable(); !durable) return durable;
  remote.replaced = replacing_ ? replacing_ : remembered_.replaced;
  remembered_ = remote;
  note_store();
  state_.set_remote(options_.remote, std::move(remote));
  auto saved = state_.save(files_, random_);
  if (saved) history_.prune(remembered_.lineage);
  return saved;
}

}  // namespace start_claude::sync
