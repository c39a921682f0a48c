#include "sync/paths.h"

namespace start_claude::sync {

Paths paths_beside(const std::string& config_path) {
  const std::string folder = platform::folder_of(config_path);
  return {.config = config_path,
          .s3_config = platform::join_path(folder, "s3-config.json"),
          .state = platform::join_path(folder, "s3-state.json"),
          .lock = platform::join_path(folder, "s3.lock"),
          .journal = platform::join_path(folder, "s3-journal"),
          .settings = platform::join_path(folder, "s3-last-settings.json"),
          .automatic = platform::join_path(folder, "s3-automatic.json"),
          .watch = platform::join_path(folder, "watch.lock"),
          .folder = folder};
}

Paths paths_with_cloud(const std::string& folder, const config::CloudFolder& cloud) {
  Paths paths = paths_beside(platform::join_path(folder, "config.json"));
  paths.config = cloud.config_file;
  paths.cloud = cloud.provider;
  paths.role = config::s3_role_with(cloud);
  return paths;
}

bool has_leftovers(const platform::FileSystem& files, const Paths& paths) {
  for (const std::string& folder : {paths.folder, platform::folder_of(paths.config)}) {
    if (platform::has_temporaries(files, folder)) return true;
  }
  const auto followed = files.follow_links(paths.config);
  const auto* target = std::get_if<std::string>(&followed);
  if (target == nullptr) return false;
  const std::string folder = platform::folder_of(*target);
  return folder != paths.folder && platform::has_temporaries(files, folder);
}

void remove_leftovers(platform::FileSystem& files, const Paths& paths) {
  // A linked config.json has its temporaries where it really is, perhaps among those of others.
  platform::remove_stale_temporaries(files, paths.config);
  platform::remove_all_stale_temporaries(files, paths.folder);
  // Of config.json alone they may be worth something.
  for (const std::string& path : platform::displaced_files(files, paths.s3_config)) {
    (void)files.remove(path);
  }
}

}  // namespace start_claude::sync
