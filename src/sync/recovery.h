// What a run that was cut off left: found out from the journal's intent, and brought in order.
//
// intent_outcome.h judges what happened; docs/never-lose.md lists the cases.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "resolve/merge.h"
#include "sync/local_copy.h"
#include "sync/memory.h"

namespace start_claude::sync {

/// Intent::beside for a file that was read as `over`; empty if there is nothing to exchange.
std::string name_beside(const MemoryParts& parts, const LocalCopy& over, std::uint64_t unique);

/// The whole path of Intent::beside; empty where there is none.
std::string path_beside(const MemoryParts& parts, const Intent& intent);

struct Recovery {
  bool local_changed = false;
  /// An edit saved in the moment config.json was replaced was joined with a later one: the fields
  /// edited in both. `local`, as it was found, has won; `remote` is in the journal.
  std::vector<resolve::FieldChange> conflicts = {};
};

/// Ends what a run that was cut off was writing in place into config.json or s3-config.json
/// (platform/in_place.h): until then such a file may be a mixture of two contents. Call before
/// either is read, while holding the lock, and go on only after success.
Result<base::Done> finish_interrupted_writes(const MemoryParts& parts);

/// The same first, then the rest. Call before anything is read, while holding the lock, and go on
/// only after success.
Result<Recovery> recover(const MemoryParts& parts, Memory& memory);

}  // namespace start_claude::sync
