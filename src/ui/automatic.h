// What runs did that nobody watched: put down as a record, and told by s3-status.
#pragma once

#include <string>

#include "base/error.h"
#include "base/time.h"
#include "json/value.h"
#include "sync/automatic_run.h"
#include "sync/engine.h"

namespace start_claude::ui {

/// The record of a run that ended at `at`; `by` names the part of the program that ran.
sync::AutomaticRun automatic_run_of(const std::string& by, UtcTime at,
                                    const sync::RunReport& report);
sync::AutomaticRun automatic_run_of(const std::string& by, UtcTime at, const Error& error);

/// "held 12 min ago: production.model changed on both sides", "uploaded 3 s ago (watch)".
std::string format_automatic_run(const sync::AutomaticRun& run, UtcTime now);

/// {"by", "at", "result", "reason", "message"?}
json::Value json_of(const sync::AutomaticRun& run);

}  // namespace start_claude::ui
