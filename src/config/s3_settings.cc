#include "config/s3_settings.h"

#include <string_view>
#include <utility>

#include "config/document.h"
#include "config/settings_reader.h"

namespace start_claude::config {
namespace {

constexpr SettingsReader::Bounds check_interval_bounds{5, 1440};
constexpr std::string_view stored_text = "stored";
constexpr std::string_view profile_prefix = "profile:";

/// A policy this program does not know is none: it asks.
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

std::chrono::minutes check_interval_in(SettingsReader& reader) {
  const auto minutes = reader.number("remoteConfigCheckIntervalMinutes", check_interval_bounds);
  return minutes ? std::chrono::minutes(*minutes) : S3Settings{}.remote_check_interval;
}

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
  read_credentials(settings, reader);
  settings.auto_upload = reader.truth("autoUpload");
  settings.auto_download = reader.truth("autoDownload");
  settings.read_only = reader.truth("readOnly");
  settings.conflict_resolution = conflict_resolution_from(reader.text("conflictResolution"));
  settings.remote_check_interval = check_interval_in(reader);
  if (reader.complaint()) {
    return Error{ErrorKind::not_configured, std::string(where) + "." + *reader.complaint(),
                 "run start-claude s3-setup; Enter keeps what is still right"};
  }
  return std::optional(std::move(settings));
}

/// Writes settings into an object that holds earlier ones, touching only what says something else.
class SettingsWriter {
 public:
  explicit SettingsWriter(json::Object object) : object_(std::move(object)) {}

  void put(std::string_view name, const std::optional<std::string>& value) {
    const auto wanted = value && !value->empty() ? value : std::nullopt;
    if (SettingsReader(object_).text(name) == wanted) return;
    if (wanted) {
      object_.set(name, *wanted);
    } else {
      object_.remove(name);
    }
  }

  void put(std::string_view name, const std::optional<bool>& value) {
    if (SettingsReader(object_).truth(name) == value) return;
    if (value) {
      object_.set(name, *value);
    } else {
      object_.remove(name);
    }
  }

  void put(std::string_view name, ConflictResolution value) {
    const auto current = conflict_resolution_from(SettingsReader(object_).text(name));
    if (current != value) object_.set(name, text_of(value));
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

  void put_check_interval(std::chrono::minutes interval) {
    SettingsReader reader(object_);
    if (check_interval_in(reader) == interval) return;
    object_.set("remoteConfigCheckIntervalMinutes", json::Value::integer(interval.count()));
  }

  json::Object take() { return std::move(object_); }

 private:
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
  writer.put_credentials(credentials_text(settings));
  writer.put("autoUpload", settings.auto_upload);
  writer.put("autoDownload", settings.auto_download);
  writer.put("readOnly", settings.read_only);
  writer.put("conflictResolution", settings.conflict_resolution);
  writer.put_check_interval(settings.remote_check_interval);
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
