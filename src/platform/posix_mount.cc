// What the mount that a file is on means for it.

#include <cstdint>

#include <fcntl.h>
// Not <sys/stat.h> as well: not every C library has statx(), and some headers clash.
#include <linux/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/posix_filesystem.h"

namespace start_claude::platform {
namespace {

// As in linux/stat.h since 5.8.
constexpr std::uint64_t mount_root = 0x2000;

bool examine(const std::string& path, struct statx& found) {
  return ::syscall(SYS_statx, AT_FDCWD, path.c_str(), 0, STATX_TYPE, &found) == 0;
}

bool is_mount_point(const std::string& path) {
  struct statx file {};
  struct statx folder {};
  if (!examine(path, file)) return false;
  if ((file.stx_attributes_mask & mount_root) != 0) return (file.stx_attributes & mount_root) != 0;
  // An older kernel: a file that is mounted mostly comes from another disk than its folder.
  return examine(folder_of(path), folder) &&
         (file.stx_dev_major != folder.stx_dev_major || file.stx_dev_minor != folder.stx_dev_minor);
}

}  // namespace

MountFacts PosixFileSystem::mount_of(const std::string& path) const {
  struct statvfs mount {};
  const bool is_known = ::statvfs(path.c_str(), &mount) == 0;
  return {.is_mount_point = is_mount_point(path),
          .is_read_only = is_known && (mount.f_flag & ST_RDONLY) != 0};
}

}  // namespace start_claude::platform
