// The files whose changes matter to a command that runs on and on, wherever links lead: the one way
// in which `watch`, the manager and `balance` learn that config.json was edited.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/host.h"
#include "platform/folder_watch.h"
#include "sync/paths.h"

namespace start_claude::cli {

/// What changed since the last look.
struct FileChanges {
  bool configuration = false;  ///< config.json, or it may have
  bool settings = false;       ///< s3-config.json, or where config.json is: sync.json, a link
};

class WatchedFiles {
 public:
  explicit WatchedFiles(const Host& host) : host_(host) {}

  /// Watches what belongs to `paths` from now on: config.json under whatever name it is written,
  /// every link on the way to it, and the files beside it that say where it is. On an error it
  /// watches what it watched before.
  Result<base::Done> follow(const sync::Paths& paths);

  /// For the waiter.
  std::vector<int> descriptors() const;
  /// Without waiting. A link that leads elsewhere now is followed there.
  FileChanges take_changes();

 private:
  struct Folder {
    std::shared_ptr<platform::FolderWatch> watch;
    std::set<std::string> configuration_names;
    std::set<std::string> settings_names;
  };
  Result<std::shared_ptr<platform::FolderWatch>> watch_of(const std::string& folder) const;

  const Host& host_;
  sync::Paths paths_;
  std::map<std::string, Folder> folders_;
};

}  // namespace start_claude::cli
