#include "platform/posix_filesystem.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <climits>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/descriptor.h"
#include "platform/posix_file.h"

namespace start_claude::platform {
namespace {

using base::Done;

constexpr int links_max = 40;  // as the kernel's own limit
constexpr mode_t permission_bits = 07777;
constexpr std::uint64_t block_bytes = 512;  // of st_blocks, whatever the file system's are

FileResult<Done> done_if(bool succeeded) {
  if (!succeeded) return last_failure();
  return Done{};
}

/// Sets exactly `mode`. A file system without modes (vfat, some network shares) refuses with EPERM
/// though the file is ours: then the mount decides who may read, and that is all there is.
bool set_exact_mode(int descriptor, unsigned mode) {
  return ::fchmod(descriptor, static_cast<mode_t>(mode)) == 0 || errno == EPERM ||
         errno == ENOTSUP || errno == ENOSYS;
}

/// What rename(2) and its kin just reported. Some file systems that pass on another one's files say
/// EPERM or ENOTSUP of a file that must keep its name, and some kernels EXDEV of a mounted one.
FileFailure rename_failure() {
  const int reason = errno;
  FileFailure failure = failure_from(reason);
  const bool must_stay = reason == EBUSY || reason == EXDEV || reason == EPERM ||
                         reason == ETXTBSY || reason == ENOTSUP;
  if (must_stay) failure.kind = FileFailureKind::not_replaceable;
  return failure;
}

// As in linux/fs.h; not every C library has renameat2().
constexpr unsigned rename_noreplace = 1U << 0U;
constexpr unsigned rename_exchange = 1U << 1U;

FileResult<Done> rename_with(const std::string& from, const std::string& to, unsigned flags) {
  const long done = ::syscall(SYS_renameat2, AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags);
  // EINVAL is what a file system says that does not know the flag, ENOSYS a kernel before 3.15.
  if (done != 0 && (errno == EINVAL || errno == ENOSYS || errno == ENOTSUP)) {
    return FileFailure{FileFailureKind::not_supported, last_failure().reason};
  }
  if (done != 0) return rename_failure();
  return Done{};
}

/// The link's text; nothing with errno EINVAL if `path` is no link.
std::optional<std::string> link_text(const std::string& path) {
  std::array<char, PATH_MAX> text{};
  const auto length = ::readlink(path.c_str(), text.data(), text.size());
  if (length < 0) return std::nullopt;
  return std::string(text.data(), static_cast<std::size_t>(length));
}

bool is_folder(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

/// For futimens(): that mtime, and the atime as it is.
std::array<timespec, 2> times_of(UtcTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const std::chrono::nanoseconds part = time - seconds;
  std::array<timespec, 2> times{};
  times[0].tv_nsec = UTIME_OMIT;
  times[1].tv_sec = static_cast<time_t>(seconds.time_since_epoch().count());
  times[1].tv_nsec = static_cast<long>(part.count());
  return times;
}

/// One folder in an existing parent.
FileResult<Done> make_one_folder(const std::string& path, unsigned mode) {
  if (::mkdir(path.c_str(), static_cast<mode_t>(mode)) != 0) {
    const int reason = errno;
    // Another process may have been quicker, which is as good.
    if (reason == EEXIST && is_folder(path)) return Done{};
    return failure_from(reason == EEXIST ? ENOTDIR : reason);
  }
  const Descriptor folder = open_file(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (folder) {
    give_to_owner_of(folder.number(), folder_of(path));
    if (!set_exact_mode(folder.number(), mode)) return last_failure();
  } else if (::chmod(path.c_str(), static_cast<mode_t>(mode)) != 0) {
    return last_failure();
  }
  const Descriptor parent = open_file(folder_of(path), O_RDONLY | O_DIRECTORY);
  return done_if(!parent || sync_descriptor(parent.number()));
}

/// What one may write to but not read cannot be opened, and so not be synced.
FileResult<Done> sync_opened(const Descriptor& opened) {
  if (!opened) return errno == EACCES ? FileResult<Done>{Done{}} : last_failure();
  return done_if(sync_descriptor(opened.number()));
}

class PosixFileLock final : public FileLock {
 public:
  explicit PosixFileLock(Descriptor file) : file_(std::move(file)) {}
  ~PosixFileLock() override {
    // The note goes with its holder. If it stays, nobody reads the note of a free lock.
    if (::ftruncate(file_.number(), 0) != 0) return;
  }

 private:
  Descriptor file_;
};

/// True if `path` still names the open file: whoever held the lock before may have removed it.
bool still_names(const std::string& path, int descriptor) {
  struct stat named {};
  struct stat opened {};
  return ::stat(path.c_str(), &named) == 0 && ::fstat(descriptor, &opened) == 0 &&
         named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
}

}  // namespace

FileResult<FileStatus> PosixFileSystem::status(const std::string& path) const {
  struct stat own {};
  if (::lstat(path.c_str(), &own) != 0) return last_failure();
  struct stat target = own;
  if (S_ISLNK(own.st_mode) && ::stat(path.c_str(), &target) != 0) return last_failure();
  return FileStatus{.fingerprint = fingerprint_of(target),
                    .modified = modified_of(target),
                    .changed_ns = nanoseconds_of(target.st_ctim),
                    .mode = target.st_mode & permission_bits,
                    .links = target.st_nlink,
                    .stored_bytes = static_cast<std::uint64_t>(target.st_blocks) * block_bytes,
                    .is_folder = S_ISDIR(target.st_mode),
                    .is_symlink = S_ISLNK(own.st_mode)};
}

FileResult<std::string> PosixFileSystem::follow_links(const std::string& path) const {
  std::string current = path;
  for (int followed = 0; followed <= links_max; ++followed) {
    const auto text = link_text(current);
    if (!text) {
      // EINVAL: not a link. ENOENT: nothing there yet, which is a place to create a file.
      if (errno == EINVAL || errno == ENOENT) return current;
      return last_failure();
    }
    current = text->starts_with('/') ? *text : join_path(folder_of(current), *text);
  }
  return failure_from(ELOOP);
}

FileResult<std::optional<std::string>> PosixFileSystem::read_link(const std::string& path) const {
  auto text = link_text(path);
  if (!text && errno != EINVAL) return last_failure();
  return text;
}

FileResult<std::vector<std::string>> PosixFileSystem::list(const std::string& folder) const {
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(folder.c_str()), ::closedir);
  if (stream == nullptr) return last_failure();
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) break;
    const std::string_view name = static_cast<const char*>(entry->d_name);
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return last_failure();
  std::sort(names.begin(), names.end());
  return names;
}

FileResult<Done> PosixFileSystem::create_from(const std::string& path, const base::TextParts& text,
                                              const CreateOptions& options) {
  // O_EXCL refuses a link, dangling or not; the mode is narrow until the owner is right.
  Descriptor file = open_file(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, options.mode & 0600U);
  if (!file) return last_failure();
  give_to_owner_of(file.number(), folder_of(path));
  const auto write_each = [&] {
    const auto pieces = text.pieces();
    return std::all_of(pieces.begin(), pieces.end(),
                       [&](std::string_view piece) { return write_all(file.number(), piece); });
  };
  const auto set_time = [&] {
    return !options.modified || ::futimens(file.number(), times_of(*options.modified).data()) == 0;
  };
  return done_if(set_exact_mode(file.number(), options.mode) && write_each() && set_time() &&
                 (!options.is_synced || sync_descriptor(file.number())) && file.close());
}

FileResult<Appended> PosixFileSystem::append(const std::string& path,
                                             const AppendRequest& request) {
  constexpr int flags = O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  Descriptor file = open_file(path, flags);
  const bool is_new = !file && errno == ENOENT;
  if (is_new) file = open_file(path, flags | O_CREAT | O_EXCL, 0600);
  struct stat status {};
  if (!file || ::fstat(file.number(), &status) != 0) return last_failure();
  if (!S_ISREG(status.st_mode)) return failure_from(EINVAL);
  const auto offset = static_cast<off_t>(request.offset);
  if (status.st_size < offset) {
    return FileFailure{FileFailureKind::other, "It is shorter than it was"};
  }
  if (is_new) give_to_owner_of(file.number(), folder_of(path));
  // Before the first byte, so that no record stands in a file whose name a power cut may take.
  if (status.st_size == 0) {
    const auto named = sync_folder(folder_of(path));
    if (const auto* failure = std::get_if<FileFailure>(&named)) return *failure;
  }
  const auto cut = [&] { return ::ftruncate(file.number(), offset) == 0; };
  if (status.st_size > offset && !cut()) return last_failure();
  if (::lseek(file.number(), offset, SEEK_SET) < 0) return last_failure();
  if (!write_all(file.number(), request.bytes)) {
    const int reason = errno;
    // Half a record helps nobody, and on a full disk its room does.
    (void)cut();
    return failure_from(reason);
  }
  if (request.is_synced && retry_interrupted([&] { return ::fdatasync(file.number()); }) != 0 &&
      errno != EINVAL) {
    return last_failure();
  }
  return Appended{std::uint64_t{status.st_ino}};
}

FileResult<Done> PosixFileSystem::overwrite(const std::string& path, const base::TextParts& text) {
  // The old length is cut last: until then a disk that is full has taken nothing away.
  Descriptor file = open_file(path, O_WRONLY | O_NONBLOCK | O_NOCTTY);
  struct stat status {};
  if (!file || ::fstat(file.number(), &status) != 0) return last_failure();
  if (!S_ISREG(status.st_mode)) return failure_from(EINVAL);
  const auto pieces = text.pieces();
  const bool written = std::all_of(pieces.begin(), pieces.end(), [&](std::string_view piece) {
    return write_all(file.number(), piece);
  });
  return done_if(written && ::ftruncate(file.number(), static_cast<off_t>(text.size())) == 0 &&
                 sync_descriptor(file.number()) && file.close());
}

FileResult<Done> PosixFileSystem::set_modified(const std::string& path, UtcTime time) {
  // futimens needs no right to read, but a descriptor; where there is none, the path must do.
  const Descriptor file = open_file(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  const auto times = times_of(time);
  if (!file) return done_if(::utimensat(AT_FDCWD, path.c_str(), times.data(), 0) == 0);
  return done_if(::futimens(file.number(), times.data()) == 0 && sync_descriptor(file.number()));
}

FileResult<Done> PosixFileSystem::set_mode(const std::string& path, unsigned mode) {
  return done_if(::chmod(path.c_str(), static_cast<mode_t>(mode)) == 0);
}

void PosixFileSystem::keep_owner(const std::string& path, const std::string& model) {
  struct stat wanted {};
  struct stat own {};
  if (::geteuid() != 0 || ::stat(model.c_str(), &wanted) != 0) return;
  const Descriptor file = open_file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (!file || ::fstat(file.number(), &own) != 0) return;
  // In a folder others may write to, `path` could by now be a second name of a file of root's.
  if (!S_ISREG(own.st_mode) || own.st_nlink != 1) return;
  if (own.st_uid == wanted.st_uid && own.st_gid == wanted.st_gid) return;
  if (::fchown(file.number(), wanted.st_uid, wanted.st_gid) != 0) return;
}

FileResult<Done> PosixFileSystem::rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return rename_failure();
  return Done{};
}

FileResult<Done> PosixFileSystem::rename_to_free(const std::string& from, const std::string& to) {
  return rename_with(from, to, rename_noreplace);
}

FileResult<Done> PosixFileSystem::exchange(const std::string& one, const std::string& other) {
  return rename_with(one, other, rename_exchange);
}

FileResult<Done> PosixFileSystem::remove(const std::string& path) {
  return done_if(::remove(path.c_str()) == 0);
}

FileResult<Done> PosixFileSystem::make_folder(const std::string& path, unsigned mode) {
  // Looked at first: a read-only file system refuses mkdir even where the folder exists.
  if (is_folder(path)) return Done{};
  auto made = make_one_folder(path, mode);
  const auto* failure = std::get_if<FileFailure>(&made);
  const std::string parent = folder_of(path);
  const bool parent_missing = failure != nullptr && parent != path && parent != "." &&
                              failure->kind == FileFailureKind::no_such_file;
  if (!parent_missing) return made;
  auto parent_made = make_folder(parent, mode);
  if (std::holds_alternative<FileFailure>(parent_made)) return parent_made;
  return make_one_folder(path, mode);
}

FileResult<Done> PosixFileSystem::sync_file(const std::string& path) {
  return sync_opened(open_file(path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
}

FileResult<Done> PosixFileSystem::sync_folder(const std::string& path) {
  return sync_opened(open_file(path, O_RDONLY | O_DIRECTORY));
}

FileResult<std::unique_ptr<FileLock>> PosixFileSystem::try_lock(const std::string& path,
                                                                std::string_view note) {
  for (;;) {
    Descriptor file = open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
    if (!file) return last_failure();
    struct stat status {};
    if (::fstat(file.number(), &status) != 0) return last_failure();
    if (!S_ISREG(status.st_mode)) return failure_from(EINVAL);
    if (retry_interrupted([&] { return ::flock(file.number(), LOCK_EX | LOCK_NB); }) != 0) {
      if (errno == EWOULDBLOCK) return std::unique_ptr<FileLock>{};
      return last_failure();
    }
    if (!still_names(path, file.number())) continue;
    if (status.st_uid == ::geteuid()) {
      give_to_owner_of(file.number(), folder_of(path));
      (void)set_exact_mode(file.number(), 0600);
    }
    // The note is for people: the lock holds without it, on a full disk too.
    if (::ftruncate(file.number(), 0) == 0) (void)write_all(file.number(), note);
    return std::make_unique<PosixFileLock>(std::move(file));
  }
}

}  // namespace start_claude::platform
