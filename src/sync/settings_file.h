// s3-config.json, written: the other writer's settings file where there is one, and this machine's
// own place for them where config.json itself is in a folder that goes to other machines.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "config/s3_settings.h"
#include "platform/filesystem.h"

namespace start_claude::sync {

struct SettingsWrite {
  UtcTime now;
  std::uint64_t unique = 0;  ///< see platform::ReplaceOptions
};

/// Puts the settings into the file at `path`, whose other members stay; makes it if there is none.
Result<base::Done> save_s3_config(platform::FileSystem& files, const std::string& path,
                                  const config::S3Settings& settings, const SettingsWrite& write);

}  // namespace start_claude::sync
