// Where the files of one configuration are: all beside config.json, unless that is in a cloud
// folder.
#pragma once

#include <string>

#include "config/cloud_folder.h"
#include "platform/filesystem.h"

namespace start_claude::sync {

struct Paths {
  std::string config;     ///< config.json
  std::string s3_config;  ///< s3-config.json, the other writer's settings file
  std::string state;      ///< s3-state.json
  std::string lock;       ///< s3.lock
  std::string journal;    ///< s3-journal
  std::string settings;  ///< s3-last-settings.json, S3 settings for a config.json that lost its own
  std::string automatic;  ///< s3-automatic.json
  std::string watch;      ///< watch.lock, held by `watch` for as long as it runs
  std::string folder;     ///< the folder of all of these
  std::string cloud;      ///< whose folder config.json is in, as sync.json says; or empty
  /// Whether S3 syncs config.json or only keeps copies of it.
  config::S3Role role = config::S3Role::sync;
};

/// The paths that belong to this config.json.
Paths paths_beside(const std::string& config_path);
/// The same where sync.json says that config.json itself is in a cloud folder. What belongs to one
/// machine (its memory, its lock, its history) stays in `folder`: other machines see the cloud's.
Paths paths_with_cloud(const std::string& folder, const config::CloudFolder& cloud);

/// Whether a killed run left any file for remove_leftovers() or recover(): little enough
/// to ask before every run.
bool has_leftovers(const platform::FileSystem& files, const Paths& paths);
/// Removes the temporary files that killed runs left behind, full of keys as they are, but not what
/// may hold edits of config.json (recover()). Call only while holding the lock.
void remove_leftovers(platform::FileSystem& files, const Paths& paths);

}  // namespace start_claude::sync
