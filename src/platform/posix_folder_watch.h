// A folder watch on Linux's inotify(7).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>

#include <sys/types.h>

#include "base/result.h"
#include "platform/descriptor.h"
#include "platform/folder_watch.h"

namespace start_claude::platform {

/// While the folder is missing, its nearest ancestor that exists is watched instead, so that
/// waiting for it costs nothing. Asking for the changes also notices that the path leads to another
/// folder now (a parent was renamed, something was mounted), which inotify does not tell.
class PosixFolderWatch final : public FolderWatch {
 public:
  /// The folder need not exist. The error (local_disk) says that the system has no watches left.
  static Result<std::unique_ptr<FolderWatch>> open(const std::string& folder);

  int descriptor() const override { return inotify_.number(); }
  FolderChanges take_changes() override;
  void watch_file(const std::string& name) override;

 private:
  /// Which folder a path led to.
  struct Identity {
    dev_t device = 0;
    ino_t inode = 0;
    bool operator==(const Identity&) const = default;
  };

  PosixFolderWatch(std::string folder, Descriptor inotify)
      : folder_(std::move(folder)), inotify_(std::move(inotify)) {}

  /// Watches the folder, or what is there of its path. False if the system has no watches left.
  bool watch_what_is_there();
  void follow(int watch, const std::string& path);
  bool is_watching_the_folder() const { return watched_ == folder_; }
  /// True if the watched folder is no longer what its path leads to.
  bool is_led_elsewhere() const;
  void read_events(std::set<std::string>& names, bool& anything);
  /// Watches what the names in `files_` are now. Returns those that are another file than before.
  std::set<std::string> follow_files();

  std::string folder_;
  Descriptor inotify_;
  int watch_ = -1;
  std::string watched_;  ///< the folder, or an ancestor that waits for it
  Identity identity_;
  std::map<std::string, int> files_;  ///< names, and the watch on each; -1: there is no such file
};

}  // namespace start_claude::platform
