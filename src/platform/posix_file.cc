#include "platform/posix_file.h"

#include <chrono>
#include <cstring>

#include <fcntl.h>

namespace start_claude::platform {
namespace {

constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;

FileFailureKind kind_of(int error_number) {
  switch (error_number) {
    case ENOENT: return FileFailureKind::no_such_file;
    case EACCES:
    case EPERM: return FileFailureKind::no_permission;
    case EROFS: return FileFailureKind::read_only;
    case ENOSPC:
    case EDQUOT: return FileFailureKind::no_space;
    case EEXIST: return FileFailureKind::exists;
    default: return FileFailureKind::other;
  }
}

}  // namespace

FileFailure failure_from(int error_number) {
  return {kind_of(error_number), std::strerror(error_number)};
}

FileFailure last_failure() { return failure_from(errno); }

std::int64_t nanoseconds_of(const timespec& time) {
  return std::int64_t{time.tv_sec} * nanoseconds_per_second + std::int64_t{time.tv_nsec};
}

Fingerprint fingerprint_of(const struct stat& status) {
  return {.modified_ns = nanoseconds_of(status.st_mtim),
          .size = static_cast<std::uint64_t>(status.st_size),
          .inode = std::uint64_t{status.st_ino}};
}

UtcTime modified_of(const struct stat& status) {
  const std::chrono::seconds whole{status.st_mtim.tv_sec};
  const std::chrono::nanoseconds part{status.st_mtim.tv_nsec};
  // Up, not down: what was saved after another edit within its millisecond is the later one.
  return UtcTime{whole + std::chrono::ceil<std::chrono::milliseconds>(part)};
}

Descriptor open_file(const std::string& path, int flags, mode_t mode) {
  return Descriptor{
      retry_interrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, mode); })};
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written =
        retry_interrupted([&] { return ::write(descriptor, bytes.data(), bytes.size()); });
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool sync_descriptor(int descriptor) {
  if (retry_interrupted([&] { return ::fsync(descriptor); }) == 0) return true;
  // Network and FUSE file systems refuse to fsync a folder; there is nothing more to be had there.
  return errno == EINVAL || errno == ENOTSUP || errno == ENOSYS;
}

void give_to_owner_of(int descriptor, const std::string& folder) {
  struct stat owner {};
  if (::geteuid() != 0 || ::stat(folder.c_str(), &owner) != 0) return;
  if (owner.st_uid != 0 && ::fchown(descriptor, owner.st_uid, owner.st_gid) != 0) return;
}

}  // namespace start_claude::platform
