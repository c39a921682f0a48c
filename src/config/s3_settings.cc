#include "config/s3_settings.h"

#include <string_view>
#include <utility>

#include "config/document.h"
#include "config/settings_reader.h"

namespace start_claude::config {
namespace {

constexpr std::string_view stored_text = "stored";
constexpr std::string_view profile_prefix = "profile:";

/// One leading slash goes: a key has none.
std::optional<std::string> key_in(SettingsReader& reader) {
  auto key = reader.text("key");
  if (key && key->starts_with('/')) key->erase(0, 1);
  return key && !key->empty() ? key : std::nullopt;
}

std::optional<std::string> endpoint_in(SettingsReader& reader) {
  auto endpoint = reader.text("endpointUrl");
  return endpoint ? endpoint : reader.text("endpoint");
}

void read_credentials(S3Settings& settings, SettingsReader& reader) {
  const std::string from = reader.text("credentials").value_or(std::string(stored_text));
  if (from == "env") {
    settings.credentials_from = CredentialsFrom::environment;
  } else if (from.starts_with(profile_prefix) && from.size() > profile_prefix.size()) {
    settings.credentials_from = CredentialsFrom::profile;
    settings.profile = from.substr(profile_prefix.size());
  } else if (from != stored_text) {
    reader.complain("credentials", "is neither stored, env nor profile:NAME");
  }
  settings.access_key_id = reader.text("accessKeyId").value_or("");
  settings.secret_access_key = Secret(reader.text("secretAccessKey").value_or(""));
  if (auto token = reader.text("sessionToken")) settings.session_token = Secret(*std::move(token));
  if (settings.credentials_from != CredentialsFrom::stored) return;
  const bool has_id = !settings.access_key_id.empty();
  const bool has_secret = !settings.secret_access_key.empty();
  if (has_id && !has_secret) reader.complain("secretAccessKey", "is missing");
  if (!has_id && has_secret) reader.complain("accessKeyId", "is missing");
}

/// `where` names the object in messages: "settings.s3Sync".
Result<std::optional<S3Settings>> settings_from(const json::Object& object,
                                                std::string_view where) {
  // Left behind by a settings page that was opened and closed again.
  if (object.empty()) return std::optional<S3Settings>{};
  SettingsReader reader(object);
  S3Settings settings;
  settings.bucket = reader.text("bucket").value_or("");
  if (settings.bucket.empty()) reader.complain("bucket", "is missing");
  settings.region = reader.text("region").value_or("");
  settings.key = key_in(reader).value_or(settings.key);
  settings.endpoint_url = endpoint_in(reader);
  settings.ca_file = reader.text("caFile");
  settings.addressing = reader.text("addressing");
  const bool is_known_addressing =
      !settings.addressing || settings.addressing == "path" || settings.addressing == "virtual";
  if (!is_known_addressing) reader.complain("addressing", "is neither path nor virtual");
  settings.server_side_encryption = reader.text("serverSideEncryption");
  const auto& encryption = settings.server_side_encryption;
  if (encryption && encryption != "AES256" && encryption != "aws:kms") {
    reader.complain("serverSideEncryption", "is neither AES256 nor aws:kms");
  }
  read_credentials(settings, reader);
  settings.read_only = reader.truth("readOnly");
  settings.preferences = sync_preferences_in(object);
  if (reader.complaint()) {
    return Error{ErrorKind::not_configured, std::string(where) + "." + *reader.complaint(),
                 "run start-claude s3-setup; Enter keeps what is still right"};
  }
  return std::optional(std::move(settings));
}

template <class T>
std::optional<json::Value> value_of(const std::optional<T>& said) {
  return said ? std::optional<json::Value>(*said) : std::nullopt;
}

/// Writes settings into an object that holds earlier ones, touching only what says something else.
class SettingsWriter {
 public:
  explicit SettingsWriter(json::Object object) : object_(std::move(object)) {}

  void put(std::string_view name, const std::optional<std::string>& value) {
    const auto wanted = value && !value->empty() ? value : std::nullopt;
    if (SettingsReader(object_).text(name) == wanted) return;
    set_or_remove(name, value_of(wanted));
  }

  void put(std::string_view name, const std::optional<bool>& value) {
    if (SettingsReader(object_).truth(name) == value) return;
    set_or_remove(name, value_of(value));
  }

  void put_credentials(const std::string& from) {
    if (SettingsReader(object_).text("credentials").value_or(std::string(stored_text)) == from) {
      return;
    }
    put("credentials", from == stored_text ? std::nullopt : std::optional(from));
  }

  void put_key(const std::string& key) {
    SettingsReader reader(object_);
    if (key_in(reader) != key) object_.set("key", key);
  }

  void put_endpoint(const std::optional<std::string>& endpoint) {
    SettingsReader reader(object_);
    if (endpoint_in(reader) == endpoint) return;
    object_.remove("endpoint");
    put("endpointUrl", endpoint);
  }

  /// Left as it is typed where it means the same, be it that nobody can read it.
  void put_preferences(const SyncPreferences& wanted) {
    const SyncPreferences now = sync_preferences_in(object_);
    if (now.auto_upload != wanted.auto_upload) {
      set_or_remove("autoUpload", value_of(wanted.auto_upload));
    }
    if (now.auto_download != wanted.auto_download) {
      set_or_remove("autoDownload", value_of(wanted.auto_download));
    }
    if (now.conflict_resolution != wanted.conflict_resolution) {
      const auto& policy = wanted.conflict_resolution;
      const auto text = policy ? std::optional(std::string(name_of(*policy))) : std::nullopt;
      set_or_remove("conflictResolution", value_of(text));
    }
    if (now.remote_check_interval != wanted.remote_check_interval) {
      const auto& every = wanted.remote_check_interval;
      set_or_remove("remoteConfigCheckIntervalMinutes",
                    every ? std::optional(json::Value::integer(every->count())) : std::nullopt);
    }
  }

  json::Object take() { return std::move(object_); }

 private:
  void set_or_remove(std::string_view name, const std::optional<json::Value>& value) {
    if (value) {
      object_.set(name, *value);
    } else {
      object_.remove(name);
    }
  }

  json::Object object_;
};

std::string credentials_text(const S3Settings& settings) {
  switch (settings.credentials_from) {
    case CredentialsFrom::stored: break;
    case CredentialsFrom::environment: return "env";
    case CredentialsFrom::profile: return std::string(profile_prefix) + settings.profile;
  }
  return std::string(stored_text);
}

json::Object s3_sync_with(json::Object s3_sync, const S3Settings& settings) {
  const bool stored = settings.credentials_from == CredentialsFrom::stored;
  const auto if_stored = [&](const std::string& text) {
    return stored ? std::optional(text) : std::nullopt;
  };
  SettingsWriter writer(std::move(s3_sync));
  writer.put("bucket", settings.bucket);
  writer.put("region", settings.region);
  writer.put("accessKeyId", if_stored(settings.access_key_id));
  writer.put("secretAccessKey", if_stored(settings.secret_access_key.reveal()));
  writer.put("sessionToken",
             settings.session_token ? if_stored(settings.session_token->reveal()) : std::nullopt);
  writer.put_key(settings.key);
  writer.put_endpoint(settings.endpoint_url);
  writer.put("caFile", settings.ca_file);
  writer.put("addressing", settings.addressing);
  writer.put("serverSideEncryption", settings.server_side_encryption);
  writer.put_credentials(credentials_text(settings));
  writer.put("readOnly", settings.read_only);
  writer.put_preferences(settings.preferences);
  return writer.take();
}

const json::Object* object_at(const json::Value* value) {
  return value != nullptr ? value->as_object() : nullptr;
}

/// The innermost s3Config: files with s3Config.s3Config exist. Null if there is none.
template <class Value>
Value* innermost_s3_config(Value& s3_config) {
  Value* inner = nullptr;
  for (auto* object = s3_config.as_object(); object != nullptr;) {
    Value* next = object->find("s3Config");
    object = next != nullptr ? next->as_object() : nullptr;
    if (object != nullptr) inner = next;
  }
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
  return settings_from(*s3_sync->as_object(), "settings.s3Sync");
}

Result<std::optional<S3Settings>> s3_settings_from_s3_config(const json::Value& s3_config) {
  const json::Value* inner = innermost_s3_config(s3_config);
  if (inner != nullptr) return settings_from(*inner->as_object(), "s3Config");
  const json::Value* strange = s3_config.find("s3Config");
  if (strange == nullptr || strange->is_null()) return std::optional<S3Settings>{};
  return Error{ErrorKind::not_configured, "s3Config is not an object",
               "mend or remove s3-config.json, or run start-claude s3-setup"};
}

json::Value with_s3_settings(json::Value document, const S3Settings& settings) {
  const json::Value* current = document.find("settings");
  const json::Object* known = object_at(current != nullptr ? current->find("s3Sync") : nullptr);
  json::Object s3_sync = known != nullptr ? *known : json::Object{};
  return with_s3_sync(std::move(document), s3_sync_with(std::move(s3_sync), settings));
}

json::Value s3_config_with(json::Value s3_config, const S3Settings& settings) {
  if (json::Value* inner = innermost_s3_config(s3_config)) {
    *inner = s3_sync_with(std::move(*inner->as_object()), settings);
    return s3_config;
  }
  if (s3_config.as_object() == nullptr) {
    s3_config = json::Object{{"version", json::Value::integer(1)}};
  }
  s3_config.as_object()->set("s3Config", s3_sync_with({}, settings));
  return s3_config;
}

}  // namespace start_claude::config
