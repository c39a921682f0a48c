#include "sync/unremembered.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "config/document.h"
#include "resolve/descent.h"
#include "sync/lineage.h"

namespace start_claude::sync {
namespace {

/// Newest first.
std::vector<HistoryEntry> kept_since(const History& history, const std::string& ancestor) {
  std::vector<HistoryEntry> entries = history.entries();
  const auto end = std::find_if(entries.begin(), entries.end(), [&](const HistoryEntry& entry) {
    return entry.revision == ancestor;
  });
  entries.erase(end, entries.end());
  std::erase_if(entries, [](const HistoryEntry& entry) { return entry.damaged; });
  return entries;
}

std::optional<json::Value> document_of(const History& history, const std::string& revision) {
  if (revision.empty()) return std::nullopt;
  auto kept = history.document_of(revision);
  return kept ? std::optional(std::move(kept->document)) : std::nullopt;
}

bool comes_from(const RemoteCopy& remote, const std::string& revision) {
  const auto& lineage = remote.lineage;
  return remote.revision == revision ||
         std::find(lineage.begin(), lineage.end(), short_revision(revision)) != lineage.end();
}

}  // namespace

std::optional<std::string> unremembered_ancestor(const History& history, const LocalCopy& local,
                                                 const RemoteCopy& remote,
                                                 const std::string& ancestor) {
  if (!local.document || !remote.document || remote.revision == ancestor) return std::nullopt;
  const std::vector<HistoryEntry> entries = kept_since(history, ancestor);
  const auto found = std::find_if(entries.begin(), entries.end(), [](const HistoryEntry& entry) {
    return entry.origin == Origin::local;
  });
  // What the last run found here is what is here: it replaced nothing.
  const bool was_here = found != entries.end();
  if (was_here && found->revision == local.revision) return std::nullopt;
  // What the two sides have in common if this content was brought here. A merge may be here alone:
  // then it is what it was made from.
  const auto base_by = [&](const HistoryEntry& entry) -> std::string {
    if (entry.origin == Origin::local) return "";
    if (comes_from(remote, entry.revision)) return entry.revision;
    const std::string& other = entry.merged_with;
    return !other.empty() && comes_from(remote, other) && history.has_file(other) ? other : "";
  };
  // Nothing to look for, and no document to read for it.
  const auto could_be = [&](const HistoryEntry& entry) { return !base_by(entry).empty(); };
  if (std::none_of(entries.begin(), entries.end(), could_be)) return std::nullopt;
  // Neither what the last run found here nor the ancestor may show where that content changed them.
  std::vector<json::Value> before;
  for (const std::string& revision : {was_here ? found->revision : "", ancestor}) {
    if (auto document = document_of(history, revision)) before.push_back(*std::move(document));
  }
  // A first download, to a machine that had no file.
  if (before.empty() && entries.size() == 1) before.emplace_back(json::Object{});
  const json::Value document = config::without_s3_sync(*local.document);
  for (const HistoryEntry& entry : entries) {
    if (!could_be(entry)) continue;
    const auto brought = document_of(history, entry.revision);
    const auto follows = [&](const json::Value& earlier) {
      return resolve::descends_from_later(document, {.earlier = earlier, .later = *brought});
    };
    if (brought && !before.empty() && std::all_of(before.begin(), before.end(), follows)) {
      return base_by(entry);
    }
  }
  return std::nullopt;
}

bool may_be_unremembered(const History& history, const std::string& ancestor) {
  const std::vector<HistoryEntry> entries = kept_since(history, ancestor);
  return std::any_of(entries.begin(), entries.end(),
                     [](const HistoryEntry& entry) { return entry.origin != Origin::local; });
}

std::vector<std::string> held_since(const History& history, const std::string& ancestor) {
  std::vector<std::string> revisions;
  for (HistoryEntry& entry : kept_since(history, ancestor)) {
    if (entry.origin == Origin::local) revisions.push_back(std::move(entry.revision));
  }
  return revisions;
}

}  // namespace start_claude::sync
