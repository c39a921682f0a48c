#include "sync/revisions.h"

#include <algorithm>
#include <set>
#include <utility>

#include "config/document.h"
#include "sync/remote_copy.h"

namespace start_claude::sync {
namespace {

std::optional<Revision> revision_of_object(s3::Object object, RevisionPlace place) {
  const RemoteCopy copy = remote_copy_of(std::move(object));
  if (!copy.document) return std::nullopt;
  return Revision{.place = place,
                  .revision = copy.revision,
                  .saved = copy.last_modified,
                  .by = copy.writer,
                  .profiles = copy.profiles,
                  .text = copy.text};
}

Result<std::vector<Revision>> remote_revisions(s3::ObjectStore& store,
                                               const s3::ObjectLocation& location) {
  std::vector<Revision> revisions;
  auto current = store.get(location, std::nullopt);
  // What is there and too large to be read is no revision; what was there before it may be.
  if (!current && current.error().kind != ErrorKind::invalid_data) {
    return std::move(current).error();
  }
  std::string current_version;
  if (auto* object = current ? std::get_if<s3::Object>(&*current) : nullptr) {
    current_version = object->attributes.version_id;
    if (auto revision = revision_of_object(std::move(*object), RevisionPlace::remote_current)) {
      revisions.push_back(*std::move(revision));
    }
  }
  // Versions are a bonus: a key that may not list them still has everything else.
  const auto listed = store.list_versions(location);
  if (!listed) return revisions;
  const auto* versions = std::get_if<std::vector<s3::ObjectVersion>>(&*listed);
  if (versions == nullptr) return revisions;
  std::size_t read = 0;
  for (const s3::ObjectVersion& version : *versions) {
    if (version.is_deletion || version.version_id == current_version || version.is_latest) continue;
    if (read++ == remote_versions_max) break;
    auto outcome = store.get_version(location, version.version_id);
    if (!outcome) continue;
    auto* object = std::get_if<s3::Object>(&*outcome);
    if (object == nullptr) continue;
    if (auto revision = revision_of_object(std::move(*object), RevisionPlace::remote_version)) {
      revisions.push_back(*std::move(revision));
    }
  }
  return revisions;
}

}  // namespace

Revision revision_of_entry(const KeptEntry& entry) {
  const ContentRecord& content = entry.content;
  return Revision{.place = RevisionPlace::local_history,
                  .revision = content.revision,
                  .saved = entry.at,
                  .by = content.source == Source::remote ? content.by : "here",
                  .profiles = content.profiles,
                  .is_damaged = content.is_damaged,
                  .text = content.text};
}

Result<std::vector<Revision>> list_revisions(const Memory& memory, s3::ObjectStore* store,
                                             const s3::ObjectLocation& location) {
  std::vector<Revision> all;
  if (store != nullptr) {
    auto remote = remote_revisions(*store, location);
    if (!remote) return std::move(remote).error();
    all = *std::move(remote);
  }
  auto kept = memory.contents();
  if (!kept) return std::move(kept).error();
  for (const KeptEntry& entry : *kept) all.push_back(revision_of_entry(entry));
  std::stable_sort(all.begin(), all.end(), [](const Revision& a, const Revision& b) {
    const bool a_current = a.place == RevisionPlace::remote_current;
    const bool b_current = b.place == RevisionPlace::remote_current;
    return a_current != b_current ? a_current : a.saved > b.saved;
  });
  std::set<std::string> seen;
  std::erase_if(all, [&](const Revision& r) { return !seen.insert(r.revision).second; });
  return all;
}

std::optional<Revision> last_replaced(const Memory& memory, const LocalCopy& local) {
  const auto kept = memory.contents();
  if (!kept) return std::nullopt;
  const auto differs = [&](const KeptEntry& entry) {
    // Nobody undoes a run to have nothing again: an emptied file is restored by its number.
    return !entry.content.is_damaged && entry.content.entries > 0 &&
           entry.content.revision != local.revision;
  };
  const auto was_here = [&](const KeptEntry& entry) {
    return differs(entry) && entry.content.source == Source::local;
  };
  auto found = std::find_if(kept->begin(), kept->end(), was_here);
  if (found == kept->end()) found = std::find_if(kept->begin(), kept->end(), differs);
  if (found == kept->end()) return std::nullopt;
  return revision_of_entry(*found);
}

}  // namespace start_claude::sync
