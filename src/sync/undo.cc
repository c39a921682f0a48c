#include "sync/undo.h"

#include <algorithm>
#include <utility>

#include "config/document.h"
#include "sync/lineage.h"

namespace start_claude::sync {
namespace {

std::optional<Revision> kept_revision(const History& history, const std::string& revision) {
  if (revision.empty()) return std::nullopt;
  auto kept = history.document_of(revision);
  if (!kept) return std::nullopt;
  Revision found{.place = RevisionPlace::local_history,
                 .revision = revision,
                 .by = "here",
                 .profiles = config::profile_count(kept->document),
                 .text = std::move(kept->text)};
  for (const HistoryEntry& entry : history.entries()) {
    if (entry.revision != revision) continue;
    found.saved = entry.saved;
    if (entry.origin == Origin::remote) found.by = entry.by;
    break;
  }
  return found;
}

class Undo {
 public:
  Undo(const UndoParts& parts, const UndoPlan& plan, const LocalCopy& local)
      : parts_(parts),
        plan_(plan),
        local_(local),
        location_{parts.remote.bucket, parts.remote.key},
        history_(parts.files, parts.clock, parts.random, parts.paths.history),
        state_(State::load(parts.files, parts.paths.state)),
        remembered_(state_.remote(parts.remote)) {}

  Result<base::Done> run() {
    const Replaced replaced = remembered_.replaced.value_or(Replaced{});
    std::optional<RemoteCopy> over;
    if (plan_.remote) {
      auto there = read_remote(parts_.store, location_, remembered_, history_);
      if (!there) return std::move(there).error();
      if (there->may_be_altered) return unreadable(*there);
      if (there->revision != replaced.became) return changed_since(*there);
      over = *std::move(there);
    }
    auto kept = keep_what_is_here(replaced);
    if (!kept) return kept;
    // First: what is cut off after this finds both sides equal, or as before the run.
    auto forgotten = remember({.ancestor = replaced.ancestor, .lineage = replaced.lineage});
    if (!forgotten) return forgotten;
    if (over) {
      auto put = put_back(*over, replaced);
      if (!put) return put;
    }
    return plan_.local ? bring_back() : Result<base::Done>(base::Done{});
  }

 private:
  static Error unreadable(const RemoteCopy& remote) {
    return {ErrorKind::invalid_data,
            "the remote copy " + remote.damage + "; nothing was brought back",
            "s3-restore --last --local-only brings back what was here"};
  }

  static Error changed_since(const RemoteCopy& remote) {
    const std::string by = remote.writer.empty() ? "" : " by " + remote.writer;
    return {ErrorKind::undecided,
            "the remote copy was changed since" + by + "; nothing was brought back",
            "s3-history lists what there was; s3-restore NUMBER brings one back"};
  }

  /// The merge itself was kept when it was made. As something that was here it would pass for what
  /// both sides come from.
  Result<base::Done> keep_what_is_here(const Replaced& replaced) {
    if (!plan_.local || local_.revision == replaced.became) return base::Done{};
    return keep_local(history_, local_, {parts_.clock.now(), parts_.host_name});
  }

  Result<base::Done> remember(RemoteState remote) {
    state_.set_local(std::nullopt);
    state_.set_remote(parts_.remote, std::move(remote));
    return state_.save(parts_.files, parts_.random);
  }

  /// For the other machines it is the successor of what it replaces; for this one nothing it names
  /// may be what is brought back here, or came from it.
  std::vector<std::string> lineage_of_put(const RemoteCopy& over, const Replaced& replaced) const {
    std::vector<std::string> lineage{short_revision(plan_.remote->revision),
                                     short_revision(replaced.became)};
    const std::string own = short_revision(plan_.local ? replaced.local : local_.revision);
    for (const std::string& entry : over.lineage) {
      const bool is_known = std::find(lineage.begin(), lineage.end(), entry) != lineage.end();
      if (!is_known && entry != own && lineage.size() < lineage_length_max) {
        lineage.push_back(entry);
      }
    }
    std::erase(lineage, own);
    return lineage;
  }

  Result<base::Done> put_back(const RemoteCopy& over, const Replaced& replaced) {
    RemoteWriter writer(parts_.store, parts_.clock, location_, parts_.host_name);
    writer.set_traits(state_.traits(parts_.remote));
    auto document = config::parse_document(plan_.remote->text.view());
    if (!document) return std::move(document).error();
    auto outcome = writer.write({.text = plan_.remote->text,
                                 .revision = plan_.remote->revision,
                                 .lineage = lineage_of_put(over, replaced),
                                 .modified = parts_.clock.now(),
                                 .schema_version = config::schema_version(*document),
                                 .replaces = over.etag,
                                 .replaced_text = over.text,
                                 .is_read_stale = true});
    if (!outcome) return std::move(outcome).error();
    if (const auto* denied = std::get_if<Denied>(&*outcome)) return denied->error;
    if (std::holds_alternative<Raced>(*outcome)) return changed_since({});
    return base::Done{};
  }

  Result<base::Done> bring_back() {
    auto document = config::parse_shared_document(plan_.local->text);
    if (!document) return std::move(document).error();
    const auto outcome = write_local(parts_.files, local_,
                                     {.path = parts_.paths.config,
                                      .document = config::without_s3_sync(*document),
                                      .layout = plan_.local->text,
                                      .layout_says = *document,
                                      .modified = parts_.clock.now(),
                                      .s3_sync = parts_.s3_sync,
                                      .unique = parts_.random.next()});
    if (!outcome) return outcome.error();
    if (*outcome == platform::ReplaceOutcome::replaced) return base::Done{};
    return Error{ErrorKind::undecided, "config.json was changed by another program meanwhile",
                 "run s3-restore again"};
  }

  const UndoParts& parts_;
  const UndoPlan& plan_;
  const LocalCopy& local_;
  s3::ObjectLocation location_;
  History history_;
  State state_;
  RemoteState remembered_;
};

}  // namespace

std::optional<UndoPlan> plan_undo(const History& history, const RemoteState& remembered) {
  if (!remembered.replaced) return std::nullopt;
  const Replaced& replaced = *remembered.replaced;
  auto local = kept_revision(history, replaced.local);
  auto remote = kept_revision(history, replaced.remote);
  if (local && remote) return UndoPlan{.local = std::move(local), .remote = std::move(remote)};
  if (!local && !remote) return std::nullopt;
  auto& only = local ? local : remote;
  const bool was_agreed_on = only->revision == replaced.ancestor;
  if (was_agreed_on) return UndoPlan{.for_both = std::move(only)};
  return UndoPlan{.local = std::move(local), .remote = std::move(remote)};
}

Result<base::Done> undo_apart(const UndoParts& parts, const UndoPlan& plan,
                              const LocalCopy& local) {
  return Undo(parts, plan, local).run();
}

}  // namespace start_claude::sync
