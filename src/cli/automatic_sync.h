// One run by the unattended rules, for a command that runs on and on: watch, manager, balance.
//
// Each run stands for itself: it finds the paths, takes the lock, reads the settings and connects
// anew, and lets go of everything when it returns. It prints nothing and asks nobody; what it did,
// or could not do, is its value, and a record for s3-status. What it may do at all (upload,
// download) it reads in the settings itself, so that no command can forget to.
#pragma once

#include <chrono>
#include <string>
#include <variant>

#include "cli/connection.h"
#include "cli/host.h"
#include "cli/options.h"
#include "resolve/resolve.h"
#include "sync/engine.h"

namespace start_claude::cli {

struct AutomaticRequest {
  std::string by;  ///< "watch", "manager", "balance": for the record and the lock's note
  /// Only `unattended` or `manager_opening` make sense here.
  resolve::Occasion occasion = resolve::Occasion::unattended;
  /// What the run is for. `local_change`: config.json was written, so that nothing is sent if it
  /// holds what both sides agreed on last, such as what was just downloaded.
  enum class Purpose { local_change, check } purpose = Purpose::check;
  std::chrono::milliseconds lock_timeout{0};  ///< how long to wait for another run to end
  std::chrono::seconds timeout{30};           ///< for one S3 operation, retries included
  /// Remarks on the way (a clock that is off, plain http), and a line for each request.
  Notices notices = {[](const std::string&) {}, [](const std::string&) {}};
};

/// Another run holds the lock; try again later.
struct Busy {
  Error lock;  ///< names the holder
};
/// There was nothing to do, or nothing that the settings let anybody do unasked.
struct Unchanged {};

using AutomaticOutcome = std::variant<sync::RunReport, Busy, Unchanged>;

/// Errors are as those of s3-sync: `not_configured` where there are no settings, or no folder.
/// A report may be of a run that is held: ui::error_of_run() says why.
Result<AutomaticOutcome> sync_automatically(Host& host, const Options& options,
                                            const AutomaticRequest& request);

}  // namespace start_claude::cli
