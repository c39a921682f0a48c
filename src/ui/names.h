// The closed sets of words that --json, s3-status and the tests know things by.
#pragma once

#include <string_view>

#include "base/error.h"
#include "resolve/merge.h"
#include "resolve/resolve.h"
#include "sync/engine.h"
#include "sync/revisions.h"

namespace start_claude::ui {

std::string_view name_of(resolve::Cause cause);    ///< "local_changed"
std::string_view name_of(sync::RunResult result);  ///< "in_sync", "uploaded", ...
using base::name_of;                               ///< of an ErrorKind: "access_denied"
std::string_view name_of(sync::Verdict verdict);   ///< for people: "honoured", "not supported"
std::string_view name_of(resolve::Side side);      ///< "local", "remote"
/// "remote, current", "remote version", "local"
std::string_view name_of(sync::RevisionPlace place);

}  // namespace start_claude::ui
