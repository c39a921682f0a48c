#include "sync/lock.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"

namespace start_claude::sync {
namespace {

constexpr std::chrono::milliseconds poll_interval{50};

std::string holder_note(const platform::Clock& clock, const platform::Environment& environment,
                        const std::string& command) {
  const UtcTime now = clock.now();
  return command + ", process " + std::to_string(environment.process_id()) + " on " +
         environment.host_name() + " since " + base::format_local(now, clock.utc_offset(now)) +
         "\n";
}

Error locked_by(const platform::FileSystem& files, const std::string& path,
                const LockOptions& options) {
  std::string holder = "another program";
  const auto read = files.read(path);
  if (const auto* content = std::get_if<platform::FileContent>(&read)) {
    const std::string_view note = base::trim(content->bytes);
    if (!note.empty()) holder = base::printable(note);
  }
  return {ErrorKind::locked, options.held + ": " + holder, options.hint};
}

}  // namespace

Result<std::unique_ptr<platform::FileLock>> take_lock(platform::FileSystem& files,
                                                      platform::Clock& clock,
                                                      const platform::Environment& environment,
                                                      const std::string& path,
                                                      const LockOptions& options) {
  const std::string folder = platform::folder_of(path);
  const auto made = files.make_folder(folder, 0700);
  if (const auto* failure = std::get_if<platform::FileFailure>(&made)) {
    return platform::disk_error("create", folder, *failure);
  }
  const auto deadline = clock.monotonic() + options.timeout;
  while (true) {
    auto attempt = files.try_lock(path, holder_note(clock, environment, options.command));
    if (const auto* failure = std::get_if<platform::FileFailure>(&attempt)) {
      return platform::disk_error("lock", path, *failure);
    }
    auto& lock = std::get<std::unique_ptr<platform::FileLock>>(attempt);
    if (lock != nullptr) return std::move(lock);
    const auto left = deadline - clock.monotonic();
    if (left <= left.zero()) return locked_by(files, path, options);
    clock.sleep_for(std::min<std::chrono::milliseconds>(poll_interval, left));
  }
}

}  // namespace start_claude::sync
