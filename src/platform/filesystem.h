// The file operations the sync needs, each one a step between which the power may go.
//
// Deliberately low: create, fsync, rename and the folder's fsync are separate, so that a simulation
// can stop between any two of them. replace_file() is the one recipe built from them.
// Paths are absolute or relative to the working directory; they are bytes, not Unicode.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/text_parts.h"
#include "base/time.h"

namespace start_claude::platform {

/// Why the operating system refused, reduced to what callers tell apart.
enum class FileFailureKind {
  no_such_file,
  no_permission,  ///< EACCES, EPERM
  read_only,      ///< EROFS
  no_space,       ///< ENOSPC, EDQUOT
  exists,
  not_supported,    ///< this file system, or this kernel, has no such operation
  not_replaceable,  ///< no other file can have this name: it is a mount point, for example
  other,
};

struct FileFailure {
  FileFailureKind kind = FileFailureKind::other;
  std::string reason;  ///< the system's words: "No space left on device"
};

template <class T>
using FileResult = std::variant<T, FileFailure>;

/// What identifies one state of a file: if it is equal, nobody wrote the file in between.
struct Fingerprint {
  std::int64_t modified_ns = 0;  ///< mtime, nanoseconds since 1970
  std::uint64_t size = 0;
  std::uint64_t inode = 0;
  bool operator==(const Fingerprint&) const = default;
};

struct FileStatus {
  Fingerprint fingerprint;
  UtcTime modified;  ///< mtime, its fraction of a millisecond rounded up
  /// ctime, nanoseconds since 1970: no program can set it back as it can the mtime.
  std::int64_t changed_ns = 0;
  unsigned mode = 0;               ///< permission bits
  std::uint64_t links = 1;         ///< how many names the file has; 0: it was removed elsewhere
  std::uint64_t stored_bytes = 0;  ///< what it takes on the disk; 0 for a file that is all hole
  bool is_folder = false;
  bool is_symlink = false;  ///< of the path itself; all else is of what it points to
};

/// What the mount that a file is on means for it.
struct MountFacts {
  bool is_mount_point = false;  ///< the file itself is mounted there, as a container's single file
  bool is_read_only = false;
};

struct FileContent {
  std::string bytes;
  Fingerprint fingerprint;  ///< of the opened file, the same before and after reading
  UtcTime modified;
};

/// Part of a file, for one that only this program writes.
struct RangeRequest {
  std::uint64_t offset = 0;
  std::uint64_t bytes_max = UINT64_MAX;
};
struct FileRange {
  std::string bytes;
  std::uint64_t inode = 0;
};

/// What is to stand in a file from `offset` on, and nothing behind it.
struct AppendRequest {
  std::uint64_t offset = 0;
  std::string_view bytes;
  /// On the disk when it returns (fdatasync).
  bool is_synced = false;
};
struct Appended {
  std::uint64_t inode = 0;
};

struct CreateOptions {
  unsigned mode = 0600;  ///< exactly: umask does not loosen or tighten it
  /// The file's mtime; nothing leaves it at the time of writing.
  std::optional<UtcTime> modified = {};
  /// On the disk when it returns.
  bool is_synced = true;
};

/// Held until destroyed; the operating system lets go of it when the process dies.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  /// A regular file that nobody wrote while it was read and for 10 ms before: one that is being
  /// saved is read again. A program that pauses in the middle of a save for longer than that cannot
  /// be told from one that is done. Anything but a file (a FIFO, a folder) fails without blocking.
  virtual FileResult<FileContent> read(const std::string& path) const = 0;
  /// Without waiting for a writer to be done; empty beyond the end.
  virtual FileResult<FileRange> read_range(const std::string& path,
                                           const RangeRequest& request) const = 0;
  virtual FileResult<FileStatus> status(const std::string& path) const = 0;
  /// Of what `path` leads to; nothing is true of a file that is not there.
  virtual MountFacts mount_of(const std::string& path) const = 0;
  /// The path with every symbolic link at its end followed (relative links resolved against their
  /// folder); the path itself if it is no link. The target need not exist. A loop fails (`other`).
  virtual FileResult<std::string> follow_links(const std::string& path) const = 0;
  /// What the link at `path` says, links before its last name followed; nothing if it is no link.
  virtual FileResult<std::optional<std::string>> read_link(const std::string& path) const = 0;
  /// Names in a folder, sorted, without "." and "..".
  virtual FileResult<std::vector<std::string>> list(const std::string& folder) const = 0;

  /// Creates a new file, writes, fsyncs, closes. The fsync of a new file puts its name on the disk
  /// as well (ext4, XFS, btrfs, F2FS). Fails with `exists` if the path is taken, be it by a
  /// dangling link. A failure may leave a partial file behind. Run by root in another user's
  /// folder, the file becomes that user's.
  virtual FileResult<base::Done> create_from(const std::string& path, const base::TextParts& text,
                                             const CreateOptions& options) = 0;
  FileResult<base::Done> create(const std::string& path, std::string_view bytes, unsigned mode) {
    return create_from(path, base::TextParts(base::SharedText::borrowed(bytes)), {.mode = mode});
  }
  /// Writes over what an existing file holds, from its start, then cuts it to the length, and
  /// fsyncs: the file stays the same one under all its names. A failure, or a crash in the middle,
  /// leaves a mixture of old and new; whoever cannot have that uses replace_file().
  virtual FileResult<base::Done> overwrite(const std::string& path,
                                           const base::TextParts& text) = 0;
  /// Writes from `offset` on; what stood behind it is gone. A missing file is created 0600; an
  /// empty one's name is put on the disk before its first byte. A link is not followed. A failure
  /// leaves the bytes before `offset`, and perhaps some of the new ones. A file that ends before
  /// `offset` fails (`other`).
  virtual FileResult<Appended> append(const std::string& path, const AppendRequest& request) = 0;
  /// Whether the file holds exactly this, as far as it can be read.
  virtual bool holds(const std::string& path, const base::TextParts& text) const;
  /// Sets the mtime, durably: it is on disk when this returns.
  virtual FileResult<base::Done> set_modified(const std::string& path, UtcTime time) = 0;
  virtual FileResult<base::Done> set_mode(const std::string& path, unsigned mode) = 0;
  /// Gives `path`, a file this process created, the owner and group of `model`, as far as this
  /// process may: does nothing unless root runs it. Never fails; it must not stop a write.
  virtual void keep_owner(const std::string& path, const std::string& model) = 0;
  /// Atomic replacement on one file system. Fails with `not_replaceable` where a file at `to` must
  /// stay the one it is (EBUSY, EXDEV, EPERM, ETXTBSY), as exchange() does.
  virtual FileResult<base::Done> rename(const std::string& from, const std::string& to) = 0;
  /// The same, but fails with `exists` where `to` is taken, be it by a dangling link.
  virtual FileResult<base::Done> rename_to_free(const std::string& from, const std::string& to) = 0;
  /// Swaps what the two paths name, at one moment; a link is swapped itself. Both must exist. Like
  /// rename_to_free() it fails with `not_supported` where there is only plain rename (NFS, FUSE).
  virtual FileResult<base::Done> exchange(const std::string& one, const std::string& other) = 0;
  /// A file, a link (not its target) or an empty folder.
  virtual FileResult<base::Done> remove(const std::string& path) = 0;
  /// Creates the folder and its missing parents, durably, each with that mode (umask does not
  /// change it); an existing folder is success and keeps its mode.
  virtual FileResult<base::Done> make_folder(const std::string& path, unsigned mode) = 0;
  /// fsync of a file, whoever wrote it: what it holds by now is on the disk when this returns.
  virtual FileResult<base::Done> sync_file(const std::string& path) = 0;
  /// fsync of a folder: makes creations, renames and removals inside it durable.
  virtual FileResult<base::Done> sync_folder(const std::string& path) = 0;

  /// An exclusive advisory lock (flock) on `path`, created 0600 if missing, without waiting.
  /// `note` (who holds it, for people) becomes the file's text, which others may read meanwhile.
  /// Null if it is held: by another process, or by another FileLock of this one.
  virtual FileResult<std::unique_ptr<FileLock>> try_lock(const std::string& path,
                                                         std::string_view note) = 0;
};

/// Everything before the last "/", "." if there is none, "/" for a file in the root.
std::string folder_of(const std::string& path);
/// The last name of a path.
std::string name_of(const std::string& path);
/// `folder` + "/" + `name`, with one slash between.
std::string join_path(const std::string& folder, std::string_view name);

struct ReplaceOptions {
  unsigned mode = 0600;
  /// The file's mtime afterwards; nothing leaves it at the time of writing.
  std::optional<UtcTime> modified = {};
  /// The state the file was read in: if it is another one (or the file appeared though
  /// `expected_absent`), it stays.
  std::optional<Fingerprint> expected = {};
  bool expected_absent = false;
  /// The file is one that people and other programs have under more than one name, or mount by
  /// itself: where it is, it is written in place (in_place.h) instead of parted from them.
  bool stays_the_same_file = false;
  /// Distinguishes temporary files of concurrent writers.
  std::uint64_t unique = 0;
  /// False: for what may be lost at a power cut, or come back older; nothing is fsynced.
  bool is_synced = true;
  /// The caller's journal knows what lies at displaced_name(`unique`), whole or cut off: the new
  /// content is made there, rather than under a name of its own first, and the old one lies there
  /// after `replaced`, for the caller to remove.
  bool is_journaled = false;
  /// With that: prepare_replacement() has made it. Whatever comes of it, the caller removes it.
  bool is_prepared = false;
};

enum class ReplaceOutcome {
  replaced,
  changed_meanwhile,  ///< somebody wrote the file after it was read; what they wrote is there
};

/// Makes the new content of a file that replace_file() is to replace with the same options, on the
/// disk and under its name, and returns its path; an empty path where the file will be written in
/// place, and nothing was made.
FileResult<std::string> prepare_replacement(FileSystem& files, const std::string& path,
                                            const base::TextParts& text,
                                            const ReplaceOptions& options);

/// Writes `bytes` to a temporary file beside the target, fsyncs it, sets its time, compares the
/// fingerprint, renames it over the target and fsyncs the folder. A symlinked `path` stays a link:
/// its target is replaced, wherever it is. The owner stays. On failure the temporary file is
/// removed and the target is untouched; only the folder's fsync can fail later, with the new
/// content in place but perhaps not there after a power cut.
///
/// Where a state is expected, target and temporary file are exchanged rather than renamed, if the
/// file system can: what comes out is compared once more, and put back if somebody wrote it between
/// the comparison and the exchange. If they wrote again before it was back, or the run ends in
/// between, one of displaced_files() holds what they wrote. Only where the file system cannot
/// exchange is a write of that moment overwritten.
///
/// With `stays_the_same_file`, a file that cannot be replaced (it is mounted by itself) or has
/// other names (which would keep the old content) is written in place: see in_place.h.
FileResult<ReplaceOutcome> replace_file(FileSystem& files, const std::string& path,
                                        std::string_view bytes, const ReplaceOptions& options);
FileResult<ReplaceOutcome> replace_file(FileSystem& files, const std::string& path,
                                        const base::TextParts& text, const ReplaceOptions& options);

/// Puts what an exchange took out of the target of `path`, and what lies at `displaced`, back: both
/// are exchanged once more, and the folder is fsynced. `changed_meanwhile` if somebody wrote the
/// target since it was as `expected`; `not_replaceable` if the target must stay the file it is (it
/// is mounted by itself, or has other names). What lies at `displaced` then is for the caller to
/// remove.
FileResult<ReplaceOutcome> exchange_back(FileSystem& files, const std::string& path,
                                         const std::string& displaced, const Fingerprint& expected);

/// Where the other of the two contents lies while the target of `path` is exchanged.
FileResult<std::string> displaced_name(const FileSystem& files, const std::string& path,
                                       std::uint64_t unique);

/// The files beside the target of `path` that may hold what came out of it in an exchange, and that
/// nobody has looked at since; sorted. Call only while holding the lock.
std::vector<std::string> displaced_files(const FileSystem& files, const std::string& path);

/// Whether `folder` has any file that a killed run of replace_file() left, of whatever path.
bool has_temporaries(const FileSystem& files, const std::string& folder);

/// Removes the temporary files that killed runs of replace_file(`path`) left behind, but not
/// displaced_files(). Harmless if there are none; call only while holding the lock.
void remove_stale_temporaries(FileSystem& files, const std::string& path);
/// The same for every path in `folder`, which must be one that only this program writes to.
void remove_all_stale_temporaries(FileSystem& files, const std::string& folder);

/// An error of kind local_disk that names the path: "cannot write /x/config.json: No space left on
/// device", with a hint where there is one.
base::Error disk_error(std::string_view action, const std::string& path,
                       const FileFailure& failure);

}  // namespace start_claude::platform
