#include "config/cloud_folder.h"

#include <utility>

#include "config/settings_reader.h"

namespace start_claude::config {
namespace {

Error strange(std::string_view what) {
  return {ErrorKind::invalid_data, "sync.json: " + std::string(what),
          "mend that file, or remove it to keep config.json beside it"};
}

std::string inside(std::string folder, std::string_view name) {
  while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
  if (!folder.ends_with('/')) folder += '/';
  return folder.append(name);
}

}  // namespace

Result<std::optional<CloudFolder>> cloud_folder_from(const json::Value& sync_json) {
  const json::Object* object = sync_json.as_object();
  if (object == nullptr) return strange("is not an object");
  SettingsReader reader(*object);
  const bool is_enabled = reader.truth("enabled").value_or(false);
  if (reader.complaint()) return strange(*reader.complaint());
  if (!is_enabled) return std::optional<CloudFolder>{};
  const std::string provider = reader.text("provider").value_or("");
  const auto cloud_path = reader.text("cloudPath");
  const auto custom_path = reader.text("customPath");
  if (reader.complaint()) return strange(*reader.complaint());
  if (provider == "s3") return std::optional<CloudFolder>{};
  if (provider.empty()) return strange("provider is missing");
  // A provider this program does not know has its folder like the others.
  const bool is_custom = provider == "custom";
  const auto& path = is_custom ? custom_path : cloud_path;
  const auto& other_path = is_custom ? cloud_path : custom_path;
  if (!path && !other_path) {
    return strange(is_custom ? "customPath is missing" : "cloudPath is missing");
  }
  const std::string& folder = path ? *path : *other_path;
  return std::optional(CloudFolder{provider, inside(folder, ".start-claude/config.json")});
}

S3Role s3_role_with(const std::optional<CloudFolder>& folder) {
  return folder ? S3Role::backup : S3Role::sync;
}

}  // namespace start_claude::config
