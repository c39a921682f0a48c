// Earlier contents from everywhere: this machine's journal and, where the bucket keeps versions,
// the remote's. And bringing one of them back.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/shared_text.h"
#include "base/time.h"
#include "platform/clock.h"
#include "platform/filesystem.h"
#include "platform/random.h"
#include "s3/object_store.h"
#include "sync/local_copy.h"
#include "sync/memory.h"

namespace start_claude::sync {

/// Where a revision can be had from.
enum class RevisionPlace { remote_current, remote_version, local_history };

struct Revision {
  RevisionPlace place = RevisionPlace::local_history;
  std::string revision;          ///< 64 hexadecimal digits; see ContentRecord::revision
  std::optional<UtcTime> saved;  ///< kept here, or stored there; nothing if unknown
  std::string by;                ///< host name; empty if unknown
  std::size_t profiles = 0;
  bool is_damaged = false;  ///< no document: `text` is its bytes
  base::SharedText text;
};

/// At most this many remote versions are read: each costs a request.
inline constexpr std::size_t remote_versions_max = 20;

/// Newest first, each content once (where it is newest), of damaged ones those that were kept here.
/// Without a store, or if the bucket keeps no versions or the key may not list them, only what is
/// here. An unreachable store is an error.
Result<std::vector<Revision>> list_revisions(const Memory& memory, s3::ObjectStore* store,
                                             const s3::ObjectLocation& location);

/// A content that was kept.
Revision revision_of_entry(const KeptEntry& entry);

/// What `s3-restore --last` means: the last content with profiles that this machine had before a
/// run replaced it, or nothing if there is none but the present one.
std::optional<Revision> last_replaced(const Memory& memory, const LocalCopy& local);

}  // namespace start_claude::sync
