// s3-automatic.json: what the last run did that nobody watched. Losing it is safe.
//
//   {"version": 1, "by": "watch", "at": "2026-11-22T08:14:03.250Z", "result": "held",
//    "reason": "conflict", "message": "production.model changed on both sides"}
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "platform/filesystem.h"
#include "platform/random.h"

namespace start_claude::sync {

struct AutomaticRun {
  std::string by;  ///< which part of the program: "watch", "manager", "balance"
  UtcTime at;
  /// As in --json: "in_sync", "uploaded", "downloaded", "merged", "held", or "failed".
  std::string result;
  std::string reason;        ///< as in --json: "local_changed", "conflict", "unreachable"
  std::string message = {};  ///< for people, why it could not; empty if it could
  bool operator==(const AutomaticRun&) const = default;
};

/// Nothing if there was none, or its record is lost or damaged.
std::optional<AutomaticRun> last_automatic_run(const platform::FileSystem& files,
                                               const std::string& path);
/// Replaces the record, mode 0600.
Result<base::Done> record_automatic_run(platform::FileSystem& files, platform::Random& random,
                                        const std::string& path, const AutomaticRun& run);

}  // namespace start_claude::sync
