// The engine's steps that read and decide; nothing on either side changes by them.
#include <algorithm>
#include <utility>

#include "config/document.h"
#include "sync/engine.h"
#include "sync/merge_base.h"
#include "sync/revisions.h"

namespace start_claude::sync {

std::optional<resolve::Snapshot> Engine::snapshot_of(const std::string& revision,
                                                     const LocalCopy& local,
                                                     const RemoteCopy& remote) const {
  // One of both sides is what the other was made from, as a rule: then it is here already.
  if (local.document && local.revision == revision)
    return std::get<resolve::Snapshot>(local.content());
  if (remote.document && remote.revision == revision)
    return std::get<resolve::Snapshot>(remote.content());
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
                             .remote_revision = remote.revision,
                             .store_guards = store_guards()});
  } else if (!agreed.ancestor.empty()) {
    revisions = {agreed.ancestor};
  }
  std::vector<resolve::Snapshot> bases;
  for (const std::string& revision : revisions) {
    auto snapshot = snapshot_of(revision, local, remote);
    // Several decide together, or not at all.
    if (!snapshot) return {};
    bases.push_back(*std::move(snapshot));
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
  if (local.exists && input.local.modified) input.local_age = clock_.now() - local.modified;
  return input;
}

void Engine::report_lost_answers(const RemoteCopy& remote) {
  const std::string name = options_.remote.text();
  std::vector<Intent> doubts = memory_->known().doubts;
  std::erase_if(doubts, [&](const Intent& doubt) { return doubt.remote != name; });
  if (doubts.empty() || !remote.exists) return;
  // It may arrive yet, as long as it finds there what it is to replace.
  const bool is_open =
      store_guards() && std::any_of(doubts.begin(), doubts.end(), [&](const Intent& doubt) {
        return remote.revision == doubt.over && remote.clock == doubt.over_clock;
      });
  if (is_open) return;
  std::vector<resolve::FieldChange> settled;
  for (const Intent& doubt : doubts) {
    // Where somebody may have overwritten it unread, nobody can tell that it came to nothing.
    const bool is_unsure = !store_guards() || remote.clock.empty() || remote.clock.is_cut;
    if (!is_unsure && !covers(remote.clock, doubt.clock)) continue;
    for (const auto& path : doubt.conflicts) settled.push_back({.path = path});
  }
  if (!settled.empty()) conversation_.settled_earlier(settled);
  memory_->note(SettledRecord{name});
}

Result<Situation> Engine::read_and_resolve(const RunRequest& request, LocalCopy local) {
  auto remote =
      already_read_
          ? Result<RemoteCopy>(remote_copy_from(*std::exchange(already_read_, std::nullopt)))
          : read_remote(store_, location_, remembered(), *memory_);
  // Swift misses an object for a moment while another write replaces it. Nothing is made of one
  // such answer where races are not refused.
  const bool is_missing = remote && !remote->exists && !remote->denied;
  if (is_missing && !remembered().etag.empty() && !store_guards()) {
    remote = read_remote(store_, location_, remembered(), *memory_);
  }
  if (!remote) return std::move(remote).error();
  if (remote->denied && !may_create_unread(request, local)) return *std::move(remote->denied);
  memory_->ensure_machine(remote->clock);
  if (!request.dry_run) report_lost_answers(*remote);
  VersionVector local_clock = memory_->clock_of(local);
  memory_->note_local(local);
  resolve::Input input = input_for(request, local, *remote);
  resolve::Resolution resolution = resolve::resolve(input);
  const bool has_earlier =
      std::holds_alternative<resolve::Hold>(resolution) && last_replaced(*memory_, local);
  return Situation{.local = std::move(local),
                   .remote = *std::move(remote),
                   .input = std::move(input),
                   .resolution = std::move(resolution),
                   .local_clock = std::move(local_clock),
                   .skew = store_.clock_skew(),
                   .traits = writer_.traits(),
                   .remembered = remembered(),
                   .has_earlier = has_earlier};
}

void Engine::ask_user(const RunRequest& request, Situation& situation) {
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
  const bool is_clear_change = !std::holds_alternative<resolve::InSync>(situation.resolution) &&
                               !std::holds_alternative<resolve::Hold>(situation.resolution);
  if (!request.confirm_clear || !is_clear_change) return;
  situation.was_asked = true;
  if (!conversation_.confirm(situation, situation.resolution)) {
    situation.resolution = resolve::Hold{resolve::cause_of(situation.resolution)};
  }
}

}  // namespace start_claude::sync
