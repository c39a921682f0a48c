#include "sync/engine.h"

#include <algorithm>
#include <utility>

#include "config/document.h"
#include "sync/machine.h"
#include "sync/merge_base.h"
#include "sync/recovery.h"

namespace start_claude::sync {
namespace {

constexpr std::chrono::milliseconds pause_min{50};
constexpr std::chrono::milliseconds pause_max{4'000};

/// Anything up to a bound that doubles with every race that was lost: whoever collided would
/// otherwise collide again.
std::chrono::milliseconds pause_after(int lost_races, platform::Random& random) {
  auto bound = pause_min;
  for (int i = 1; i < lost_races && bound < pause_max; ++i) bound *= 2;
  bound = std::min(bound, pause_max);
  return std::chrono::milliseconds(random.below(static_cast<std::uint64_t>(bound.count()) + 1));
}

Error gave_up(std::chrono::milliseconds after) {
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(after);
  return {ErrorKind::undecided,
          "others kept writing for " + std::to_string(whole.count()) +
              " s and were always first; gave up, nothing was lost",
          "run it again, or give it longer with --timeout"};
}

}  // namespace

Engine::Engine(EngineParts parts, EngineOptions options)
    : files_(parts.files),
      clock_(parts.clock),
      random_(parts.random),
      store_(parts.store),
      conversation_(parts.conversation),
      options_(std::move(options)),
      location_{options_.remote.bucket, options_.remote.key},
      state_(options_.state ? *std::move(options_.state)
                            : State::load(files_, options_.paths.state)),
      writer_(store_, clock_, location_, options_.host_name) {
  writer_.set_traits(state_.traits(options_.remote));
  write_denied_to_ = writer_.traits().write_denied_to;
}

Result<base::Done> Engine::open_memory() {
  if (memory_) return base::Done{};
  auto loaded = Memory::load(files_, options_.paths.journal, state_.remembered(),
                             state_.journal_end());
  if (!loaded) return std::move(loaded).error();
  memory_.emplace(*std::move(loaded));
  return base::Done{};
}

RemoteState Engine::remembered() const {
  return memory_->known().remote(options_.remote.text());
}

void Engine::draw_machine_id(bool anew) {
  const MachineRecord& known = memory_->known().machine;
  std::string fingerprint = installation_fingerprint(files_, options_.paths.folder);
  if (!anew && !known.id.empty() && known.fingerprint == fingerprint) return;
  note(MachineRecord{drawn_machine_id(random_), std::move(fingerprint)});
}

VersionVector Engine::clock_of(const LocalCopy& local) const {
  const Remembered& known = memory_->known();
  const Seen* tip = known.tip();
  if (!local.document) return {};
  if (tip != nullptr && tip->revision == local.revision) return tip->clock;
  return advance(tip != nullptr ? tip->clock : VersionVector{}, known.machine.id, known.count + 1);
}

void Engine::note_local(const LocalCopy& local, const VersionVector& clock) {
  const Seen* tip = memory_->known().tip();
  const bool is_tip = tip != nullptr && tip->revision == local.revision;
  if (!local.document || (is_tip && memory_->has_content(local.revision))) return;
  note(ContentRecord{.revision = local.revision,
                     .clock = clock,
                     .source = Source::local,
                     .by = options_.host_name,
                     .entries = local.entries,
                     .profiles = local.profiles,
                     .text = local.shareable_text().joined()});
}

Result<base::Done> Engine::recover_earlier_run(RunReport& report) {
  auto recovered = recover({.files = files_,
                            .clock = clock_,
                            .random = random_,
                            .paths = options_.paths,
                            .host_name = options_.host_name,
                            .memory = *memory_});
  if (!recovered) return std::move(recovered).error();
  if (recovered->local_changed) report.local_changed = true;
  if (!recovered->conflicts.empty()) conversation_.settled_earlier(recovered->conflicts);
  return base::Done{};
}

std::optional<resolve::Snapshot> Engine::snapshot_of(const std::string& revision,
                                                     const LocalCopy& local,
                                                     const RemoteCopy& remote) const {
  // One of both sides is what the other was made from, as a rule: then it is here already.
  const resolve::Content sides[] = {local.content(), remote.content()};
  for (const resolve::Content& side : sides) {
    const auto* known = std::get_if<resolve::Snapshot>(&side);
    if (known != nullptr && known->revision == revision) return *known;
  }
  auto kept = memory_->content_of(revision);
  if (!kept) return std::nullopt;
  const std::size_t entries = config::entry_count(kept->document);
  return resolve::Snapshot{std::move(kept->document), revision, entries};
}

std::vector<resolve::Snapshot> Engine::find_bases(const LocalCopy& local,
                                                  const RemoteCopy& remote) {
  const RemoteState agreed = remembered();
  std::vector<std::string> revisions;
  if (remote.document) {
    const auto& seen = memory_->known().seen;
    const bool reaches_back = std::any_of(seen.begin(), seen.end(), [&](const Seen& entry) {
      return entry.was_here && covers(remote.clock, entry.clock);
    });
    // Longer ago than s3-state.json reaches. What cannot be read is not there.
    if (!reaches_back) (void)memory_->complete();
    revisions = merge_bases({.remembered = memory_->known(),
                             .agreed = agreed,
                             .remote_clock = remote.clock,
                             .store_guards = store_guards()});
  } else if (!agreed.ancestor.empty()) {
    revisions = {agreed.ancestor};
  }
  std::vector<resolve::Snapshot> bases;
  for (const std::string& revision : revisions) {
    if (auto snapshot = snapshot_of(revision, local, remote)) {
      bases.push_back(*std::move(snapshot));
    }
  }
  return bases;
}

resolve::Input Engine::input_for(const RunRequest& request, const LocalCopy& local,
                                 const RemoteCopy& remote) {
  resolve::Input input{.local = {local.content(), edit_time(local.modified, measured_clock())},
                       .remote = {remote.content(), remote.modified},
                       .time = measured_clock().trust(),
                       .direction = request.direction,
                       .access = access_,
                       .occasion = request.occasion,
                       .preference = request.preference,
                       .force = request.force,
                       .allow_empty = request.allow_empty};
  auto bases = find_bases(local, remote);
  if (!bases.empty()) {
    input.ancestor = std::move(bases.front());
    bases.erase(bases.begin());
    input.other_ancestors = std::move(bases);
  }
  if (local.exists) input.local_age = clock_.now() - local.modified;
  return input;
}

void Engine::settle_doubts(const RemoteCopy& remote) {
  const auto doubts = memory_->known().doubts;
  if (doubts.empty() || !remote.exists) return;
  std::vector<resolve::FieldChange> settled;
  for (const Intent& doubt : doubts) {
    // Where somebody may have overwritten it unread, nobody can tell that it came to nothing.
    const bool is_unsure = !store_guards() || remote.clock.empty() || remote.clock.is_cut;
    if (!is_unsure && !covers(remote.clock, doubt.clock)) continue;
    for (const auto& path : doubt.conflicts) settled.push_back({.path = path});
  }
  if (!settled.empty()) conversation_.settled_earlier(settled);
  note(SettledRecord{});
}

Result<Situation> Engine::read_and_resolve(const RunRequest& request, LocalCopy local) {
  auto remote = already_read_ ? remote_copy_from(*std::exchange(already_read_, std::nullopt))
                              : read_remote(store_, location_, remembered(), *memory_);
  if (!remote) return std::move(remote).error();
  if (remote->denied && !may_create_unread(request, local)) return *std::move(remote->denied);
  // More contents of ours than we remember: this is an older copy of the installation that made
  // them, and its next content would pass for one of those.
  const Remembered& known = memory_->known();
  draw_machine_id(!known.machine.id.empty() &&
                  remote->clock.count_of(known.machine.id) > known.count);
  if (!request.dry_run) settle_doubts(*remote);
  VersionVector local_clock = clock_of(local);
  note_local(local, local_clock);
  resolve::Input input = input_for(request, local, *remote);
  resolve::Resolution resolution = resolve::resolve(input);
  return Situation{.local = std::move(local),
                   .remote = *std::move(remote),
                   .input = std::move(input),
                   .resolution = std::move(resolution),
                   .local_clock = std::move(local_clock),
                   .skew = store_.clock_skew(),
                   .traits = writer_.traits(),
                   .remembered = remembered()};
}

Result<Situation> Engine::look(const RunRequest& request) {
  auto local = read_local(files_, options_.paths.config);
  if (!local) return std::move(local).error();
  RunRequest looking = request;
  looking.dry_run = true;
  choose_access(looking);
  if (auto opened = open_memory(); !opened) return std::move(opened).error();
  auto situation = read_and_resolve(looking, *std::move(local));
  if (situation && situation->remote.denied) return *std::move(situation->remote.denied);
  return situation;
}

Result<RunReport> Engine::run(const RunRequest& request) {
  RunReport report;
  began_ = clock_.now();
  const auto gives_up_at = clock_.monotonic() + options_.race_time;
  const bool has_temporaries = !request.dry_run && has_leftovers(files_, options_.paths);
  choose_access(request);
  if (!has_temporaries) {
    auto unchanged = try_unchanged(request, report);
    if (!unchanged) return std::move(unchanged).error();
    if (*unchanged) return report;
  }
  if (auto opened = open_memory(); !opened) return std::move(opened).error();
  if (has_temporaries) remove_leftovers(files_, options_.paths);
  int lost_races = 0;
  Step last = Step::finished;
  for (report.rounds = 1;; ++report.rounds) {
    const bool is_first = report.rounds == 1;
    if (!request.dry_run && (has_temporaries || !is_first || memory_->known().intent)) {
      auto recovered = recover_earlier_run(report);
      if (!recovered) return std::move(recovered).error();
    }
    auto step = round(request, last, report);
    if (!step) return std::move(step).error();
    last = *step;
    if (last == Step::finished) break;
    if (last != Step::lost_race) continue;
    if (clock_.monotonic() >= gives_up_at) return gave_up(options_.race_time);
    // Before the reading, so that nothing slow stands between it and the next write.
    clock_.sleep_for(pause_after(++lost_races, random_));
  }
  // Whatever the last round had to do, this run settled something.
  const bool settled_before = report.rounds > 1 && !report.conflicts.empty();
  if (settled_before && report.result == RunResult::downloaded) {
    report.cause = resolve::Cause::conflict;
  }
  report.is_write_denied = is_write_denied_;
  report.write_refusal = write_refusal_;
  report.traits = writer_.traits();
  report.skew = store_.clock_skew();
  return report;
}

Result<base::Done> Engine::save_state() {
  StoreTraits learnt = writer_.traits();
  learnt.etag_unquoted = store_.etag_unquoted();
  learnt.region = store_.learnt_region();
  learnt.write_denied_to = write_denied_to_;
  if (learnt != state_.traits(options_.remote)) {
    state_.set_traits(options_.remote, std::move(learnt));
  }
  if (memory_ && !memory_->has_unwritten()) {
    state_.set_remembered(memory_->known(), memory_->end());
  }
  return state_.save(files_, random_);
}

Result<base::Done> Engine::record_end() {
  if (memory_->known().intent) note(DroppedRecord{});
  if (auto written = memory_->write(Journal::Durability::later); !written) return written;
  if (auto compacted = memory_->compact_if_due(clock_.now(), random_); !compacted) return compacted;
  return save_state();
}

}  // namespace start_claude::sync
