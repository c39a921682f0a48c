#include "sync/engine.h"

#include <algorithm>
#include <utility>

#include "sync/recovery.h"

namespace start_claude::sync {
namespace {

constexpr std::chrono::milliseconds pause_min{50};
constexpr std::chrono::milliseconds first_pause_max{500};
constexpr std::chrono::milliseconds pause_max{4'000};

/// Anything up to a bound that doubles with every race that was lost: whoever collided would
/// otherwise collide again. `attempt` is what the last one took: where that is long, by distance or
/// by load, a short pause separates nobody.
std::chrono::milliseconds pause_after(int lost_races, std::chrono::milliseconds attempt,
                                      platform::Random& random) {
  auto bound = std::clamp(attempt, pause_min, first_pause_max);
  for (int i = 1; i < lost_races && bound < pause_max; ++i) bound *= 2;
  bound = std::min(bound, pause_max);
  return std::chrono::milliseconds(random.below(static_cast<std::uint64_t>(bound.count()) + 1));
}

Error gave_up(std::chrono::milliseconds after, bool on_local_file) {
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(after);
  const std::string what = on_local_file ? "another program here kept saving config.json for "
                                         : "others kept writing for ";
  return {ErrorKind::undecided,
          what + std::to_string(whole.count()) + " s and " + (on_local_file ? "was" : "were") +
              " always first; gave up, nothing was lost",
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
  auto opened = sync::open_memory(memory_parts(), state_);
  if (!opened) return std::move(opened).error();
  memory_.emplace(*std::move(opened));
  return base::Done{};
}

MemoryParts Engine::memory_parts() const {
  return {.files = files_,
          .clock = clock_,
          .random = random_,
          .paths = options_.paths,
          .host_name = options_.host_name};
}

RemoteState Engine::remembered() const { return memory_->known().remote(options_.remote.text()); }

Result<base::Done> Engine::recover_earlier_run(RunReport& report) {
  auto recovered = recover(memory_parts(), *memory_);
  if (!recovered) return std::move(recovered).error();
  if (recovered->local_changed) report.local_changed = true;
  if (!recovered->conflicts.empty()) conversation_.settled_earlier(recovered->conflicts);
  return base::Done{};
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
  auto gives_up_at = clock_.monotonic() + options_.race_time;
  const bool has_temporaries = !request.dry_run && has_leftovers(files_, options_.paths);
  choose_access(request);
  if (!has_temporaries) {
    auto unchanged = try_unchanged(request, report);
    if (!unchanged) return std::move(unchanged).error();
    if (*unchanged) return report;
  }
  if (auto opened = open_memory(); !opened) return std::move(opened).error();
  int lost_races = 0;
  Step last = Step::finished;
  for (report.rounds = 1;; ++report.rounds) {
    const bool is_first = report.rounds == 1;
    if (!request.dry_run && (has_temporaries || !is_first || memory_->known().intent)) {
      auto recovered = recover_earlier_run(report);
      if (!recovered) return std::move(recovered).error();
    }
    // One of them may have been what the journal's intent told of.
    if (has_temporaries && is_first) remove_leftovers(files_, options_.paths);
    const auto attempt_began = clock_.monotonic();
    auto step = round(request, last, report);
    if (!step) return std::move(step).error();
    last = *step;
    if (last == Step::finished) break;
    if (last == Step::denied) continue;
    const auto now = clock_.monotonic();
    // What a person took to answer is no part of the race.
    if (report.found.was_asked) gives_up_at = now + options_.race_time;
    if (now >= gives_up_at) return gave_up(options_.race_time, last == Step::local_changed);
    if (last != Step::lost_race) continue;
    // Before the reading, so that nothing slow stands between it and the next write.
    clock_.sleep_for(pause_after(++lost_races, now - attempt_began, random_));
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
  learnt.refuses_conditional_get = store_.refuses_conditional_get();
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

Result<base::Done> Engine::record_end(Journal::Durability durability) {
  if (memory_->known().intent) memory_->note(DroppedRecord{});
  if (auto written = memory_->write(durability); !written) return written;
  if (auto compacted = memory_->compact_if_due(); !compacted) return compacted;
  return save_state();
}

}  // namespace start_claude::sync
