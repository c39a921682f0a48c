// What the manager's check of the remote came to when it opened, as one sentence.
#pragma once

#include <string>

#include "base/error.h"
#include "sync/engine.h"

namespace start_claude::ui {

/// "Remote is newer by 4 min 12 s (lark); downloaded 3 profiles."
std::string format_opening(const sync::RunReport& report);
/// "Remote not reachable; showing local profiles."
std::string format_opening(const Error& error);

}  // namespace start_claude::ui
