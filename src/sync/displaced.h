// What somebody wrote into config.json in the moment in which it was replaced.
//
// Replacing exchanges the file with its successor and looks at what came out. A run that ended
// before it looked, or an editor that saved twice in that moment, leaves a file beside config.json
// that may hold edits which are nowhere else (platform::displaced_files).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "platform/clock.h"
#include "platform/filesystem.h"
#include "platform/random.h"
#include "resolve/merge.h"
#include "sync/paths.h"

namespace start_claude::sync {

struct DisplacedParts {
  platform::FileSystem& files;
  platform::Clock& clock;
  platform::Random& random;
  const Paths& paths;
  const std::string& host_name;
};

struct Restored {
  bool local_changed = false;
  /// Where config.json had been edited since as well, both went into one: the fields that had been
  /// edited in both. `local`, the file as it was found, has won; `remote`, what had come out of it,
  /// is in history.
  std::vector<resolve::FieldChange> conflicts = {};
};

/// Ends what a run that was cut off was writing in place into config.json or s3-config.json
/// (platform/in_place.h): until then such a file may be a mixture of two contents. Call before
/// either is read, while holding the lock, and go on only after success.
Result<base::Done> finish_interrupted_writes(const DisplacedParts& parts);

/// The same first. Brings such edits back into config.json, or keeps them in history where they are
/// no document, and removes the files. Call before anything is read, while holding the lock, and go
/// on only after success: what the next run finds here would be taken for what these edits were
/// made from.
Result<Restored> restore_displaced(const DisplacedParts& parts);

}  // namespace start_claude::sync
