// Which of two earlier contents a document was edited from, told by the document itself: for a run
// that was cut off between replacing a file and remembering that it did.
#pragma once

#include "json/value.h"

namespace start_claude::resolve {

/// Two contents, one of which the other was made from.
struct Succession {
  const json::Value& earlier;
  const json::Value& later;
};

/// True if `document` was edited from `later`: of the fields that changed between the two it holds
/// none as it was before, and at least one as it was afterwards. In doubt the answer is false: an
/// ancestor that is too old only makes conflicts, one that is too new would undo what was never
/// seen. Documents without settings.s3Sync.
bool descends_from_later(const json::Value& document, const Succession& of);

}  // namespace start_claude::resolve
