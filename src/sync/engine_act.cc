// One round of a run: what was decided becomes a Change, or is recorded.
#include <utility>

#include "config/document.h"
#include "sync/change.h"

namespace start_claude::sync {
namespace {

template <class T>
bool is(const resolve::Resolution& resolution) {
  return std::holds_alternative<T>(resolution);
}

}  // namespace

Result<Engine::Step> Engine::round(const RunRequest& request, Step before, RunReport& report) {
  auto local = read_local(files_, options_.paths.config);
  if (!local) return std::move(local).error();
  if (report.rounds == 1 && !request.dry_run) {
    auto step = try_direct_upload(request, *local, report);
    if (!step) return std::move(step).error();
    if (*step) return **step;
  }
  auto read = read_and_resolve(request, *std::move(local));
  if (!read) return std::move(read).error();
  Situation situation = *std::move(read);
  const bool is_again = before == Step::lost_race || before == Step::local_changed;
  if (is_again) conversation_.started_over(situation.remote.writer, report.rounds);
  Result<Step> step = Step::finished;
  if (request.dry_run) {
    describe_plan(situation, report);
  } else {
    ask_user(request, situation);
    step = act(situation, report);
    if (!step) return step;
    if (*step == Step::denied) {
      if (auto may = go_on_without_writing(request); !may) return std::move(may).error();
    }
  }
  report.cause = resolve::cause_of(situation.resolution);
  report.found = std::move(situation);
  return step;
}

void Engine::describe_plan(const Situation& situation, RunReport& report) {
  const resolve::Resolution& resolution = situation.resolution;
  report.result = is<resolve::InSync>(resolution) ? RunResult::in_sync
                  : is<resolve::Hold>(resolution) ? RunResult::held
                                                  : RunResult::pending;
  if (const auto* merge = std::get_if<resolve::Merge>(&resolution)) report.merge = merge->result;
  report.conflicts = resolve::conflicts_of(resolution);
  report.removals = resolve::removals_of(resolution);
  report.effects = resolve::effects_of(situation.input, resolution);
}

Result<std::optional<Engine::Step>> Engine::try_direct_upload(const RunRequest& request,
                                                              LocalCopy& local, RunReport& report) {
  const RemoteState agreed = remembered();
  const s3::ETag etag{agreed.etag};
  const bool may_upload = request.direction != resolve::Direction::down &&
                          request.occasion != resolve::Occasion::manager_opening &&
                          request.force == resolve::Force::no && !request.confirm_clear &&
                          access_ == resolve::Access::read_write;
  const bool has_change = local.document && local.entries > 0 && local.revision != agreed.ancestor;
  if (!may_upload || !has_change || already_read_ || !store_guards() || !etag.can_be_condition() ||
      !memory_->known().doubts.empty() || !memory_->has_content(agreed.ancestor)) {
    return std::optional<Step>{};
  }
  auto ancestor = memory_->content_of(agreed.ancestor);
  if (!ancestor) return std::optional<Step>{};
  memory_->ensure_machine();
  Situation situation;
  situation.local_clock = memory_->clock_of(local);
  memory_->note_local(local);
  situation.remote = remembered_copy(agreed, *std::move(ancestor));
  situation.remote.was_read = false;
  situation.input = input_for(request, local, situation.remote);
  situation.local = std::move(local);
  situation.resolution = resolve::resolve(situation.input);
  situation.remembered = agreed;
  // Anything but the change of this side alone needs a reading.
  const auto* upload_only = std::get_if<resolve::Upload>(&situation.resolution);
  if (upload_only == nullptr || upload_only->cause != resolve::Cause::local_changed) {
    local = std::move(situation.local);
    return std::optional<Step>{};
  }
  auto step = upload(situation, report);
  if (!step) return std::move(step).error();
  if (*step == Step::lost_race) {
    local = std::move(situation.local);
    return std::optional<Step>{};
  }
  if (*step == Step::denied) {
    if (auto may = go_on_without_writing(request); !may) return std::move(may).error();
  }
  report.cause = resolve::Cause::local_changed;
  situation.skew = store_.clock_skew();
  situation.traits = writer_.traits();
  report.found = std::move(situation);
  return std::optional<Step>(*step);
}

Result<Engine::Step> Engine::act(const Situation& situation, RunReport& report) {
  if (is<resolve::Upload>(situation.resolution)) return upload(situation, report);
  if (is<resolve::Download>(situation.resolution)) return download(situation, report);
  if (const auto* merge = std::get_if<resolve::Merge>(&situation.resolution)) {
    return write_merge(situation, *merge, report);
  }
  if (is<resolve::InSync>(situation.resolution)) {
    report.result = RunResult::in_sync;
    if (resolve::cause_of(situation.resolution) == resolve::Cause::equal) {
      return record_in_sync(situation, report);
    }
  } else {
    report.result = RunResult::held;
    report.add_conflicts(resolve::conflicts_of(situation.resolution));
    report.removals = resolve::removals_of(situation.resolution);
  }
  // This run changes nothing and succeeds on a disk that takes nothing, too.
  (void)record_end();
  return Step::finished;
}

Result<Engine::Step> Engine::record_in_sync(const Situation& situation, const RunReport& report) {
  const RemoteCopy& remote = situation.remote;
  const RemoteState before = remembered();
  const bool is_known = !report.replaced && before.ancestor == remote.revision &&
                        before.etag == remote.etag.raw && before.clock == remote.clock &&
                        memory_->has_content(remote.revision);
  state_.set_local(known_file(situation.local, began_));
  if (is_known) {
    // A run that changes nothing succeeds on a disk that takes nothing, too.
    (void)record_end();
    return Step::finished;
  }
  // What an editor left to the system would, if power went, come back older and pass for an edit.
  if (auto durable = make_durable(files_, options_.paths.config); !durable) {
    return std::move(durable).error();
  }
  note_remote(remote);
  RemoteState agreed = agreement_on(remote);
  agreed.replaced = report.replaced ? report.replaced : before.replaced;
  memory_->note(DoneRecord{
      .remote = options_.remote.text(),
      .revision = remote.revision,
      .clock = remote.clock.empty() ? situation.local_clock : clock_taken_over(situation),
      .taken_in = remote.clock.empty() ? "" : remote.revision,
      .taken_in_clock = remote.clock,
      .agreed = std::move(agreed)});
  if (auto recorded = record_end(); !recorded) return std::move(recorded).error();
  return Step::finished;
}

RemoteState Engine::agreement_on(const RemoteCopy& remote) {
  return {.ancestor = remote.revision,
          .clock = remote.clock,
          .etag = remote.etag.raw,
          .last_modified = remote.last_modified,
          .modified = remote.modified,
          .writer = remote.writer};
}

Result<Engine::Step> Engine::upload(const Situation& situation, RunReport& report) {
  const LocalCopy& local = situation.local;
  const std::string& own = memory_->known().machine.id;
  return carry_out(
      situation,
      {.result = RunResult::uploaded,
       .revision = local.revision,
       .clock = limit(join(situation.local_clock, situation.remote.clock), own),
       .profiles = local.profiles,
       .puts = true,
       .text = local.shareable_text().joined(),
       .schema_version = config::schema_version(*local.document),
       .stated_time = stated_time(local.modified, measured_clock(), remembered().last_modified),
       .conflicts = resolve::conflicts_of(situation.resolution)},
      report);
}

VersionVector Engine::clock_taken_over(const Situation& situation) const {
  const VersionVector& remote = situation.remote.clock;
  if (!remote.empty()) {
    // What it took the place of it has seen by that.
    return covers(remote, situation.local_clock)
               ? remote
               : limit(join(situation.local_clock, remote), memory_->known().machine.id);
  }
  // A foreign writer's: nobody has seen it but who takes it in.
  return advance(situation.local_clock, memory_->known().machine.id, memory_->next_count());
}

Result<Engine::Step> Engine::download(const Situation& situation, RunReport& report) {
  const RemoteCopy& remote = situation.remote;
  return carry_out(situation,
                   {.result = RunResult::downloaded,
                    .revision = remote.revision,
                    .clock = clock_taken_over(situation),
                    .profiles = remote.profiles,
                    .replaces = true,
                    .document = &*remote.document,
                    .layout = remote.text,
                    .layout_says = &remote.as_read,
                    .modified = remote.modified,
                    .conflicts = resolve::conflicts_of(situation.resolution),
                    .unique = random_.next()},
                   report);
}

Result<Engine::Step> Engine::write_merge(const Situation& situation, const resolve::Merge& merge,
                                         RunReport& report) {
  const LocalCopy& local = situation.local;
  const UtcTime now = std::chrono::floor<std::chrono::milliseconds>(clock_.now());
  const bool may_prune = merge.upload && situation.input.time == resolve::TimeTrust::trusted;
  const json::Value merged =
      may_prune ? resolve::prune_tombstones(merge.result.merged, measured_clock().at_server(now))
                : merge.result.merged;
  const std::string revision = config::revision_of(merged);
  const base::SharedText text = local.shareable_text_of(merged).joined();
  const std::string& own = memory_->known().machine.id;
  VersionVector clock = join(situation.local_clock, situation.remote.clock);
  if (revision != local.revision) {
    clock = advance(std::move(clock), own, memory_->next_count());
  }
  clock = limit(clock, own);
  memory_->note(ContentRecord{.revision = revision,
                              .clock = clock,
                              .source = Source::merged,
                              .by = options_.host_name,
                              .entries = config::entry_count(merged),
                              .profiles = config::profile_count(merged),
                              .text = text});
  return carry_out(situation,
                   {.result = RunResult::merged,
                    .revision = revision,
                    .clock = std::move(clock),
                    .profiles = config::profile_count(merged),
                    .puts = merge.upload,
                    .replaces = true,
                    .text = text,
                    .schema_version = config::schema_version(merged),
                    .stated_time = stated_time(now, measured_clock()),
                    .document = &merged,
                    .layout = local.text,
                    .layout_says = &*local.document,
                    .modified = now,
                    .conflicts = merge.result.conflicts,
                    .merge = &merge.result,
                    .unique = random_.next()},
                   report);
}

}  // namespace start_claude::sync
