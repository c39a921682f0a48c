#include "sync/displaced.h"

#include <algorithm>
#include <utility>

#include "config/document.h"
#include "platform/in_place.h"
#include "sync/history.h"
#include "sync/local_copy.h"

namespace start_claude::sync {
namespace {

using platform::ReplaceOutcome;

/// How often somebody may write config.json in between before the run ends.
constexpr int attempts_max = 3;

/// As one of the two that a merge is made from: what the last run found here stays the newest of
/// what this machine had, and so the base of the merge, however often this is begun again.
Result<base::Done> keep_for_merge(const DisplacedParts& parts, History& history,
                                  const LocalCopy& copy) {
  if (is_kept(history, copy)) return base::Done{};
  return keep_local(history, copy, {parts.clock.now(), parts.host_name}, Origin::merged);
}

/// What the last run found here: both contents were edited from it, or from what it became.
std::string found_by_last_run(const std::vector<HistoryEntry>& entries) {
  const auto found = std::find_if(entries.begin(), entries.end(), [](const HistoryEntry& entry) {
    return entry.origin == Origin::local && !entry.damaged;
  });
  return found == entries.end() ? "" : found->revision;
}

std::optional<json::Value> base_of(const History& history) {
  auto kept = history.document_of(found_by_last_run(history.entries()));
  return kept ? std::optional(std::move(kept->document)) : std::nullopt;
}

/// True if nobody edited this since the last run: it is what that found here, or what it brought.
/// What an attempt such as this one kept was edited: it came from nowhere else. So was what the
/// index does not name: a run brings nothing before the index has it.
bool is_as_left(const History& history, const LocalCopy& current) {
  if (!current.document) return is_kept(history, current);
  const auto entries = history.entries();
  const auto was_brought = [&](const HistoryEntry& entry) {
    const bool came_from_there = entry.origin == Origin::remote || !entry.merged_with.empty();
    return entry.is_indexed && entry.revision == current.revision && came_from_there;
  };
  return std::any_of(entries.begin(), entries.end(), was_brought) ||
         found_by_last_run(entries) == current.revision;
}

class Restoration {
 public:
  Restoration(const DisplacedParts& parts, const std::string& path)
      : parts_(parts),
        path_(path),
        history_(parts.files, parts.clock, parts.random, parts.paths.history) {}

  Result<Restored> run() {
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
      auto displaced = read_local(parts_.files, path_);
      if (!displaced) return std::move(displaced).error();
      if (is_kept(history_, *displaced)) return removed();
      auto current = read_local(parts_.files, parts_.paths.config);
      if (!current) return std::move(current).error();
      if (current->document && current->revision == displaced->revision) return removed();
      auto outcome = bring_back(*displaced, *current);
      if (!outcome) return std::move(outcome).error();
      if (*outcome == ReplaceOutcome::replaced) return removed();
    }
    // What comes next would be edited from more than what was displaced, and take the difference
    // for its edits.
    return Error{ErrorKind::undecided,
                 "another program keeps writing config.json, beside which an earlier run left an "
                 "edit; nothing changed",
                 "run it again"};
  }

 private:
  Result<Restored> removed() {
    (void)parts_.files.remove(path_);
    return std::move(restored_);
  }

  Result<ReplaceOutcome> bring_back(const LocalCopy& displaced, const LocalCopy& current) {
    if (!displaced.document) return kept(displaced);
    // As if the run had not come to replace the file.
    if (is_as_left(history_, current)) return replace(current, *displaced.document, displaced);
    if (!current.document) return kept(displaced);
    auto outcome = kept(current);
    if (!outcome) return outcome;
    resolve::MergeResult merge = resolve::merge(
        base_of(history_), config::without_s3_sync(*current.document),
        config::without_s3_sync(*displaced.document), {.conflicts = resolve::Side::local});
    outcome = replace(current, merge.merged, current);
    if (!outcome || *outcome == ReplaceOutcome::changed_meanwhile) return outcome;
    restored_.conflicts = std::move(merge.conflicts);
    return kept(displaced);
  }

  Result<ReplaceOutcome> kept(const LocalCopy& copy) {
    auto kept = keep_for_merge(parts_, history_, copy);
    if (!kept) return std::move(kept).error();
    return ReplaceOutcome::replaced;
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
    if (outcome && *outcome == ReplaceOutcome::replaced) restored_.local_changed = true;
    return outcome;
  }

  const DisplacedParts& parts_;
  const std::string& path_;
  History history_;
  Restored restored_;
};

/// An edit made since may by chance look like the mixture that the write left: a document stays in
/// history.
Result<base::Done> keep_what_is_there(const DisplacedParts& parts,
                                      const platform::InterruptedWrite& write) {
  auto current = read_local(parts.files, parts.paths.config);
  if (!current) return std::move(current).error();
  const std::string_view now = current->text.view();
  if (!current->document || now == write.before || now == write.after) return base::Done{};
  History history(parts.files, parts.clock, parts.random, parts.paths.history);
  return keep_for_merge(parts, history, *current);
}

}  // namespace

Result<base::Done> finish_interrupted_writes(const DisplacedParts& parts) {
  for (const std::string* path : {&parts.paths.config, &parts.paths.s3_config}) {
    const auto write = platform::interrupted_write(parts.files, *path);
    if (!write) continue;
    if (path == &parts.paths.config) {
      if (auto kept = keep_what_is_there(parts, *write); !kept) return kept;
    }
    const auto finished = platform::finish_write(parts.files, *path, *write);
    if (const auto* failure = std::get_if<platform::FileFailure>(&finished)) {
      return platform::disk_error("finish writing", *path, *failure);
    }
  }
  return base::Done{};
}

Result<Restored> restore_displaced(const DisplacedParts& parts) {
  if (auto finished = finish_interrupted_writes(parts); !finished) {
    return std::move(finished).error();
  }
  Restored all;
  for (const std::string& path : platform::displaced_files(parts.files, parts.paths.config)) {
    auto restored = Restoration(parts, path).run();
    if (!restored) return std::move(restored).error();
    all.local_changed = all.local_changed || restored->local_changed;
    all.conflicts.insert(all.conflicts.end(), restored->conflicts.begin(),
                         restored->conflicts.end());
  }
  return all;
}

}  // namespace start_claude::sync
