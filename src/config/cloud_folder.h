// sync.json: the other writer's note that config.json lives in a cloud folder (iCloud, OneDrive, a
// folder of the user's). There the folder is what syncs, and S3 is a backup: uploads only.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "json/value.h"

namespace start_claude::config {

/// Who may write the local file.
enum class S3Role {
  sync,    ///< S3 is how this machine syncs
  backup,  ///< something else is: upload, never download
};

struct CloudFolder {
  std::string provider;     ///< "icloud", "onedrive", "custom", "wsl-host"
  std::string config_file;  ///< the real config.json: "<path>/.start-claude/config.json"
};

/// Where sync.json says the real config.json is; nothing if it is not enabled, or for "s3". An
/// error of kind invalid_data, naming the member, if it is enabled and does not say where.
Result<std::optional<CloudFolder>> cloud_folder_from(const json::Value& sync_json);

S3Role s3_role_with(const std::optional<CloudFolder>& folder);

}  // namespace start_claude::config
