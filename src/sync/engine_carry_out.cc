// Carrying out a Change, in the order that loses nothing: intent, PUT, config.json, done.
#include <iterator>
#include <utility>

#include "crypto/sha256.h"
#include "json/write.h"
#include "sync/change.h"
#include "sync/machine.h"
#include "sync/recovery.h"

namespace start_claude::sync {
namespace {

void add_merge(RunReport& report, resolve::MergeResult merge) {
  report.add_conflicts(merge.conflicts);
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

Result<Engine::Step> Engine::carry_out(const Situation& situation, const Change& change,
                                       RunReport& report) {
  const std::string ancestor = remembered().ancestor;
  auto prepared = write_intent(situation, change);
  if (!prepared) return std::move(prepared).error();
  const Intent intent = *memory_->known().intent;
  RemoteState agreed = agreement_on(situation.remote);
  if (change.puts) {
    auto stored = put(situation, change, report);
    if (!stored) return std::move(stored).error();
    if (stored->step != Step::finished) return stored->step;
    agreed = std::move(stored->agreed);
  }
  if (!report.replaced) report.replaced = Replaced{.ancestor = ancestor};
  if (change.replaces) {
    LocalWrite write = local_write(change);
    write.is_prepared = !prepared->empty();
    const auto outcome = write_local(files_, situation.local, write);
    if (!outcome) return outcome.error();
    if (*outcome != platform::ReplaceOutcome::replaced) {
      describe(situation, change, {.remote = change.puts, .local = false}, report);
      if (auto left = leave_to_others(intent); !left) return std::move(left).error();
      return Step::local_changed;
    }
  }
  describe(situation, change, {.remote = change.puts, .local = true}, report);
  agreed.replaced = report.replaced;
  if (!change.replaces) state_.set_local(known_file(situation.local, began_));
  if (auto recorded = record_done(intent, agreed); !recorded) return std::move(recorded).error();
  return change.puts ? check_put(situation, change, agreed, report) : Result<Step>(Step::finished);
}

Result<std::string> Engine::write_intent(const Situation& situation, const Change& change) {
  const LocalCopy& local = situation.local;
  const RemoteCopy& remote = situation.remote;
  std::string prepared;
  if (change.replaces && !change.puts) {
    // Before the intent: once that is on the disk, it tells by lying there that nothing was done.
    auto made = prepare_local(files_, local, local_write(change));
    if (!made) return std::move(made).error();
    prepared = *std::move(made);
  }
  if (change.replaces && !local.document) memory_->note_local(local);
  note_remote(remote);
  Intent intent{.remote = options_.remote.text(),
                .before = local.revision,
                .before_modified_ns = local.fingerprint.modified_ns,
                .before_inode = local.fingerprint.inode,
                .boot = boot_id(files_),
                .after = change.revision,
                .clock = change.clock,
                .puts = change.puts,
                .replaces = change.replaces};
  if (change.replaces) {
    intent.beside = change.puts ? name_beside(memory_parts(), local, change.unique)
                                : platform::name_of(prepared);
  }
  if (remote.document) {
    intent.over = remote.revision;
    intent.over_clock = remote.clock;
  }
  for (const auto& conflict : change.conflicts) intent.conflicts.push_back(conflict.path);
  if (memory_->known().intent) memory_->note(DroppedRecord{});
  memory_->note(intent);
  if (auto written = memory_->write(Journal::Durability::now); !written) {
    if (!prepared.empty()) (void)files_.remove(prepared);
    return std::move(written).error();
  }
  return prepared;
}

void Engine::note_remote(const RemoteCopy& remote) {
  if (!remote.exists || remote.text.empty() || remote.is_remembered) return;
  if (!remote.document) {
    memory_->note(ContentRecord{.revision = crypto::sha256_hex(remote.text),
                                .source = Source::remote,
                                .by = remote.writer,
                                .is_damaged = true,
                                .text = remote.text});
    return;
  }
  if (memory_->has_content(remote.revision)) return;
  memory_->note(ContentRecord{
      .revision = remote.revision,
      .clock = remote.clock,
      .source = Source::remote,
      .by = remote.writer,
      .entries = remote.entries,
      .profiles = remote.profiles,
      .text = json::write_over(remote.text, remote.as_read, *remote.document).joined()});
}

Result<Engine::PutEnd> Engine::put(const Situation& situation, const Change& change,
                                   RunReport& report) {
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
  // The disk works while the answer is awaited. A file that is replaced is put on the disk by that.
  bool is_durable = change.replaces;
  Result<base::Done> durable = base::Done{};
  const auto make_it_durable = [&] {
    if (!std::exchange(is_durable, true)) durable = make_durable(files_, options_.paths.config);
  };
  outgoing.while_awaited = make_it_durable;
  auto outcome = writer_.write(outgoing);
  if (!outcome) return std::move(outcome).error();
  if (const auto* denied = std::get_if<Denied>(&*outcome)) {
    // Neither read nor write: the caller cannot go on without writing.
    if (remote.denied) return denied->error;
    write_refusal_ = denied->error;
    return PutEnd{Step::denied};
  }
  write_denied_to_.clear();
  const auto* written = std::get_if<Written>(&*outcome);
  if (written == nullptr) {
    memory_->note(DroppedRecord{.may_be_stored = std::get<Raced>(*outcome).may_be_stored});
    return PutEnd{Step::lost_race};
  }
  make_it_durable();
  if (!durable) return std::move(durable).error();
  const MeasuredClock clock = measured_clock();
  report.remote_changed = true;
  report.uploaded_bytes = outgoing.text.size();
  return PutEnd{Step::finished,
                {.ancestor = change.revision,
                 .clock = change.clock,
                 .etag = written->etag.raw,
                 .last_modified = base::plausible(clock.at_server(clock.now), base::time_max),
                 .modified = outgoing.modified,
                 .writer = options_.host_name}};
}

LocalWrite Engine::local_write(const Change& change) const {
  return {.path = options_.paths.config,
          .document = *change.document,
          .layout = change.layout,
          .layout_says = *change.layout_says,
          .modified = change.modified,
          .s3_sync = options_.s3_sync,
          .unique = change.unique,
          .is_journaled = true};
}

Result<base::Done> Engine::leave_to_others(const Intent& intent) {
  const std::string path = path_beside(memory_parts(), intent);
  auto beside = path.empty() ? Result<LocalCopy>(LocalCopy{}) : read_local(files_, path);
  if (!beside) return std::move(beside).error();
  // An edit that is nowhere else: recover() finds it by the intent.
  const bool is_edit = beside->exists && beside->revision != intent.after;
  if (is_edit) return base::Done{};
  // The report has what the bucket took; the next round finds it there.
  memory_->note(DroppedRecord{.was_stored = intent.puts});
  if (!beside->exists) return base::Done{};
  if (auto written = memory_->write(Journal::Durability::now); !written) return written;
  (void)files_.remove(path);
  return base::Done{};
}

void Engine::describe(const Situation& situation, const Change& change, const Sides& written,
                      RunReport& report) const {
  if (!written.remote && !written.local) return;
  if (change.merge != nullptr) {
    add_merge(report, *change.merge);
  } else {
    report.add_conflicts(change.conflicts);
  }
  auto effects = resolve::effects_of(situation.input, situation.resolution);
  Replaced& replaced = *report.replaced;
  const RemoteCopy& remote = situation.remote;
  if (written.remote) {
    add(report.effects.remote, std::move(effects.remote));
    if (replaced.remote.empty()) replaced.remote = remote.revision;
    report.kept_damaged = report.kept_damaged || (!remote.damage.empty() && !remote.text.empty());
  }
  if (!written.local) return;
  const LocalCopy& local = situation.local;
  if (change.replaces) {
    add(report.effects.local, std::move(effects.local));
    replaced.local = local.revision;
    report.local_changed = true;
    report.kept_damaged = report.kept_damaged || (!local.damage.empty() && !local.text.empty());
  }
  replaced.became = change.revision;
  report.result = change.result;
  report.profiles_after = change.profiles;
  report.after = {
      .revision = change.revision,
      .modified = change.puts && !change.replaces ? change.stated_time : change.modified,
      .writer = change.puts ? options_.host_name : remote.writer};
}

Result<base::Done> Engine::record_done(const Intent& intent, const RemoteState& agreed) {
  memory_->note(DoneRecord{.remote = intent.remote,
                           .revision = intent.after,
                           .clock = intent.clock,
                           .taken_in = intent.taken_in(),
                           .taken_in_clock = intent.over_clock,
                           .agreed = agreed});
  // What was prepared before the intent tells by being gone that it was used, whenever this gets to
  // the disk. Elsewhere only what lies beside config.json, or nothing but this, tells.
  const bool was_prepared = !intent.puts && !intent.beside.empty();
  const bool must_be_durable = intent.replaces && !was_prepared;
  auto recorded =
      record_end(must_be_durable ? Journal::Durability::now : Journal::Durability::later);
  if (!recorded) return recorded;
  if (!intent.beside.empty()) (void)files_.remove(path_beside(memory_parts(), intent));
  return base::Done{};
}

Result<Engine::Step> Engine::check_put(const Situation& situation, const Change& change,
                                       const RemoteState& agreed, RunReport& report) {
  if (situation.remote.denied) {
    // Not missing but forbidden? Now that there is an object, the store cannot mean anything else.
    const auto there = store_.get(location_, s3::ETag{agreed.etag});
    const auto* denied = there ? std::get_if<s3::ReadDenied>(&*there) : nullptr;
    if (denied != nullptr) {
      report.unreadable = denied->error;
      return Step::finished;
    }
  }
  if (!writer_.needs_read_back()) return Step::finished;
  auto there = read_remote(store_, location_, remembered(), *memory_);
  if (!there) return std::move(there).error();
  // Of what something on the way changes nobody can say that it is another's. A write that had not
  // seen ours shows by its clock, when it can be read.
  const bool is_as_written = there->may_be_altered || there->revision == change.revision;
  return is_as_written ? Step::finished : Step::lost_race;
}

}  // namespace start_claude::sync
