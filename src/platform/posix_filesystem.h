// The real file system, by POSIX calls as Linux has them.
//
// Every descriptor is close-on-exec, EINTR is retried, and new files never follow a link. Root's
// new files and folders go to the owner of the folder they are in, so that `sudo start-claude`
// leaves nothing behind that its user cannot read.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "platform/filesystem.h"

namespace start_claude::platform {

class PosixFileSystem final : public FileSystem {
 public:
  FileResult<FileContent> read(const std::string& path) const override;
  FileResult<FileRange> read_range(const std::string& path,
                                   const RangeRequest& request) const override;
  FileResult<FileStatus> status(const std::string& path) const override;
  MountFacts mount_of(const std::string& path) const override;
  FileResult<std::string> follow_links(const std::string& path) const override;
  FileResult<std::optional<std::string>> read_link(const std::string& path) const override;
  FileResult<std::vector<std::string>> list(const std::string& folder) const override;
  FileResult<base::Done> create_from(const std::string& path, const base::TextParts& text,
                                     const CreateOptions& options) override;
  FileResult<base::Done> overwrite(const std::string& path, const base::TextParts& text) override;
  FileResult<Appended> append(const std::string& path, const AppendRequest& request) override;
  bool holds(const std::string& path, const base::TextParts& text) const override;
  FileResult<base::Done> set_modified(const std::string& path, UtcTime time) override;
  FileResult<base::Done> set_mode(const std::string& path, unsigned mode) override;
  void keep_owner(const std::string& path, const std::string& model) override;
  FileResult<base::Done> rename(const std::string& from, const std::string& to) override;
  FileResult<base::Done> rename_to_free(const std::string& from, const std::string& to) override;
  FileResult<base::Done> exchange(const std::string& one, const std::string& other) override;
  FileResult<base::Done> remove(const std::string& path) override;
  FileResult<base::Done> make_folder(const std::string& path, unsigned mode) override;
  FileResult<base::Done> sync_file(const std::string& path) override;
  FileResult<base::Done> sync_folder(const std::string& path) override;
  FileResult<std::unique_ptr<FileLock>> try_lock(const std::string& path,
                                                 std::string_view note) override;
};

}  // namespace start_claude::platform
