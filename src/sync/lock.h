// The lock that covers a whole run, so that two never work on one configuration at once.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"
#include "platform/clock.h"
#include "platform/environment.h"
#include "platform/filesystem.h"

namespace start_claude::sync {

struct LockOptions {
  std::chrono::milliseconds timeout{10'000};  ///< how long to wait for another run to end
  std::string command;                        ///< for the message another run shows
  /// What to say where it is held; the holder follows.
  std::string held = "another run holds the lock";
  std::string hint = "wait for it to end, or give it longer with --lock-timeout";
};

/// Takes the lock, creating its folder (0700) if need be. The error is of kind `locked` and names
/// the holder: "another run holds the lock: s3-sync, process 4711 on lark since ...".
Result<std::unique_ptr<platform::FileLock>> take_lock(platform::FileSystem& files,
                                                      platform::Clock& clock,
                                                      const platform::Environment& environment,
                                                      const std::string& path,
                                                      const LockOptions& options);

}  // namespace start_claude::sync
