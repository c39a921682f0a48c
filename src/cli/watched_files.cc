#include "cli/watched_files.h"

#include <algorithm>
#include <utility>

#include "platform/link_trail.h"

namespace start_claude::cli {
namespace {

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
  paths_ = paths;
  std::map<std::string, Folder> wanted;
  const platform::LinkTrail trail = platform::trace_links(host_.files, paths.config);
  for (const std::string& link : trail.links) {
    // It may come to lead elsewhere, to another file.
    Folder& folder = wanted[platform::folder_of(link)];
    folder.configuration_names.insert(platform::name_of(link));
    folder.settings_names.insert(platform::name_of(link));
  }
  const std::string target_folder = platform::folder_of(trail.target);
  wanted[target_folder].configuration_names.insert(platform::name_of(trail.target));
  wanted[paths.folder].settings_names.insert({platform::name_of(paths.s3_config), "sync.json"});
  for (auto& [folder, wants] : wanted) {
    auto watch = watch_of(folder);
    if (!watch) return std::move(watch).error();
    wants.watch = *std::move(watch);
  }
  wanted[target_folder].watch->watch_file(platform::name_of(trail.target));
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
  // What was watched goes on being watched if the system has no more watches.
  if (all.configuration || all.settings) (void)follow(paths_);
  return all;
}

}  // namespace start_claude::cli
