#include "sync/undo.h"

#include <utility>

#include "config/document.h"
#include "sync/machine.h"
#include "sync/recovery.h"

namespace start_claude::sync {
namespace {

std::optional<Revision> kept_revision(const Memory& memory, const std::string& revision) {
  if (revision.empty()) return std::nullopt;
  const auto kept = memory.contents();
  if (!kept) return std::nullopt;
  for (const KeptEntry& entry : *kept) {
    const bool is_it = !entry.content.is_damaged && entry.content.revision == revision;
    if (is_it) return revision_of_entry(entry);
  }
  return std::nullopt;
}

class Undo {
 public:
  Undo(const UndoParts& parts, const UndoPlan& plan, const LocalCopy& local, Memory& memory,
       State& state)
      : parts_(parts),
        plan_(plan),
        local_(local),
        location_{parts.remote.bucket, parts.remote.key},
        memory_(memory),
        state_(state) {}

  Result<base::Done> run() {
    const RemoteState remembered = memory_.known().remote(parts_.remote.text());
    const Replaced replaced = remembered.replaced.value_or(Replaced{});
    std::optional<RemoteCopy> over;
    if (plan_.remote) {
      auto there = read_remote(parts_.store, location_, remembered, memory_);
      if (!there) return std::move(there).error();
      if (there->may_be_altered) return unreadable(*there);
      if (there->revision != replaced.became) return changed_since(*there);
      over = *std::move(there);
    }
    memory_.ensure_machine(over ? over->clock : VersionVector{});
    // What is here may be an edit that is nowhere else.
    memory_.note_local(local_);
    const VersionVector clock = memory_.clock_of(local_);
    if (auto complete = memory_.complete(); !complete) return complete;
    const Remembered before = memory_.known();
    memory_.note(UndoneRecord{parts_.remote.text(), replaced.ancestor});
    if (over) {
      auto put = put_back(*over, clock, before);
      if (!put) return put;
    }
    return plan_.local ? bring_back(replaced) : memory_.write(Journal::Durability::now);
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

  /// For the other machines it is the successor of what it replaces, and of what was here.
  Result<base::Done> put_back(const RemoteCopy& over, const VersionVector& clock_here,
                              const Remembered& before) {
    const std::string& own = memory_.known().machine.id;
    const VersionVector clock =
        limit(advance(join(over.clock, clock_here), own, memory_.next_count()), own);
    memory_.note(Intent{.remote = parts_.remote.text(),
                        .before = local_.revision,
                        .after = plan_.remote->revision,
                        .clock = clock,
                        .puts = true,
                        .over = over.revision,
                        .over_clock = over.clock});
    if (auto written = memory_.write(Journal::Durability::now); !written) return written;
    RemoteWriter writer(parts_.store, parts_.memory.clock, location_, parts_.memory.host_name);
    writer.set_traits(state_.traits(parts_.remote));
    auto document = config::parse_document(plan_.remote->text.view());
    if (!document) return std::move(document).error();
    auto outcome = writer.write({.text = plan_.remote->text,
                                 .revision = plan_.remote->revision,
                                 .clock = clock,
                                 .modified = parts_.memory.clock.now(),
                                 .schema_version = config::schema_version(*document),
                                 .replaces = over.etag,
                                 .replaced_text = over.text,
                                 .is_read_stale = true});
    if (!outcome) return std::move(outcome).error();
    if (std::holds_alternative<Written>(*outcome)) {
      memory_.note(DroppedRecord{.was_stored = true});
      return memory_.write(Journal::Durability::later);
    }
    const auto* raced = std::get_if<Raced>(&*outcome);
    memory_.note(DroppedRecord{.may_be_stored = raced != nullptr && raced->may_be_stored});
    // Nothing was undone: what both sides come from is what it was. What was counted stays counted.
    Remembered as_before = before;
    as_before.count = memory_.known().count;
    as_before.put_count = memory_.known().put_count;
    as_before.doubts = memory_.known().doubts;
    memory_.note(SummaryRecord{value_of(as_before, as_before.seen.size())});
    if (auto written = memory_.write(Journal::Durability::now); !written) return written;
    const auto* denied = std::get_if<Denied>(&*outcome);
    return denied != nullptr ? denied->error : changed_since({});
  }

  Result<base::Done> bring_back(const Replaced& replaced) {
    auto document = config::parse_shared_document(plan_.local->text);
    if (!document) return std::move(document).error();
    const json::Value shared = config::without_s3_sync(*document);
    const Seen* tip = memory_.known().tip();
    LocalWrite write{.path = parts_.memory.paths.config,
                     .document = shared,
                     .layout = plan_.local->text,
                     .layout_says = *document,
                     .modified = parts_.memory.clock.now(),
                     .s3_sync = parts_.s3_sync,
                     .unique = parts_.memory.random.next(),
                     .is_journaled = true};
    auto prepared = prepare_local(parts_.memory.files, local_, write);
    if (!prepared) return std::move(prepared).error();
    write.is_prepared = !prepared->empty();
    const Intent intent{.remote = parts_.remote.text(),
                        .before = local_.revision,
                        .before_modified_ns = local_.fingerprint.modified_ns,
                        .before_inode = local_.fingerprint.inode,
                        .boot = boot_id(parts_.memory.files),
                        .after = plan_.local->revision,
                        .clock = advance(tip != nullptr ? tip->clock : VersionVector{},
                                         memory_.known().machine.id, memory_.next_count()),
                        .replaces = true,
                        .beside = platform::name_of(*prepared),
                        .over = replaced.ancestor};
    memory_.note(intent);
    if (auto written = memory_.write(Journal::Durability::now); !written) return written;
    const auto outcome = write_local(parts_.memory.files, local_, write);
    if (!outcome) return outcome.error();
    if (*outcome != platform::ReplaceOutcome::replaced) {
      return Error{ErrorKind::undecided, "config.json was changed by another program meanwhile",
                   "run s3-restore again"};
    }
    memory_.note(
        DoneRecord{.remote = intent.remote, .revision = intent.after, .clock = intent.clock});
    if (auto written = memory_.write(Journal::Durability::later); !written) return written;
    if (!intent.beside.empty()) {
      (void)parts_.memory.files.remove(path_beside(parts_.memory, intent));
    }
    return base::Done{};
  }

  const UndoParts& parts_;
  const UndoPlan& plan_;
  const LocalCopy& local_;
  s3::ObjectLocation location_;
  Memory& memory_;
  State& state_;
};

}  // namespace

std::optional<UndoPlan> plan_undo(const Memory& memory, const RemoteState& remembered) {
  if (!remembered.replaced) return std::nullopt;
  const Replaced& replaced = *remembered.replaced;
  auto local = kept_revision(memory, replaced.local);
  auto remote = kept_revision(memory, replaced.remote);
  if (local && remote) return UndoPlan{.local = std::move(local), .remote = std::move(remote)};
  if (!local && !remote) return std::nullopt;
  auto& only = local ? local : remote;
  const bool was_agreed_on = only->revision == replaced.ancestor;
  if (was_agreed_on) return UndoPlan{.for_both = std::move(only)};
  return UndoPlan{.local = std::move(local), .remote = std::move(remote)};
}

Result<base::Done> undo_apart(const UndoParts& parts, const UndoPlan& plan, const LocalCopy& local,
                              Memory& memory, State& state) {
  return Undo(parts, plan, local, memory, state).run();
}

}  // namespace start_claude::sync
