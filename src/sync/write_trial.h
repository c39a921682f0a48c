// Trying out what a key may write and what a store makes of conditions, on an object of no value
// beside ours that is removed again if the key may do that: for s3-doctor, and where a first upload
// needs a condition that protects and nobody knows yet whether it does.
//
// Where a key may write nothing but our own object, that one is only written under a condition
// that must fail, and only on a store that is known to honour it: nothing is ever replaced.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "platform/random.h"
#include "s3/object_store.h"
#include "sync/state.h"

namespace start_claude::sync {

struct WriteTrial {
  enum class Outcome {
    allowed,
    allowed_here_only,  ///< our own object, and nothing beside it: as it should be
    denied,
    unknown,  ///< denied beside our object, and our object cannot be tried safely
  };
  Outcome outcome = Outcome::unknown;
  Verdict if_none_match = Verdict::unknown;
  Verdict if_match = Verdict::unknown;
  std::string scratch_key;  ///< what was written beside ours
  bool is_readable = true;  ///< what was written could be read
  s3::Permission remove = s3::Permission::unknown;
  bool is_left_behind = false;  ///< the scratch object, or its earlier version, is still there
};

struct TrialSubject {
  s3::ObjectLocation object;
  /// Our object's state as read just now; nothing if there is none, or it may not be read.
  std::optional<s3::Object> current = {};
  Verdict if_none_match = Verdict::unknown;  ///< as measured earlier
  /// Nothing but what the store makes of conditions is wanted; then what refuses them is not
  /// written to at all.
  bool only_conditions = false;
};

/// An error means that the store could not be asked, or refused for another reason than permission.
Result<WriteTrial> try_writing(s3::ObjectStore& store, platform::Random& random,
                               const TrialSubject& subject);

}  // namespace start_claude::sync
