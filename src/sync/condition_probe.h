// What a store makes of conditions on PUT, measured: what was just put is put once more under
// conditions that must fail. The sync does so after its first upload, s3-doctor and the guard of a
// first upload on an object of no value; both by this one piece of code (docs/adr/0002).
#pragma once

#include <functional>

#include "base/result.h"
#include "s3/object_store.h"
#include "sync/state.h"

namespace start_claude::sync {

struct ConditionVerdicts {
  Verdict if_match = Verdict::unknown;
  Verdict if_none_match = Verdict::unknown;
};

/// Puts the same bytes and metadata as are there once more, under this condition. The caller takes
/// note of the ETag and version where they were stored all the same.
using PutAgain = std::function<Result<s3::PutOutcome>(const s3::Precondition& must_fail)>;

/// What the answer to a PUT whose condition must fail says of the store.
Verdict verdict_of(const s3::PutOutcome& outcome);

/// `known`, with what was unknown measured: 412 is honoured, 200 ignored, 501 or 400 refused. A 409
/// or a failure says nothing of it, and leaves it unknown.
ConditionVerdicts probe_conditions(ConditionVerdicts known, const PutAgain& put_again);

}  // namespace start_claude::sync
