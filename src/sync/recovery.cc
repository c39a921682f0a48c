#include "sync/recovery.h"

#include <algorithm>
#include <utility>

#include "config/document.h"
#include "config/profile.h"
#include "crypto/sha256.h"
#include "json/write.h"
#include "platform/in_place.h"
#include "sync/intent_outcome.h"
#include "sync/machine.h"
#include "sync/state.h"

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

/// In the journal, on the disk; not as something config.json comes from.
Result<base::Done> keep(Memory& memory, const LocalCopy& copy) {
  if (!copy.exists || copy.text.empty() || memory.has_content(copy.revision)) return base::Done{};
  ContentRecord content{.revision = copy.revision,
                        .source = Source::merged,
                        .entries = copy.entries,
                        .profiles = copy.profiles};
  if (copy.document) {
    content.text = copy.shareable_text().joined();
  } else {
    content.revision = crypto::sha256_hex(copy.text);
    content.is_damaged = true;
    content.text = copy.text;
  }
  memory.note(content);
  return memory.write(Journal::Durability::now);
}

/// An edit made since may by chance look like the mixture that the write left: a document stays in
/// the journal.
Result<base::Done> keep_what_is_there(const MemoryParts& parts,
                                      const platform::InterruptedWrite& write, Memory* memory) {
  auto current = read_local(parts.files, parts.paths.config);
  if (!current) return std::move(current).error();
  const std::string_view now = current->text.view();
  if (!current->document || now == write.before || now == write.after) return base::Done{};
  if (memory != nullptr) return keep(*memory, *current);
  auto opened = open_memory(parts, State::load(parts.files, parts.paths.state));
  return opened ? keep(*opened, *current) : std::move(opened).error();
}

class Recoverer {
 public:
  Recoverer(const MemoryParts& parts, Memory& memory) : parts_(parts), memory_(memory) {}

  Result<Recovery> run() {
    if (memory_.known().intent) {
      const Intent intent = *memory_.known().intent;
      if (auto done = finish(intent); !done) return std::move(done).error();
    }
    if (auto joined = join_all_displaced(""); !joined) return std::move(joined).error();
    return std::move(recovery_);
  }

 private:
  Result<base::Done> finish(const Intent& intent) {
    auto config = read_local(parts_.files, parts_.paths.config);
    if (!config) return std::move(config).error();
    const std::string beside_path = path_beside(parts_, intent);
    LocalCopy beside;
    if (!beside_path.empty()) {
      auto read = read_local(parts_.files, beside_path);
      if (!read) return std::move(read).error();
      beside = *std::move(read);
    }
    IntentPlaces places{.intent = intent,
                        .config = *config,
                        .beside = beside,
                        .had_power_cut = had_power_cut(intent)};
    if (!beside.exists && (intent.puts || intent.beside.empty())) {
      places.before = document_of(intent.before);
      places.after = document_of(intent.after);
    }
    switch (judge(places)) {
      case IntentOutcome::not_begun: {
        if (auto brought = bring_forward(intent, *config); !brought) return brought;
        memory_.note(DroppedRecord{.may_be_stored = intent.puts});
        break;
      }
      case IntentOutcome::displaced:
        if (auto done = finish_displaced(intent, beside_path); !done) return done;
        break;
      case IntentOutcome::replaced: {
        // Older than what was read by its time, and yet another content: by a clock that was wrong
        // it may be an edit all the same, and is nowhere else.
        const bool is_known = beside.document && was_in_play(intent, beside.revision);
        if (!is_known) {
          if (auto kept = keep(memory_, beside); !kept) return kept;
        }
        // A power cut may still take it back, and then it must not pass for an edit of this.
        if (auto durable = make_durable(parts_.files, parts_.paths.config); !durable) {
          return durable;
        }
        note_done(intent);
        break;
      }
    }
    if (!beside.exists) return memory_.write(Journal::Durability::now);
    // It may have been exchanged back, and a power cut may undo that and not the removal.
    const std::string folder = platform::folder_of(beside_path);
    const auto synced = parts_.files.sync_folder(folder);
    if (const auto* failure = std::get_if<platform::FileFailure>(&synced)) {
      return platform::disk_error("sync", folder, *failure);
    }
    // First the outcome, then what it was told from.
    if (auto written = memory_.write(Journal::Durability::now); !written) return written;
    (void)parts_.files.remove(beside_path);
    return base::Done{};
  }

  /// An edit of the very moment of the exchange lies at `beside_path`.
  Result<base::Done> finish_displaced(const Intent& intent, const std::string& beside_path) {
    if (auto joined = join(beside_path, intent.after); !joined) return joined;
    // What an attempt such as this one left was edited from the same.
    if (auto joined = join_all_displaced(beside_path); !joined) return joined;
    auto config = read_local(parts_.files, parts_.paths.config);
    if (!config) return std::move(config).error();
    auto beside = read_local(parts_.files, beside_path);
    if (!beside) return std::move(beside).error();
    const bool was_put_back = beside->document && beside->revision == intent.after;
    const IntentPlaces joined{.intent = intent,
                              .config = *config,
                              .beside = *beside,
                              .before = document_of(intent.before),
                              .after = document_of(intent.after)};
    if (!was_put_back && judge_by_contents(joined) == IntentOutcome::replaced) {
      note_done(intent);
    } else {
      memory_.note(DroppedRecord{.may_be_stored = intent.puts});
    }
    return base::Done{};
  }

  /// `except`: the one that tells how an intent ended, until the journal does.
  Result<base::Done> join_all_displaced(const std::string& except) {
    for (const std::string& path : platform::displaced_files(parts_.files, parts_.paths.config)) {
      if (path == except) continue;
      const auto& finished = memory_.known().finished_beside;
      const std::string name = platform::name_of(path);
      if (std::find(finished.begin(), finished.end(), name) != finished.end()) {
        (void)parts_.files.remove(path);
        continue;
      }
      if (auto complete = memory_.complete(); !complete) return complete;
      if (auto done = join_displaced(path, ""); !done) return done;
    }
    return base::Done{};
  }

  bool had_power_cut(const Intent& intent) const {
    return intent.boot.empty() || intent.boot != boot_id(parts_.files);
  }

  std::optional<json::Value> document_of(const std::string& revision) const {
    auto kept = memory_.content_of(revision);
    return kept ? std::optional(std::move(kept->document)) : std::nullopt;
  }

  void note_done(const Intent& intent) {
    // A put stands before the replacement: it was seen to succeed.
    RemoteState agreed{.ancestor = intent.after, .clock = intent.clock};
    if (!intent.puts) agreed = {.ancestor = intent.over, .clock = intent.over_clock};
    agreed.replaced = Replaced{.local = intent.before,
                               .remote = intent.puts ? intent.over : "",
                               .became = intent.after,
                               .ancestor = memory_.known().remote(intent.remote).ancestor};
    const auto told = conflicts_of(intent);
    recovery_.conflicts.insert(recovery_.conflicts.end(), told.begin(), told.end());
    memory_.note(DoneRecord{.remote = intent.remote,
                            .revision = intent.after,
                            .clock = intent.clock,
                            .taken_in = intent.taken_in(),
                            .taken_in_clock = intent.over_clock,
                            .agreed = std::move(agreed)});
  }

  /// What an editor saved and left to the system may be gone after a power cut: then the file is
  /// older than what this machine had read, and no newer than that was saved.
  Result<base::Done> bring_forward(const Intent& intent, const LocalCopy& config) {
    const bool may_be_taken_back = had_power_cut(intent) && config.exists &&
                                   !intent.before.empty() && config.revision != intent.before &&
                                   config.fingerprint.modified_ns <= intent.before_modified_ns;
    if (!may_be_taken_back) return base::Done{};
    if (config.document && !was_here(config.revision)) return base::Done{};
    auto kept = memory_.content_of(intent.before);
    if (!kept) return base::Done{};
    if (auto noted = keep(memory_, config); !noted) return noted;
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
    recovery_.local_changed = true;
    return base::Done{};
  }

  /// What lies at `path` came out of config.json unlooked at: an edit that is nowhere else, unless
  /// the journal has it.
  Result<base::Done> join_displaced(const std::string& path, const std::string& replaced_by) {
    auto joined = join(path, replaced_by);
    if (joined) (void)parts_.files.remove(path);
    return joined;
  }

  Result<base::Done> join(const std::string& path, const std::string& replaced_by) {
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
      auto displaced = read_local(parts_.files, path);
      if (!displaced) return std::move(displaced).error();
      auto current = read_local(parts_.files, parts_.paths.config);
      if (!current) return std::move(current).error();
      if (is_known(*displaced, *current)) return base::Done{};
      auto outcome = settle(path, *displaced, *current, replaced_by);
      if (!outcome) return std::move(outcome).error();
      if (*outcome == ReplaceOutcome::replaced) return base::Done{};
    }
    // What comes next would be edited from more than what was displaced, and take the difference
    // for its edits.
    return keeps_being_written();
  }

  /// Nothing of it is nowhere else: it is here, or config.json had it and a run read it.
  bool is_known(const LocalCopy& displaced, const LocalCopy& current) const {
    if (!displaced.exists || displaced.text.empty()) return true;
    if (!displaced.document) return false;
    const auto& intent = memory_.known().intent;
    const std::string& revision = displaced.revision;
    if (intent && was_in_play(*intent, revision)) return true;
    return revision == current.revision || was_here(revision);
  }

  static bool was_in_play(const Intent& intent, const std::string& revision) {
    return revision == intent.before || revision == intent.after;
  }

  /// A run read it in config.json, or brought it there.
  bool was_here(const std::string& revision) const {
    const auto& seen = memory_.known().seen;
    return std::any_of(seen.begin(), seen.end(), [&](const Seen& entry) {
      return entry.was_here && entry.revision == revision;
    });
  }

  /// `path` is where `displaced` lies. Where config.json is as it was left, the very file that came
  /// out goes back, so that its place tells ever after that it did.
  Result<ReplaceOutcome> settle(const std::string& path, const LocalCopy& displaced,
                                const LocalCopy& current, const std::string& replaced_by) {
    if (!displaced.document || !current.document) return kept(displaced);
    const Seen* tip = memory_.known().tip();
    const bool is_as_left =
        current.revision == replaced_by ||
        (replaced_by.empty() && tip != nullptr && tip->revision == current.revision);
    if (!is_as_left) return merge_in(displaced, current);
    const std::string& config = parts_.paths.config;
    const auto outcome = platform::exchange_back(parts_.files, config, path, current.fingerprint);
    const auto* failure = std::get_if<platform::FileFailure>(&outcome);
    if (failure != nullptr && failure->kind == platform::FileFailureKind::not_replaceable) {
      return merge_in(displaced, current);
    }
    if (failure != nullptr) return platform::disk_error("write", config, *failure);
    const auto done = std::get<ReplaceOutcome>(outcome);
    if (done == ReplaceOutcome::replaced) recovery_.local_changed = true;
    return done;
  }

  Result<ReplaceOutcome> merge_in(const LocalCopy& displaced, const LocalCopy& current) {
    const Seen* tip = memory_.known().tip();
    const std::string& base = memory_.known().intent ? memory_.known().intent->before
                              : tip != nullptr       ? tip->revision
                                                     : "";
    auto origin = memory_.content_of(base);
    std::optional<json::Value> ancestor;
    if (origin) ancestor = std::move(origin->document);
    resolve::MergeResult merge = resolve::merge(
        ancestor, config::without_s3_sync(*current.document),
        config::without_s3_sync(*displaced.document), {.conflicts = resolve::Side::local});
    if (auto noted = keep(memory_, displaced); !noted) return std::move(noted).error();
    auto outcome = write_local(parts_.files, current,
                               {.path = parts_.paths.config,
                                .document = merge.merged,
                                .layout = current.text,
                                .layout_says = *current.document,
                                .modified = current.modified,
                                .s3_sync = std::nullopt,
                                .unique = parts_.random.next()});
    if (outcome && *outcome == ReplaceOutcome::replaced) {
      recovery_.local_changed = true;
      auto& told = recovery_.conflicts;
      told.insert(told.end(), merge.conflicts.begin(), merge.conflicts.end());
    }
    return outcome;
  }

  Result<ReplaceOutcome> kept(const LocalCopy& copy) {
    if (auto noted = keep(memory_, copy); !noted) return std::move(noted).error();
    return ReplaceOutcome::replaced;
  }

  const MemoryParts& parts_;
  Memory& memory_;
  Recovery recovery_;
};

}  // namespace

std::string name_beside(const MemoryParts& parts, const LocalCopy& over, std::uint64_t unique) {
  if (!over.exists) return "";
  const auto name = platform::displaced_name(parts.files, parts.paths.config, unique);
  const auto* path = std::get_if<std::string>(&name);
  return path != nullptr ? platform::name_of(*path) : "";
}

std::string path_beside(const MemoryParts& parts, const Intent& intent) {
  if (intent.beside.empty()) return "";
  const auto target = parts.files.follow_links(parts.paths.config);
  const auto* path = std::get_if<std::string>(&target);
  return path != nullptr ? platform::join_path(platform::folder_of(*path), intent.beside) : "";
}

namespace {

/// `memory`: null where it is not read yet.
Result<base::Done> finish_with(const MemoryParts& parts, Memory* memory) {
  for (const std::string* path : {&parts.paths.config, &parts.paths.s3_config}) {
    const auto write = platform::interrupted_write(parts.files, *path);
    if (!write) continue;
    if (path == &parts.paths.config) {
      if (auto kept = keep_what_is_there(parts, *write, memory); !kept) return kept;
    }
    const auto finished = platform::finish_write(parts.files, *path, *write);
    if (const auto* failure = std::get_if<platform::FileFailure>(&finished)) {
      return platform::disk_error("finish writing", *path, *failure);
    }
  }
  return base::Done{};
}

}  // namespace

Result<base::Done> finish_interrupted_writes(const MemoryParts& parts) {
  return finish_with(parts, nullptr);
}

Result<Recovery> recover(const MemoryParts& parts, Memory& memory) {
  if (auto finished = finish_with(parts, &memory); !finished) return std::move(finished).error();
  return Recoverer(parts, memory).run();
}

}  // namespace start_claude::sync
