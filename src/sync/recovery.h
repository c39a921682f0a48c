// What a run that was cut off left: found out from the journal's intent, and brought in order.
//
// The intent names the two contents that were in play and where the other of them lies while
// config.json is exchanged. One look at these two or three places tells which steps happened; no
// contents are compared to guess. docs/never-lose.md lists the cases.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "platform/clock.h"
#include "platform/filesystem.h"
#include "platform/random.h"
#include "resolve/merge.h"
#include "sync/local_copy.h"
#include "sync/memory.h"
#include "sync/paths.h"

namespace start_claude::sync {

/// What the intent's places hold. A pure judgement follows from them.
struct IntentPlaces {
  const Intent& intent;
  const LocalCopy& config;
  const LocalCopy& beside;  ///< does not exist where the intent exchanges nothing
};

enum class IntentOutcome {
  not_begun,  ///< config.json is, or was edited from, what it was before
  replaced,   ///< config.json is, or was edited from, what it was to become
  displaced,  ///< it was replaced, and what lies beside it is an edit of that very moment
};
IntentOutcome judge(const IntentPlaces& places);

struct RecoveryParts {
  platform::FileSystem& files;
  platform::Clock& clock;
  platform::Random& random;
  const Paths& paths;
  const std::string& host_name;
  Memory& memory;
};

struct Recovery {
  bool local_changed = false;
  /// An edit saved in the moment config.json was replaced was joined with a later one: the fields
  /// edited in both. `local`, as it was found, has won; `remote` is in the journal.
  std::vector<resolve::FieldChange> conflicts = {};
  /// A power cut had taken the file back to an older content; the newer one is there again.
  bool brought_forward = false;
};

/// Call before anything is read, while holding the lock, and go on only after success.
Result<Recovery> recover(const RecoveryParts& parts);

}  // namespace start_claude::sync
