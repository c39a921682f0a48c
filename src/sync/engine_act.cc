// The engine's steps that change something, in the order that loses nothing.
#include <utility>

#include "config/document.h"
#include "crypto/sha256.h"
#include "json/write.h"
#include "sync/engine.h"

namespace start_claude::sync {
namespace {

template <class T>
bool is(const resolve::Resolution& resolution) {
  return std::holds_alternative<T>(resolution);
}

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

}  // namespace

struct Engine::Change {
  RunResult result;
  std::string revision;
  VersionVector clock;
  std::size_t profiles = 0;
  bool puts = false;
  bool replaces = false;
  /// For the bucket: the text, without settings.s3Sync.
  base::SharedText text = {};
  int schema_version = 1;
  std::optional<UtcTime> stated_time = {};
  /// For config.json: what it will say, in which layout, and its mtime.
  const json::Value* document = nullptr;
  base::SharedText layout = {};
  const json::Value* layout_says = nullptr;
  std::optional<UtcTime> modified = {};
  /// Nothing that one side has is left out by it: told once it is done.
  std::vector<resolve::FieldChange> conflicts = {};
  const resolve::MergeResult* merge = nullptr;
  /// Distinguishes the temporary file.
  std::uint64_t unique = 0;
};

Result<Engine::Step> Engine::round(const RunRequest& request, Step before, RunReport& report) {
  const bool is_again = before == Step::lost_race || before == Step::local_changed;
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
  if (is_again) conversation_.started_over(situation.remote.writer, report.rounds);
  report.cause = resolve::cause_of(situation.resolution);
  Step step = Step::finished;
  if (request.dry_run) {
    const bool held = is<resolve::Hold>(situation.resolution);
    const bool in_sync = is<resolve::InSync>(situation.resolution);
    report.result = in_sync ? RunResult::in_sync : held ? RunResult::held : RunResult::pending;
    if (auto* merge = std::get_if<resolve::Merge>(&situation.resolution)) {
      report.merge = merge->result;
    }
    report.conflicts = resolve::conflicts_of(situation.resolution);
  } else {
    settle(request, situation);
    report.cause = resolve::cause_of(situation.resolution);
    auto acted = act(situation, report);
    if (!acted) return acted;
    step = *acted;
    if (step == Step::denied) {
      const Error refusal = *write_refusal_;
      if (auto settled = settle_denial(request, refusal); !settled) {
        return std::move(settled).error();
      }
    }
  }
  report.found = std::move(situation);
  return step;
}

Result<std::optional<Engine::Step>> Engine::try_direct_upload(const RunRequest& request,
                                                              LocalCopy& local,
                                                              RunReport& report) {
  const RemoteState agreed = remembered();
  const s3::ETag etag{agreed.etag};
  const bool may_upload = request.direction != resolve::Direction::down &&
                          request.occasion != resolve::Occasion::manager_opening &&
                          request.force == resolve::Force::no && !request.confirm_clear &&
                          access_ == resolve::Access::read_write;
  const bool has_change = local.document && local.entries > 0 && local.revision != agreed.ancestor;
  if (!may_upload || !has_change || already_read_ || !store_guards() ||
      !etag.can_be_condition() || !memory_->known().doubts.empty() ||
      !memory_->has_content(agreed.ancestor)) {
    return std::optional<Step>{};
  }
  auto ancestor = memory_->content_of(agreed.ancestor);
  if (!ancestor) return std::optional<Step>{};
  draw_machine_id(false);
  Situation situation;
  situation.local_clock = clock_of(local);
  note_local(local, situation.local_clock);
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
    const Error refusal = *write_refusal_;
    if (auto settled = settle_denial(request, refusal); !settled) {
      return std::move(settled).error();
    }
  }
  report.cause = resolve::Cause::local_changed;
  situation.skew = store_.clock_skew();
  situation.traits = writer_.traits();
  report.found = std::move(situation);
  return std::optional<Step>(*step);
}

void Engine::settle(const RunRequest& request, Situation& situation) {
  if (const auto* asked = std::get_if<resolve::Question>(&situation.resolution)) {
    const resolve::Question question = *asked;
    const bool accepted_before = merge_accepted_ && question.topic == resolve::Topic::confirm_merge;
    std::optional<resolve::Answer> given;
    if (accepted_before) {
      given = resolve::Answer{.option = resolve::Option::yes};
    } else {
      given = conversation_.ask(situation, question);
      situation.was_asked = given.has_value();
    }
    if (!given) {
      resolve::Hold hold{question.cause};
      if (question.merge) hold.conflicts = question.merge->conflicts;
      situation.resolution = std::move(hold);
      return;
    }
    if (question.topic == resolve::Topic::confirm_merge) {
      merge_accepted_ = given->option == resolve::Option::yes;
    }
    situation.resolution = resolve::answer(situation.input, question, *given);
    return;
  }
  const bool is_clear_change = is<resolve::Upload>(situation.resolution) ||
                               is<resolve::Download>(situation.resolution) ||
                               is<resolve::Merge>(situation.resolution);
  if (!request.confirm_clear || !is_clear_change) return;
  situation.was_asked = true;
  if (!conversation_.confirm(situation, situation.resolution)) {
    situation.resolution = resolve::Hold{resolve::cause_of(situation.resolution)};
  }
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
      return record_in_sync(situation);
    }
  } else {
    report.result = RunResult::held;
    add_conflicts(report, resolve::conflicts_of(situation.resolution));
  }
  // What was told of earlier runs is told; a full disk is no reason to fail here.
  (void)record_end();
  return Step::finished;
}

Result<Engine::Step> Engine::record_in_sync(const Situation& situation) {
  const RemoteCopy& remote = situation.remote;
  const RemoteState before = remembered();
  const bool is_known = before.ancestor == remote.revision && before.etag == remote.etag.raw &&
                        before.clock == remote.clock && memory_->has_content(remote.revision);
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
  keep_remote(remote);
  note(DoneRecord{.remote = options_.remote.text(),
                  .revision = remote.revision,
                  .clock = remote.clock.empty() ? situation.local_clock : remote.clock,
                  .agreed = RemoteState{.ancestor = remote.revision,
                                        .clock = remote.clock,
                                        .etag = remote.etag.raw,
                                        .last_modified = remote.last_modified,
                                        .modified = remote.modified,
                                        .writer = remote.writer}});
  auto recorded = record_end();
  if (!recorded) return std::move(recorded).error();
  return Step::finished;
}

void Engine::keep_remote(const RemoteCopy& remote) {
  if (!remote.exists || remote.text.empty() || remote.is_remembered) return;
  if (!remote.document) {
    note(ContentRecord{.revision = crypto::sha256_hex(remote.text),
                       .source = Source::remote,
                       .by = remote.writer,
                       .is_damaged = true,
                       .text = remote.text});
    return;
  }
  if (memory_->has_content(remote.revision)) return;
  note(ContentRecord{
      .revision = remote.revision,
      .clock = remote.clock,
      .source = Source::remote,
      .by = remote.writer,
      .entries = remote.entries,
      .profiles = remote.profiles,
      .text = json::write_over(remote.text, remote.as_read, *remote.document).joined()});
}

Result<base::Done> Engine::write_intent(const Situation& situation, const Change& change) {
  const LocalCopy& local = situation.local;
  const RemoteCopy& remote = situation.remote;
  if (change.replaces && local.exists && !local.document && !local.text.empty()) {
    note(ContentRecord{.revision = crypto::sha256_hex(local.text),
                       .source = Source::local,
                       .by = options_.host_name,
                       .is_damaged = true,
                       .text = local.text});
  }
  keep_remote(remote);
  Intent intent{.remote = options_.remote.text(),
                .before = local.revision,
                .before_modified_ns = local.fingerprint.modified_ns,
                .after = change.revision,
                .clock = change.clock,
                .puts = change.puts,
                .replaces = change.replaces};
  if (change.replaces && local.exists) {
    const auto name = platform::displaced_name(files_, options_.paths.config, change.unique);
    if (const auto* path = std::get_if<std::string>(&name)) {
      intent.beside = path->substr(path->rfind('/') + 1);
    }
  }
  if (remote.document && remote.revision != change.revision && !remote.clock.empty()) {
    intent.taken_in = remote.revision;
    intent.taken_in_clock = remote.clock;
  }
  for (const auto& conflict : change.conflicts) intent.conflicts.push_back(conflict.path);
  if (memory_->known().intent) note(DroppedRecord{});
  note(intent);
  return memory_->write(Journal::Durability::now);
}

Result<Engine::Step> Engine::put(const Situation& situation, const Change& change,
                                 RunReport& report, std::optional<RemoteState>& agreed) {
  const RemoteCopy& remote = situation.remote;
  Outgoing outgoing{.text = change.text,
                    .clock = change.clock,
                    .modified = change.stated_time,
                    .schema_version = change.schema_version,
                    .replaced_text = remote.text,
                    .is_read_stale = situation.was_asked,
                    .was_read = remote.was_read,
                    .read_denied = remote.denied};
  if (remote.exists) outgoing.replaces = remote.etag;
  bool is_durable = change.replaces;
  Result<base::Done> durable = base::Done{};
  const auto make_it_durable = [&] {
    if (!std::exchange(is_durable, true)) durable = make_durable(files_, options_.paths.config);
  };
  outgoing.while_awaited = make_it_durable;
  auto outcome = writer_.write(outgoing);
  if (!outcome) return std::move(outcome).error();
  if (const auto* denied = std::get_if<Denied>(&*outcome)) {
    // Neither may be: that is another story.
    if (remote.denied) return denied->error;
    write_refusal_ = denied->error;
    return Step::denied;
  }
  write_denied_to_.clear();
  const auto* written = std::get_if<Written>(&*outcome);
  if (written == nullptr) {
    note(DroppedRecord{.may_be_stored = std::get<Raced>(*outcome).may_be_stored});
    return Step::lost_race;
  }
  make_it_durable();
  if (!durable) return std::move(durable).error();
  const MeasuredClock clock = measured_clock();
  report.remote_changed = true;
  report.uploaded_bytes = outgoing.text.size();
  agreed = RemoteState{.ancestor = change.revision,
                       .clock = change.clock,
                       .etag = written->etag.raw,
                       .last_modified = base::plausible(clock.at_server(clock.now), base::time_max),
                       .modified = outgoing.modified,
                       .writer = options_.host_name};
  return Step::finished;
}

Result<Engine::Step> Engine::replace_local(const Situation& situation, const Change& change) {
  const auto outcome = write_local(files_, situation.local,
                                   {.path = options_.paths.config,
                                    .document = *change.document,
                                    .layout = change.layout,
                                    .layout_says = *change.layout_says,
                                    .modified = change.modified,
                                    .s3_sync = options_.s3_sync,
                                    .is_journaled = true,
                                    .unique = change.unique});
  if (!outcome) return outcome.error();
  return *outcome == platform::ReplaceOutcome::replaced ? Step::finished : Step::local_changed;
}

Result<Engine::Step> Engine::carry_out(const Situation& situation, const Change& change,
                                       RunReport& report) {
  if (auto intended = write_intent(situation, change); !intended) {
    return std::move(intended).error();
  }
  const Intent intent = *memory_->known().intent;
  std::optional<RemoteState> agreed;
  if (change.puts) {
    auto step = put(situation, change, report, agreed);
    if (!step || *step != Step::finished) return step;
  }
  const auto tell = [&] {
    if (change.merge != nullptr) {
      add_merge(report, *change.merge);
    } else {
      add_conflicts(report, change.conflicts);
    }
  };
  if (change.replaces) {
    auto step = replace_local(situation, change);
    if (!step || *step != Step::finished) return step;
    report.local_changed = true;
  }
  tell();
  report.result = change.result;
  report.profiles_after = change.profiles;
  const RemoteCopy& remote = situation.remote;
  if (!agreed) {
    agreed = RemoteState{.ancestor = remote.revision,
                         .clock = remote.clock,
                         .etag = remote.etag.raw,
                         .last_modified = remote.last_modified,
                         .modified = remote.modified,
                         .writer = remote.writer};
  }
  note(DoneRecord{.remote = intent.remote,
                  .revision = change.revision,
                  .clock = change.clock,
                  .taken_in = intent.taken_in,
                  .taken_in_clock = intent.taken_in_clock,
                  .agreed = agreed});
  if (!change.replaces) state_.set_local(known_file(situation.local, began_));
  auto recorded = record_end();
  if (!recorded) return std::move(recorded).error();
  if (change.puts && remote.denied) {
    // Not missing but forbidden? Now that there is an object, the store cannot mean anything else.
    const auto there = store_.get(location_, s3::ETag{agreed->etag});
    const auto* denied = there ? std::get_if<s3::ReadDenied>(&*there) : nullptr;
    if (denied != nullptr) {
      report.unreadable = denied->error;
      return Step::finished;
    }
  }
  return change.puts ? read_back(change.revision) : Result<Step>(Step::finished);
}

Result<Engine::Step> Engine::read_back(const std::string& revision) {
  if (!writer_.needs_read_back()) return Step::finished;
  auto there = read_remote(store_, location_, remembered(), *memory_);
  if (!there) return std::move(there).error();
  return there->revision == revision ? Step::finished : Step::lost_race;
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
       .stated_time =
           stated_time(local.modified, measured_clock(), remembered().last_modified),
       .conflicts = resolve::conflicts_of(situation.resolution)},
      report);
}

Result<Engine::Step> Engine::download(const Situation& situation, RunReport& report) {
  const RemoteCopy& remote = situation.remote;
  return carry_out(situation,
                   {.result = RunResult::downloaded,
                    .revision = remote.revision,
                    .clock = remote.clock.empty() ? situation.local_clock : remote.clock,
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
  const Remembered& known = memory_->known();
  VersionVector clock = join(situation.local_clock, situation.remote.clock);
  if (revision != local.revision) clock = advance(std::move(clock), known.machine.id, known.count + 1);
  clock = limit(clock, known.machine.id);
  note(ContentRecord{.revision = revision,
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
