// A folder watch that tells what a test says has changed.
#pragma once

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "platform/folder_watch.h"

namespace start_claude::support {

/// What several watches of one folder would tell; a test keeps it and changes it.
struct FakeFolder {
  int descriptor = 100;
  platform::FolderChanges changes = {};
  std::set<std::string> watched_files = {};

  void change(const std::string& name) {
    auto& names = changes.names;
    const auto place = std::lower_bound(names.begin(), names.end(), name);
    if (place == names.end() || *place != name) names.insert(place, name);
  }
};

class FakeFolderWatch final : public platform::FolderWatch {
 public:
  explicit FakeFolderWatch(std::shared_ptr<FakeFolder> folder) : folder_(std::move(folder)) {}
  int descriptor() const override { return folder_->descriptor; }
  platform::FolderChanges take_changes() override { return std::exchange(folder_->changes, {}); }
  void watch_file(const std::string& name) override { folder_->watched_files.insert(name); }

 private:
  std::shared_ptr<FakeFolder> folder_;
};

}  // namespace start_claude::support
