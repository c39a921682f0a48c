// A FileSystem in memory that behaves like a real one, crashes included.
//
// It has inodes that are used again, permission bits, symbolic links, locks, a disk that fills up,
// and it forgets at a crash what was not synced. Every write leaves another mtime. All it does
// follows from its clock and its arguments, so a run can be repeated. Not thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "platform/clock.h"
#include "platform/filesystem.h"
#include "platform/random.h"
#include "support/memory_tree.h"

namespace start_claude::support {

class MemoryFileSystem final : public platform::FileSystem {
 public:
  /// Called before every operation with its name, that of the FileSystem function; inside create
  /// also before "create: write" (twice, half of the bytes each) and "create: fsync", and inside
  /// overwrite before "overwrite: write" (likewise), "overwrite: cut" and "overwrite: fsync". It
  /// may throw, which leaves the file system as it is at that moment, and it may use the file
  /// system as another program would: operations inside it do not call it again.
  std::function<void(std::string_view operation, const std::string& path)> before_operation;
  /// Called after that: what it returns is how the operation fails.
  std::function<std::optional<platform::FileFailure>(std::string_view operation,
                                                     const std::string& path)>
      refuse;
  /// Bytes all files may have together; writes beyond that fail with `no_space`.
  std::optional<std::uint64_t> capacity;
  /// Whether it has rename_to_free() and exchange(), as NFS has not.
  bool exchanges = true;
  /// Files that are mounted by themselves: nothing else can have their names.
  std::set<std::string> mounted;

  explicit MemoryFileSystem(const platform::Clock& clock) : clock_(clock) {}

  platform::FileResult<platform::FileContent> read(const std::string& path) const override;
  platform::FileResult<platform::FileRange> read_range(
      const std::string& path, const platform::RangeRequest& request) const override;
  /// Its steps are "append", "append: write" (twice, half of the bytes each) and "append: fsync".
  platform::FileResult<platform::Appended> append(const std::string& path,
                                                  const platform::AppendRequest& request) override;
  platform::FileResult<platform::FileStatus> status(const std::string& path) const override;
  platform::MountFacts mount_of(const std::string& path) const override;
  platform::FileResult<std::string> follow_links(const std::string& path) const override;
  platform::FileResult<std::optional<std::string>> read_link(
      const std::string& path) const override;
  platform::FileResult<std::vector<std::string>> list(const std::string& folder) const override;
  platform::FileResult<base::Done> overwrite(const std::string& path,
                                             const base::TextParts& text) override;
  platform::FileResult<base::Done> create_from(const std::string& path, const base::TextParts& text,
                                               const platform::CreateOptions& options) override;
  platform::FileResult<base::Done> set_modified(const std::string& path, UtcTime time) override;
  platform::FileResult<base::Done> set_mode(const std::string& path, unsigned mode) override;
  void keep_owner(const std::string& path, const std::string& model) override;
  platform::FileResult<base::Done> rename(const std::string& from, const std::string& to) override;
  platform::FileResult<base::Done> rename_to_free(const std::string& from,
                                                  const std::string& to) override;
  platform::FileResult<base::Done> exchange(const std::string& one,
                                            const std::string& other) override;
  platform::FileResult<base::Done> remove(const std::string& path) override;
  platform::FileResult<base::Done> make_folder(const std::string& path, unsigned mode) override;
  platform::FileResult<base::Done> sync_file(const std::string& path) override;
  platform::FileResult<base::Done> sync_folder(const std::string& path) override;
  platform::FileResult<std::unique_ptr<platform::FileLock>> try_lock(
      const std::string& path, std::string_view note) override;

  /// As an editor saves: the same inode emptied and written again, or a new file of mode 0644, and
  /// nothing synced. Calls no hook. Precondition: the folder exists.
  void write_in_place(const std::string& path, std::string_view bytes);
  /// Puts a symbolic link at `path`, durably. Precondition: the folder exists and the name is free.
  void make_link(const std::string& path, const std::string& target);
  /// Gives the file at `path` a second name, durably. Precondition: the name is free.
  void make_hard_link(const std::string& path, const std::string& name);
  /// The file's bytes without calling a hook; nothing if there is no such file.
  std::optional<std::string> text_of(const std::string& path) const;

  /// The power goes: locks are gone, and each unsynced thing survives or not as `random` has it,
  /// but for files that hold one of the texts in `written_back`: those are there.
  void crash(platform::Random& random, const Texts& written_back = {});
  /// The power goes, and nothing unsynced survives.
  void crash_losing_unsynced();

 private:
  std::optional<platform::FileFailure> begin(std::string_view operation,
                                             const std::string& path) const;
  platform::FileResult<NodePtr> existing(std::string_view operation, const std::string& path) const;
  bool is_mounted(const std::string& path) const { return mounted.contains(path); }
  std::optional<platform::FileFailure> fill(const NodePtr& file, const std::string& path,
                                            std::string_view bytes);
  std::optional<platform::FileFailure> add(const NodePtr& file, std::string_view bytes);
  /// Now, and never the same twice.
  std::int64_t tick();
  void stamp(Node& file);

  const platform::Clock& clock_;
  MemoryTree tree_;
  std::int64_t writes_ = 0;
  std::uint64_t locks_ = 0;
  mutable bool in_hook_ = false;
};

}  // namespace start_claude::support
