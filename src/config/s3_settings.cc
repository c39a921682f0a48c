#include "config/s3_settings.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "config/document.h"

namespace start_claude::config {
namespace {

constexpr std::chrono::minutes check_interval_min{5};
constexpr std::chrono::minutes check_interval_max{1440};
constexpr std::string_view profile_prefix = "profile:";

/// A string, or a number that somebody did not quote; empty counts as absent.
std::optional<std::string> text_member(const json::Value& settings, std::string_view name) {
  const json::Value* member = settings.find(name);
  if (member == nullptr) return std::nullopt;
  if (const std::string* text = member->as_string()) {
    const std::string_view trimmed = base::trim(*text);
    if (!trimmed.empty()) return std::string(trimmed);
  } else if (const json::Number* number = member->as_number()) {
    return number->spelling;
  }
  return std::nullopt;
}

bool is_wrong_type(const json::Value& settings, std::string_view name) {
  const json::Value* member = settings.find(name);
  return member != nullptr && !member->is_null() && member->as_string() == nullptr &&
         member->as_number() == nullptr;
}

bool true_member(const json::Value& settings, std::string_view name) {
  const json::Value* member = settings.find(name);
  if (member == nullptr) return false;
  if (const bool* value = member->as_bool()) return *value;
  const std::string* text = member->as_string();
  return text != nullptr && base::equal_ignoring_case(base::trim(*text), "true");
}

ConflictResolution conflict_resolution_from(const std::optional<std::string>& text) {
  if (text == "local") return ConflictResolution::local;
  if (text == "remote") return ConflictResolution::remote;
  return ConflictResolution::prompt;
}

std::string_view text_of(ConflictResolution resolution) {
  switch (resolution) {
    case ConflictResolution::prompt: return "prompt";
    case ConflictResolution::local: return "local";
    case ConflictResolution::remote: return "remote";
  }
  return "prompt";
}

std::chrono::minutes check_interval_from(const std::optional<std::string>& text) {
  const std::string_view whole =
      text ? std::string_view(*text).substr(0, text->find('.')) : std::string_view();
  const auto minutes = base::parse_unsigned(whole);
  if (!minutes) return S3Settings{}.remote_check_interval;
  const auto bounded =
      std::min<std::uint64_t>(*minutes, static_cast<std::uint64_t>(check_interval_max.count()));
  return std::max(check_interval_min, std::chrono::minutes(bounded));
}

void read_credentials(S3Settings& settings, const json::Value& s3_sync) {
  const std::string from = text_member(s3_sync, "credentials").value_or("stored");
  if (from == "env") settings.credentials_from = CredentialsFrom::environment;
  if (from.starts_with(profile_prefix)) {
    settings.credentials_from = CredentialsFrom::profile;
    settings.profile = from.substr(profile_prefix.size());
  }
  settings.access_key_id = text_member(s3_sync, "accessKeyId").value_or("");
  settings.secret_access_key = Secret(text_member(s3_sync, "secretAccessKey").value_or(""));
  if (auto token = text_member(s3_sync, "sessionToken")) {
    settings.session_token = Secret(*std::move(token));
  }
}

Error incomplete(std::string_view member, std::string_view what) {
  return {ErrorKind::not_configured,
          "settings.s3Sync." + std::string(member) + " " + std::string(what),
          "run start-claude s3-setup; Enter keeps what is still right"};
}

Result<S3Settings> settings_from(const json::Value& s3_sync) {
  for (const std::string_view name : {"bucket", "region", "accessKeyId", "secretAccessKey", "key",
                                      "endpointUrl", "sessionToken", "credentials", "caFile"}) {
    if (is_wrong_type(s3_sync, name)) return incomplete(name, "is not a text");
  }
  S3Settings settings;
  settings.bucket = text_member(s3_sync, "bucket").value_or("");
  if (settings.bucket.empty()) return incomplete("bucket", "is missing");
  settings.region = text_member(s3_sync, "region").value_or("");
  if (auto key = text_member(s3_sync, "key")) {
    settings.key = key->starts_with('/') ? key->substr(1) : *std::move(key);
  }
  settings.endpoint_url = text_member(s3_sync, "endpointUrl");
  if (!settings.endpoint_url) settings.endpoint_url = text_member(s3_sync, "endpoint");
  settings.ca_file = text_member(s3_sync, "caFile");
  settings.addressing = text_member(s3_sync, "addressing");
  read_credentials(settings, s3_sync);
  const bool is_half = settings.access_key_id.empty() != settings.secret_access_key.empty();
  if (settings.credentials_from == CredentialsFrom::stored && is_half) {
    return incomplete(settings.access_key_id.empty() ? "accessKeyId" : "secretAccessKey",
                      "is missing");
  }
  settings.auto_upload = true_member(s3_sync, "autoUpload");
  settings.auto_download = true_member(s3_sync, "autoDownload");
  settings.conflict_resolution =
      conflict_resolution_from(text_member(s3_sync, "conflictResolution"));
  settings.remote_check_interval =
      check_interval_from(text_member(s3_sync, "remoteConfigCheckIntervalMinutes"));
  return settings;
}

void set_or_remove(json::Object& object, std::string_view name,
                   const std::optional<std::string>& value) {
  if (value && !value->empty()) {
    object.set(name, *value);
  } else {
    object.remove(name);
  }
}

/// Sets what differs from the default or was there before.
void set_preference(json::Object& object, std::string_view name, json::Value value,
                    bool is_default) {
  if (!is_default || object.find(name) != nullptr) object.set(name, std::move(value));
}

json::Object s3_sync_with(json::Object s3_sync, const S3Settings& settings) {
  const S3Settings defaults;
  s3_sync.set("bucket", settings.bucket);
  s3_sync.set("region", settings.region);
  const bool stored = settings.credentials_from == CredentialsFrom::stored;
  const auto if_stored = [&](const std::string& text) {
    return stored ? std::optional(text) : std::nullopt;
  };
  set_or_remove(s3_sync, "accessKeyId", if_stored(settings.access_key_id));
  set_or_remove(s3_sync, "secretAccessKey", if_stored(settings.secret_access_key.reveal()));
  set_or_remove(
      s3_sync, "sessionToken",
      settings.session_token ? if_stored(settings.session_token->reveal()) : std::nullopt);
  s3_sync.set("key", settings.key);
  set_or_remove(s3_sync, "endpointUrl", settings.endpoint_url);
  set_or_remove(s3_sync, "caFile", settings.ca_file);
  set_or_remove(s3_sync, "addressing", settings.addressing);
  std::optional<std::string> from;
  if (settings.credentials_from == CredentialsFrom::environment) from = "env";
  if (settings.credentials_from == CredentialsFrom::profile) {
    from = std::string(profile_prefix) + settings.profile;
  }
  set_or_remove(s3_sync, "credentials", from);
  set_preference(s3_sync, "autoUpload", settings.auto_upload, !settings.auto_upload);
  set_preference(s3_sync, "autoDownload", settings.auto_download, !settings.auto_download);
  set_preference(s3_sync, "conflictResolution", text_of(settings.conflict_resolution),
                 settings.conflict_resolution == defaults.conflict_resolution);
  set_preference(s3_sync, "remoteConfigCheckIntervalMinutes",
                 json::Value::integer(settings.remote_check_interval.count()),
                 settings.remote_check_interval == defaults.remote_check_interval);
  return s3_sync;
}

/// The innermost s3Config: files with s3Config.s3Config exist.
const json::Value* innermost_s3_config(const json::Value& s3_config) {
  const json::Value* inner = s3_config.find("s3Config");
  while (inner != nullptr && inner->find("s3Config") != nullptr) inner = inner->find("s3Config");
  return inner;
}

}  // namespace

Result<std::optional<S3Settings>> s3_settings_from(const json::Value& document) {
  const json::Value* settings = document.find("settings");
  const json::Value* s3_sync = settings != nullptr ? settings->find("s3Sync") : nullptr;
  if (s3_sync == nullptr || s3_sync->is_null()) return std::optional<S3Settings>{};
  if (s3_sync->as_object() == nullptr) {
    return Error{ErrorKind::not_configured, "settings.s3Sync is not an object",
                 "run start-claude s3-setup"};
  }
  auto read = settings_from(*s3_sync);
  if (!read) return std::move(read).error();
  return std::optional<S3Settings>(*std::move(read));
}

Result<std::optional<S3Settings>> s3_settings_from_s3_config(const json::Value& s3_config) {
  const json::Value* inner = innermost_s3_config(s3_config);
  if (inner == nullptr || inner->as_object() == nullptr) return std::optional<S3Settings>{};
  auto read = settings_from(*inner);
  if (!read) return std::move(read).error();
  return std::optional<S3Settings>(*std::move(read));
}

json::Value with_s3_settings(json::Value document, const S3Settings& settings) {
  json::Object s3_sync;
  if (const json::Value* current = document.find("settings");
      current != nullptr && current->find("s3Sync") != nullptr) {
    if (const json::Object* object = current->find("s3Sync")->as_object()) s3_sync = *object;
  }
  return with_s3_sync(std::move(document), s3_sync_with(std::move(s3_sync), settings));
}

json::Value s3_config_with(json::Value s3_config, const S3Settings& settings) {
  json::Object* object = s3_config.as_object();
  if (object == nullptr) return s3_config;
  json::Object inner;
  if (const json::Value* current = innermost_s3_config(s3_config)) {
    if (const json::Object* known = current->as_object()) inner = *known;
  }
  object->set("s3Config", s3_sync_with(std::move(inner), settings));
  return s3_config;
}

}  // namespace start_claude::config
