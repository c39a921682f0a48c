// settings.s3Sync: where and how to sync. Read from config.json, or from s3-config.json beside it.
//
// s3-config.json belongs to the other writer of this format; where it exists it is read first and
// kept up to date, and created only where config.json is in a cloud folder. A nested
// s3Config.s3Config, seen in the wild, is unwrapped.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "config/sync_preferences.h"
#include "json/value.h"

namespace start_claude::config {

/// Where the credentials come from.
enum class CredentialsFrom { stored, environment, profile };

struct S3Settings {
  std::string bucket;
  std::string region;
  std::string key = "start-claude-config.json";
  std::optional<std::string> endpoint_url = {};
  std::optional<std::string> ca_file = {};
  std::optional<std::string> addressing = {};  ///< "path" or "virtual"
  /// The encryption to ask the store for, where its policy wants that said: "AES256" or "aws:kms".
  std::optional<std::string> server_side_encryption = {};

  CredentialsFrom credentials_from = CredentialsFrom::stored;
  std::string profile = {};  ///< for CredentialsFrom::profile
  std::string access_key_id = {};
  Secret secret_access_key = {};
  std::optional<Secret> session_token = {};

  /// This machine uploads nothing, whoever asks.
  std::optional<bool> read_only = {};
  SyncPreferences preferences = {};
};

/// The settings in a document's settings.s3Sync; nothing if it has none (or an empty one), an error
/// of kind not_configured that names the first missing or strange member, never its value, if it is
/// incomplete. Stored credentials may be absent altogether: then the environment's are used.
Result<std::optional<S3Settings>> s3_settings_from(const json::Value& document);
/// The same from the text of s3-config.json.
Result<std::optional<S3Settings>> s3_settings_from_s3_config(const json::Value& s3_config);

/// `document` with settings.s3Sync set from `settings`. Members this program does not know stay,
/// and so does the spelling of those that say the same already ("true", "/key"). With credentials
/// that are not stored, stored ones are removed.
json::Value with_s3_settings(json::Value document, const S3Settings& settings);
/// The same for the content of s3-config.json: the innermost s3Config is updated, `metadata` kept.
json::Value s3_config_with(json::Value s3_config, const S3Settings& settings);

}  // namespace start_claude::config
