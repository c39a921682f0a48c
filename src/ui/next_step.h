// What a sync would do with what a look has found.
#pragma once

#include <string>

#include "sync/engine.h"

namespace start_claude::ui {

/// "nothing to do", "upload (local changed)", "ask (conflict)".
std::string describe_next(const sync::Situation& situation);

}  // namespace start_claude::ui
