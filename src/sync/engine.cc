#include "sync/engine.h"

#include <algorithm>
#include <utility>

#include "config/document.h"
#include "json/write.h"
#include "sync/lineage.h"
#include "sync/revisions.h"
#include "sync/unremembered.h"

namespace start_claude::sync {
namespace {

template <class T>
bool is(const resolve::Resolution& resolution) {
  return std::holds_alternative<T>(resolution);
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
      history_(files_, clock_, random_, options_.paths.history),
      state_(options_.state ? *std::move(options_.state)
                            : State::load(files_, options_.paths.state)),
      writer_(store_, clock_, location_, options_.host_name),
      remembered_(state_.remote(options_.remote)) {
  writer_.set_traits(state_.traits(options_.remote));
  write_denied_to_ = writer_.traits().write_denied_to;
}

std::optional<resolve::Snapshot> Engine::find_ancestor(const LocalCopy& local,
                                                       const RemoteCopy& remote) const {
  std::optional<std::string> revision;
  if (remote.document && remote.revision != remembered_.ancestor) {
    revision = common_ancestor({.local_revision = local.revision,
                                .ancestor = remembered_.ancestor,
                                .taken_in = remembered_.lineage,
                                .remote_revision = remote.revision,
                                .remote_lineage = remote.lineage,
                                .here_since = held_since(history_, remembered_.ancestor)});
  } else if (!remembered_.ancestor.empty()) {
    revision = remembered_.ancestor;
  }
  if (!revision) return std::nullopt;
  // An older content that this file took in by way of later ones, shown once more: it need never
  // have been here itself.
  if (remote.document && short_revision(*revision) == short_revision(remote.revision)) {
    return resolve::Snapshot{*remote.document, remote.revision, remote.entries};
  }
  // One of both sides is what the other was made from, as a rule: then it is here already.
  const resolve::Content sides[] = {local.content(), remote.content()};
  for (const resolve::Content& side : sides) {
    const auto* known = std::get_if<resolve::Snapshot>(&side);
    if (known != nullptr && known->revision == *revision && history_.has_file(*revision)) {
      return *known;
    }
  }
  // What came by way of somebody else is known by its first digits only.
  if (revision->size() == lineage_digits) revision = history_.whole_revision(*revision);
  if (!revision) return std::nullopt;
  auto kept = history_.document_of(*revision);
  if (!kept) return std::nullopt;
  const std::size_t entries = config::entry_count(kept->document);
  return resolve::Snapshot{std::move(kept->document), *std::move(revision), entries};
}

resolve::Input Engine::input_for(const RunRequest& request, const LocalCopy& local,
                                 const RemoteCopy& remote) const {
  const MeasuredClock clock = measured_clock();
  resolve::Input input{.local = {local.content(), edit_time(local.modified, clock)},
                       .remote = {remote.content(), remote.modified},
                       .ancestor = find_ancestor(local, remote),
                       .time = clock.trust(),
                       .direction = request.direction,
                       .access = access_,
                       .occasion = request.occasion,
                       .preference = request.preference,
                       .force = request.force,
                       .allow_empty = request.allow_empty};
  if (local.exists && input.local.modified) input.local_age = clock.now - local.modified;
  return input;
}

Result<base::Done> Engine::keep_as_newest(const std::string& revision) {
  const std::vector<HistoryEntry> entries = history_.entries();
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const HistoryEntry& entry) {
    return entry.revision == revision;
  });
  auto content = history_.document_of(revision);
  if (found == entries.end() || !content) return base::Done{};
  HistoryEntry entry = *found;
  entry.saved = clock_.now();
  return history_.keep(base::TextParts(content->text), entry);
}

Result<base::Done> Engine::recall(const RunRequest& request, const LocalCopy& local,
                                  const RemoteCopy& remote) {
  const auto brought = unremembered_ancestor(history_, local, remote, remembered_.ancestor);
  if (!brought) return base::Done{};
  // What the remote took in before it is what it came from.
  const auto place =
      std::find(remote.lineage.begin(), remote.lineage.end(), short_revision(*brought));
  RemoteState recalled{
      .ancestor = *brought,
      .lineage = taken_in_with(*brought, {place, remote.lineage.end()}, remembered_.lineage)};
  if (remote.revision == *brought) {
    recalled.etag = remote.etag.raw;
    recalled.last_modified = remote.last_modified;
    recalled.modified = remote.modified;
    recalled.writer = remote.writer;
  }
  if (!request.dry_run) {
    auto kept = keep_as_newest(*brought);
    if (!kept) return kept;
    return remember(std::move(recalled));
  }
  remembered_ = std::move(recalled);
  return base::Done{};
}

Result<Situation> Engine::read_and_resolve(const RunRequest& request, LocalCopy local) {
  auto remote =
      already_read_
          ? Result<RemoteCopy>(remote_copy_from(*std::exchange(already_read_, std::nullopt)))
          : read_remote(store_, location_, remembered_, history_);
  if (!remote) return std::move(remote).error();
  if (remote->denied && !may_create_unread(request, local)) return *std::move(remote->denied);
  auto recalled = recall(request, local, *remote);
  if (!recalled) return std::move(recalled).error();
  resolve::Input input = input_for(request, local, *remote);
  resolve::Resolution resolution = resolve::resolve(input);
  const bool has_earlier = is<resolve::Hold>(resolution) && last_replaced(history_, local);
  return Situation{.local = std::move(local),
                   .remote = *std::move(remote),
                   .input = std::move(input),
                   .resolution = std::move(resolution),
                   .skew = store_.clock_skew(),
                   .traits = writer_.traits(),
                   .remembered = remembered_,
                   .has_earlier = has_earlier};
}

Result<Situation> Engine::look(const RunRequest& request) {
  auto local = read_local(files_, options_.paths.config);
  if (!local) return std::move(local).error();
  RunRequest looking = request;
  looking.dry_run = true;
  choose_access(looking);
  auto situation = read_and_resolve(looking, *std::move(local));
  if (situation && situation->remote.denied) return *std::move(situation->remote.denied);
  return situation;
}

Result<RunReport> Engine::run(const RunRequest& request) {
  RunReport report;
  if (!request.dry_run && has_leftovers(files_, options_.paths)) {
    remove_leftovers(files_, options_.paths);
    if (auto restored = restore(report); !restored) return std::move(restored).error();
  }
  began_ = clock_.now();
  choose_access(request);
  auto unchanged = try_unchanged(request, report);
  if (!unchanged) return std::move(unchanged).error();
  if (*unchanged) return report;
  bool goes_on_denied = false;
  for (report.rounds = 1; report.rounds <= rounds_max; ++report.rounds) {
    if (report.rounds > 1) {
      if (auto restored = restore(report); !restored) return std::move(restored).error();
    }
    auto local = read_local(files_, options_.paths.config);
    if (!local) return std::move(local).error();
    if (report.rounds == 1 && !request.dry_run) {
      auto ended = try_direct_upload(request, *local, report);
      if (!ended) return std::move(ended).error();
      if (*ended) return report;
      if (refused_put_) {
        if (auto settled = settle_denial(request); !settled) return std::move(settled).error();
      }
    }
    auto situation = read_and_resolve(request, *std::move(local));
    if (!situation) return std::move(situation).error();
    tell_doubted(situation->remote, report);
    const bool lost_a_race = report.rounds > 1 && !std::exchange(goes_on_denied, false);
    if (lost_a_race) {
      conversation_.started_over(situation->remote.writer, report.rounds);
      // Without jitter two devices that collide would collide again.
      const auto pause = std::chrono::milliseconds(random_.below(100u << report.rounds));
      clock_.sleep_for(pause);
    }
    report.cause = resolve::cause_of(situation->resolution);
    if (request.dry_run) {
      const bool held = is<resolve::Hold>(situation->resolution);
      const bool in_sync = is<resolve::InSync>(situation->resolution);
      report.result = in_sync ? RunResult::in_sync : held ? RunResult::held : RunResult::pending;
      if (auto* merge = std::get_if<resolve::Merge>(&situation->resolution)) {
        report.merge = merge->result;
      }
      report.conflicts = resolve::conflicts_of(situation->resolution);
      report.removals = resolve::removals_of(situation->resolution);
      report.effects = resolve::effects_of(situation->input, situation->resolution);
    } else {
      settle(request, *situation);
      report.cause = resolve::cause_of(situation->resolution);
      auto step = act(*situation, report);
      if (!step) return std::move(step).error();
      if (refused_put_) {
        if (auto settled = settle_denial(request); !settled) return std::move(settled).error();
        goes_on_denied = true;
      }
      if (*step == Step::start_over) continue;
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
    report.found = *std::move(situation);
    return report;
  }
  return Error{ErrorKind::undecided,
               "somebody else kept writing; gave up after " + std::to_string(rounds_max) +
                   " rounds, nothing was lost",
               "run it again"};
}

Result<bool> Engine::try_direct_upload(const RunRequest& request, LocalCopy& local,
                                       RunReport& report) {
  const s3::ETag etag{remembered_.etag};
  const bool may_upload = request.direction != resolve::Direction::down &&
                          request.occasion != resolve::Occasion::manager_opening &&
                          request.force == resolve::Force::no && !request.confirm_clear &&
                          access_ == resolve::Access::read_write;
  const bool has_change =
      local.document && local.entries > 0 && local.revision != remembered_.ancestor;
  if (!may_upload || !has_change || writer_.traits().if_match != Verdict::honoured ||
      !etag.can_be_condition()) {
    return false;
  }
  // What this file came from is told from history as the last run left it, and from the remote.
  if (may_be_unremembered(history_, remembered_.ancestor)) return false;
  auto ancestor = history_.document_of(remembered_.ancestor);
  if (!ancestor) return false;
  const json::Value shared = config::without_s3_sync(*local.document);
  // Not without being asked.
  if (resolve::removes_many(ancestor->document, shared)) return false;
  auto effects = resolve::effects_between(ancestor->document, shared);
  Situation situation;
  situation.local = std::move(local);
  situation.remote = remembered_copy(remembered_, *std::move(ancestor));
  situation.remote.was_read = false;
  // Only its count was wanted, and it may be large.
  situation.remote.document.reset();
  situation.remote.as_read = {};
  situation.remote.text.clear();
  situation.resolution = resolve::Upload{resolve::Cause::local_changed};
  auto step = upload(situation, report);
  if (!step) return std::move(step).error();
  if (*step == Step::start_over) {
    local = std::move(situation.local);
    return false;
  }
  report.cause = resolve::Cause::local_changed;
  report.effects.remote = std::move(effects);
  report.traits = writer_.traits();
  report.skew = situation.skew = store_.clock_skew();
  situation.traits = writer_.traits();
  report.found = std::move(situation);
  return true;
}

void Engine::settle(const RunRequest& request, Situation& situation) {
  if (const auto* asked = std::get_if<resolve::Question>(&situation.resolution)) {
    const resolve::Question question = *asked;
    const bool accepted_before = merge_accepted_ && question.removals.empty() &&
                                 question.topic == resolve::Topic::confirm_merge;
    std::optional<resolve::Answer> given;
    if (accepted_before) {
      given = resolve::Answer{.option = resolve::Option::yes};
    } else {
      given = conversation_.ask(situation, question);
      situation.was_asked = given && given->by == resolve::AnsweredBy::person;
    }
    if (!given) given = resolve::Answer{.option = resolve::Option::no};
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

}  // namespace start_claude::sync
