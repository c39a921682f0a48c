// Where the files of one configuration are: all beside config.json.
#pragma once

#include <string>

namespace start_claude::sync {

struct Paths {
  std::string config;     ///< config.json
  std::string s3_config;  ///< s3-config.json, the other writer's settings file
  std::string state;      ///< s3-state.json
  std::string lock;       ///< s3.lock
  std::string history;    ///< history/, a folder
  std::string folder;     ///< the folder of config.json
};

/// The paths that belong to this config.json.
Paths paths_beside(const std::string& config_path);

}  // namespace start_claude::sync
