// Steps on one open file that the posix file system is put together from.
#pragma once

#include <string>
#include <string_view>

#include <sys/stat.h>

#include "platform/descriptor.h"
#include "platform/filesystem.h"

namespace start_claude::platform {

/// The failure that `error_number` (an errno) stands for.
FileFailure failure_from(int error_number);
/// The failure of the system call that just returned -1.
FileFailure last_failure();

/// Since 1970.
std::int64_t nanoseconds_of(const struct timespec& time);
Fingerprint fingerprint_of(const struct stat& status);
UtcTime modified_of(const struct stat& status);

/// Nothing exists at `path` afterwards but what was there: O_CLOEXEC is added, EINTR retried.
Descriptor open_file(const std::string& path, int flags, mode_t mode = 0);

/// Writes all of `bytes`; false with errno set if the file took only a part.
bool write_all(int descriptor, std::string_view bytes);

/// fsync, where a file system that has no such thing counts as done; false with errno set.
bool sync_descriptor(int descriptor);

/// Run by root, gives the open file to the owner of `folder`; otherwise, and on failure, nothing.
void give_to_owner_of(int descriptor, const std::string& folder);

}  // namespace start_claude::platform
