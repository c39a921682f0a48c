#include "cli/watched_files.h"

#include <algorithm>
#include <utility>

namespace start_claude::cli {
namespace {

std::string name_in(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool any_of(const platform::FolderChanges& changes, const std::set<std::string>& names) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return changes.concerns(name); });
}

}  // namespace

Result<std::shared_ptr<platform::FolderWatch>> WatchedFiles::watch_of(
    const std::string& folder) const {
  // A watch that goes on misses nothing; a new one would.
  if (const auto known = folders_.find(folder); known != folders_.end()) return known->second.watch;
  auto opened = host_.make_folder_watch(folder);
  if (!opened) return std::move(opened).error();
  return std::shared_ptr<platform::FolderWatch>(*std::move(opened));
}

Result<base::Done> WatchedFiles::follow(const sync::Paths& paths) {
  std::map<std::string, Folder> wanted;
  const std::string place = platform::folder_of(paths.config);
  wanted[place].configuration_names.insert(name_in(paths.config));
  const auto target = host_.files.follow_links(paths.config);
  if (const auto* path = std::get_if<std::string>(&target); path && *path != paths.config) {
    wanted[platform::folder_of(*path)].configuration_names.insert(name_in(*path));
    // The link itself may come to lead elsewhere.
    wanted[place].settings_names.insert(name_in(paths.config));
  }
  wanted[paths.folder].settings_names.insert({name_in(paths.s3_config), "sync.json"});
  for (auto& [folder, wants] : wanted) {
    auto watch = watch_of(folder);
    if (!watch) return std::move(watch).error();
    wants.watch = *std::move(watch);
  }
  folders_ = std::move(wanted);
  return base::Done{};
}

std::vector<int> WatchedFiles::descriptors() const {
  std::vector<int> all;
  for (const auto& [name, folder] : folders_) all.push_back(folder.watch->descriptor());
  return all;
}

FileChanges WatchedFiles::take_changes() {
  FileChanges all;
  for (const auto& [name, folder] : folders_) {
    const platform::FolderChanges changes = folder.watch->take_changes();
    if (changes.empty()) continue;
    all.configuration = all.configuration || any_of(changes, folder.configuration_names);
    all.settings = all.settings || any_of(changes, folder.settings_names);
  }
  return all;
}

}  // namespace start_claude::cli
