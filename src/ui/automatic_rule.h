// What syncs unasked on this machine, in words: the same from watch, balance, the manager,
// s3-status.
#pragma once

#include <string>

#include "config/sync_preferences.h"

namespace start_claude::ui {

/// What is not as usual: who syncs instead, or what waits for a person. Empty where everything is
/// uploaded and downloaded unasked.
std::string format_rule(const config::AutomaticRule& rule);

/// "uploads on (default), downloads off; checks every 60 min (default); on conflict: ask (default)"
std::string format_preferences(const config::SyncPreferences& preferences);

}  // namespace start_claude::ui
