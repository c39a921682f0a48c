#include "sync/recovery.h"

#include <algorithm>
#include <utility>

#include "config/document.h"
#include "crypto/sha256.h"

namespace start_claude::sync {
namespace {

using platform::ReplaceOutcome;

/// How often somebody may write config.json in between before the run ends.
constexpr int attempts_max = 3;

Error keeps_being_written() {
  return {ErrorKind::undecided,
          "another program keeps writing config.json, beside which an earlier run left an edit; "
          "nothing changed",
          "run it again"};
}

/// The conflicts an intent named, for the run that tells of them.
std::vector<resolve::FieldChange> conflicts_of(const Intent& intent) {
  std::vector<resolve::FieldChange> conflicts;
  for (const auto& path : intent.conflicts) conflicts.push_back({.path = path});
  return conflicts;
}

class Recoverer {
 public:
  explicit Recoverer(const RecoveryParts& parts) : parts_(parts), memory_(parts.memory) {}

  Result<Recovery> run() {
    if (memory_.known().intent) {
      const Intent intent = *memory_.known().intent;
      if (auto done = finish(intent); !done) return std::move(done).error();
    }
    for (const std::string& path :
         platform::displaced_files(parts_.files, parts_.paths.config)) {
      if (auto done = join_displaced(path, ""); !done) return std::move(done).error();
    }
    return std::move(recovery_);
  }

 private:
  void note(const JournalRecord& record) { memory_.note(record, parts_.clock.now()); }

  Result<base::Done> finish(const Intent& intent) {
    auto config = read_local(parts_.files, parts_.paths.config);
    if (!config) return std::move(config).error();
    const std::string beside_path = path_beside(intent);
    LocalCopy beside;
    if (!beside_path.empty()) {
      auto read = read_local(parts_.files, beside_path);
      if (!read) return std::move(read).error();
      beside = *std::move(read);
    }
    switch (judge({intent, *config, beside})) {
      case IntentOutcome::not_begun: {
        if (auto brought = bring_forward(intent, *config); !brought) return brought;
        note(DroppedRecord{.may_be_stored = intent.puts});
        break;
      }
      case IntentOutcome::displaced: {
        // As if the run had not come to replace the file; or both, where it was edited since.
        const bool was_edited = config->revision != intent.after;
        if (auto joined = join_displaced(beside_path, intent.after); !joined) return joined;
        if (was_edited) {
          note_done(intent);
        } else {
          note(DroppedRecord{.may_be_stored = intent.puts});
        }
        return memory_.write(Journal::Durability::now);
      }
      case IntentOutcome::replaced: {
        // A power cut may still take it back, and then it must not pass for an edit of this.
        if (auto durable = make_durable(parts_.files, parts_.paths.config); !durable) {
          return durable;
        }
        note_done(intent);
        break;
      }
    }
    // First the outcome, then what it was told from.
    if (auto written = memory_.write(Journal::Durability::now); !written) return written;
    if (beside.exists) (void)parts_.files.remove(beside_path);
    return base::Done{};
  }

  void note_done(const Intent& intent) {
    // A put stands before the replacement: it was seen to succeed.
    RemoteState agreed{.ancestor = intent.after, .clock = intent.clock};
    if (!intent.puts && !intent.taken_in.empty()) {
      agreed = {.ancestor = intent.taken_in, .clock = intent.taken_in_clock};
    }
    const auto told = conflicts_of(intent);
    recovery_.conflicts.insert(recovery_.conflicts.end(), told.begin(), told.end());
    note(DoneRecord{.remote = intent.remote,
                    .revision = intent.after,
                    .clock = intent.clock,
                    .taken_in = intent.taken_in,
                    .taken_in_clock = intent.taken_in_clock,
                    .agreed = std::move(agreed)});
  }

  std::string path_beside(const Intent& intent) const {
    if (intent.beside.empty()) return "";
    const auto target = parts_.files.follow_links(parts_.paths.config);
    const auto* path = std::get_if<std::string>(&target);
    return path != nullptr ? platform::join_path(platform::folder_of(*path), intent.beside) : "";
  }

  /// What an editor saved and left to the system may be gone after a power cut: then the file is
  /// older than what this machine had read, and no newer than that was saved.
  Result<base::Done> bring_forward(const Intent& intent, const LocalCopy& config) {
    const bool may_be_taken_back = config.exists && !intent.before.empty() &&
                                   config.revision != intent.before &&
                                   config.fingerprint.modified_ns <= intent.before_modified_ns;
    if (!may_be_taken_back) return base::Done{};
    const bool was_here = config.document && memory_.has_content(config.revision);
    if (config.document && !was_here) return base::Done{};
    auto kept = memory_.content_of(intent.before);
    if (!kept) return base::Done{};
    if (auto noted = keep(config); !noted) return noted;
    auto outcome = write_local(parts_.files, config,
                               {.path = parts_.paths.config,
                                .document = kept->document,
                                .layout = kept->text,
                                .layout_says = kept->document,
                                .modified = std::nullopt,
                                .s3_sync = std::nullopt,
                                .unique = parts_.random.next()});
    if (!outcome) return std::move(outcome).error();
    if (*outcome != ReplaceOutcome::replaced) return keeps_being_written();
    recovery_.local_changed = recovery_.brought_forward = true;
    return base::Done{};
  }

  /// What lies at `path` came out of config.json unlooked at: an edit that is nowhere else, unless
  /// the journal has it.
  Result<base::Done> join_displaced(const std::string& path, const std::string& replaced_by) {
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
      auto displaced = read_local(parts_.files, path);
      if (!displaced) return std::move(displaced).error();
      auto current = read_local(parts_.files, parts_.paths.config);
      if (!current) return std::move(current).error();
      if (is_known(*displaced, *current)) return removed(path);
      auto outcome = bring_back(*displaced, *current, replaced_by);
      if (!outcome) return std::move(outcome).error();
      if (*outcome == ReplaceOutcome::replaced) return removed(path);
    }
    // What comes next would be edited from more than what was displaced, and take the difference
    // for its edits.
    return keeps_being_written();
  }

  /// Nothing of it is nowhere else: it is here, or what the last run found or brought.
  bool is_known(const LocalCopy& displaced, const LocalCopy& current) const {
    if (!displaced.exists || displaced.text.empty()) return true;
    if (!displaced.document) return false;
    const Seen* tip = memory_.known().tip();
    const auto& intent = memory_.known().intent;
    const std::string& revision = displaced.revision;
    return revision == current.revision || (tip != nullptr && revision == tip->revision) ||
           (intent && (revision == intent->before || revision == intent->after));
  }

  Result<ReplaceOutcome> bring_back(const LocalCopy& displaced, const LocalCopy& current,
                                    const std::string& replaced_by) {
    if (!displaced.document || !current.document) return kept(displaced);
    const Seen* tip = memory_.known().tip();
    const bool is_as_left = current.revision == replaced_by ||
                            (replaced_by.empty() && tip != nullptr && tip->revision == current.revision);
    if (is_as_left) return replace(current, *displaced.document, displaced);
    const std::string& base = memory_.known().intent ? memory_.known().intent->before
                                                     : tip != nullptr ? tip->revision : "";
    auto origin = memory_.content_of(base);
    std::optional<json::Value> ancestor;
    if (origin) ancestor = std::move(origin->document);
    resolve::MergeResult merge =
        resolve::merge(ancestor, config::without_s3_sync(*current.document),
                       config::without_s3_sync(*displaced.document),
                       {.conflicts = resolve::Side::local});
    if (auto noted = keep(displaced); !noted) return std::move(noted).error();
    auto outcome = replace(current, merge.merged, current);
    if (outcome && *outcome == ReplaceOutcome::replaced) {
      auto& told = recovery_.conflicts;
      told.insert(told.end(), merge.conflicts.begin(), merge.conflicts.end());
    }
    return outcome;
  }

  Result<ReplaceOutcome> kept(const LocalCopy& copy) {
    if (auto noted = keep(copy); !noted) return std::move(noted).error();
    return ReplaceOutcome::replaced;
  }

  /// In the journal, on the disk; not as something config.json comes from.
  Result<base::Done> keep(const LocalCopy& copy) {
    if (!copy.exists || copy.text.empty() || memory_.has_content(copy.revision)) {
      return base::Done{};
    }
    note(ContentRecord{
        .revision = copy.document ? copy.revision : crypto::sha256_hex(copy.text),
        .source = Source::merged,
        .by = parts_.host_name,
        .entries = copy.entries,
        .profiles = copy.profiles,
        .is_damaged = !copy.document,
        .text = copy.document ? copy.shareable_text().joined() : copy.text});
    return memory_.write(Journal::Durability::now);
  }

  Result<ReplaceOutcome> replace(const LocalCopy& over, const json::Value& document,
                                 const LocalCopy& layout) {
    auto outcome = write_local(parts_.files, over,
                               {.path = parts_.paths.config,
                                .document = document,
                                .layout = layout.text,
                                .layout_says = *layout.document,
                                .modified = layout.modified,
                                .s3_sync = std::nullopt,
                                .unique = parts_.random.next()});
    if (outcome && *outcome == ReplaceOutcome::replaced) recovery_.local_changed = true;
    return outcome;
  }

  Result<base::Done> removed(const std::string& path) {
    (void)parts_.files.remove(path);
    return base::Done{};
  }

  const RecoveryParts& parts_;
  Memory& memory_;
  Recovery recovery_;
};

}  // namespace

IntentOutcome judge(const IntentPlaces& places) {
  const Intent& intent = places.intent;
  const std::string& now = places.config.revision;
  if (!intent.replaces) return IntentOutcome::not_begun;
  const bool is_new = !places.beside.exists || places.beside.revision == intent.after;
  const bool is_old = places.beside.exists && places.beside.document &&
                      places.beside.revision == intent.before;
  if (is_old) return IntentOutcome::replaced;
  const bool is_after = places.config.document && now == intent.after;
  // Cut off while it was made, or not looked at yet; a file cut off is no document.
  const bool is_edit = places.beside.document.has_value() && !is_new;
  if (is_edit && (is_after || now != intent.before)) return IntentOutcome::displaced;
  return is_after ? IntentOutcome::replaced : IntentOutcome::not_begun;
}

Result<Recovery> recover(const RecoveryParts& parts) { return Recoverer(parts).run(); }

}  // namespace start_claude::sync
