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
#include "sync/memory.h"
#include "sync/local_copy.h"

namespace start_claude::sync {

/// Where a revision can be had from.
enum class RevisionPlace { remote_current, remote_version, local_history };

struct Revision {
  RevisionPlace place = RevisionPlace::local_history;
  std::string revision;  ///< 64 hexadecimal digits
  std::optional<UtcTime> saved;  ///< kept here, or stored there; nothing if unknown
  std::string by;        ///< host name; empty if unknown
  std::size_t profiles = 0;
  base::SharedText text;
};

/// At most this many remote versions are read: each costs a request.
inline constexpr std::size_t remote_versions_max = 20;

/// Newest first, each content once (where it is newest), damaged ones left out. Without a store, or
/// if the bucket keeps no versions or the key may not list them, only what is here. An unreachable
/// store is an error.
Result<std::vector<Revision>> list_revisions(const Memory& memory, s3::ObjectStore* store,
                                             const s3::ObjectLocation& location);

/// What `s3-restore --last` means: the content this machine had before the last run replaced it, or
/// nothing if there is none but the present one.
std::optional<Revision> last_replaced(const Memory& memory, const LocalCopy& local);

}  // namespace start_claude::sync
