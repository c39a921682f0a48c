#include "config/sync_preferences.h"

#include "config/settings_reader.h"

namespace start_claude::config {
namespace {

constexpr SettingsReader::Bounds check_interval_bounds{5, 1440};

/// Reads one member at a time, so that each that cannot be understood has its own remark.
class PreferenceReader {
 public:
  explicit PreferenceReader(const json::Object& s3_sync) : s3_sync_(s3_sync) {}

  /// A number counts as it does everywhere: 0 is off, 1 is on.
  std::optional<bool> truth(const std::string& name) {
    const json::Value* member = s3_sync_.find(name);
    const json::Number* number = member != nullptr ? member->as_number() : nullptr;
    if (number != nullptr && (number->spelling == "0" || number->spelling == "1")) {
      const bool is_on = number->spelling == "1";
      remark(name + " is a number; taken for " + (is_on ? "on" : "off"));
      return is_on;
    }
    SettingsReader reader(s3_sync_);
    const auto said = reader.truth(name);
    if (!reader.complaint()) return said;
    // Who wrote something wanted something else than the default, as far as anybody knows.
    remark(*reader.complaint() + "; taken for off");
    return false;
  }

  std::optional<ConflictResolution> conflict_resolution() {
    const std::string name = "conflictResolution";
    SettingsReader reader(s3_sync_);
    const auto text = reader.text(name);
    if (text == "prompt") return ConflictResolution::prompt;
    if (text == "local") return ConflictResolution::local;
    if (text == "remote") return ConflictResolution::remote;
    if (!text && !reader.complaint()) return std::nullopt;
    remark(name + " is neither prompt, local nor remote; taken for prompt");
    return ConflictResolution::prompt;
  }

  std::optional<std::chrono::minutes> check_interval() {
    const std::string name = "remoteConfigCheckIntervalMinutes";
    SettingsReader reader(s3_sync_);
    const auto minutes = reader.number(name, check_interval_bounds);
    if (reader.complaint()) remark(*reader.complaint() + "; taken for 60");
    if (!minutes) return std::nullopt;
    return std::chrono::minutes(*minutes);
  }

  std::vector<std::string> take_remarks() { return std::move(remarks_); }

 private:
  void remark(std::string text) { remarks_.push_back(std::move(text)); }

  const json::Object& s3_sync_;
  std::vector<std::string> remarks_;
};

}  // namespace

std::string_view name_of(ConflictResolution resolution) {
  switch (resolution) {
    case ConflictResolution::prompt: return "prompt";
    case ConflictResolution::local: return "local";
    case ConflictResolution::remote: return "remote";
  }
  return "prompt";
}

SyncPreferences sync_preferences_in(const json::Object& s3_sync) {
  PreferenceReader reader(s3_sync);
  SyncPreferences preferences{.auto_upload = reader.truth("autoUpload"),
                              .auto_download = reader.truth("autoDownload"),
                              .conflict_resolution = reader.conflict_resolution(),
                              .remote_check_interval = reader.check_interval()};
  preferences.remarks = reader.take_remarks();
  return preferences;
}

SyncPreferences sync_preferences_of(const json::Value& document) {
  const json::Value* settings = document.find("settings");
  const json::Value* s3_sync = settings != nullptr ? settings->find("s3Sync") : nullptr;
  const json::Object* object = s3_sync != nullptr ? s3_sync->as_object() : nullptr;
  return object != nullptr ? sync_preferences_in(*object) : SyncPreferences{};
}

json::Object json_of(const SyncPreferences& preferences) {
  return json::Object{
      {"autoUpload", preferences.uploads()},
      {"autoDownload", preferences.downloads()},
      {"conflictResolution", name_of(preferences.on_conflict())},
      {"remoteConfigCheckIntervalMinutes",
       json::Value::integer(static_cast<long long>(preferences.check_interval().count()))}};
}

}  // namespace start_claude::config
