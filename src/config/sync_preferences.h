// What syncs unasked: the one place that knows what settings.s3Sync says about it, and what holds
// where it says nothing.
//
// Automatic uploads and downloads are on once S3 is set up. A value that cannot be understood never
// stops a sync that a person asks for: what it would switch counts as off, and a remark says so.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "config/cloud_folder.h"
#include "json/value.h"

namespace start_claude::config {

enum class ConflictResolution { prompt, local, remote };
/// "prompt", "local", "remote".
std::string_view name_of(ConflictResolution resolution);

struct SyncPreferences {
  // As they are said; nothing if they are not.
  std::optional<bool> auto_upload = {};
  std::optional<bool> auto_download = {};
  std::optional<ConflictResolution> conflict_resolution = {};
  std::optional<std::chrono::minutes> remote_check_interval = {};
  /// "autoUpload is neither true nor false; taken for off": names the member, never the value.
  std::vector<std::string> remarks = {};

  /// False if all of it is the defaults.
  bool says_anything() const {
    return auto_upload || auto_download || conflict_resolution || remote_check_interval ||
           !remarks.empty();
  }

  // What holds.
  bool uploads() const { return auto_upload.value_or(true); }
  bool downloads() const { return auto_download.value_or(true); }
  ConflictResolution on_conflict() const {
    return conflict_resolution.value_or(ConflictResolution::prompt);
  }
  /// 5 to 1440; values outside are brought to the nearer end.
  std::chrono::minutes check_interval() const {
    return remote_check_interval.value_or(std::chrono::minutes(60));
  }
};

/// Of an object settings.s3Sync, complete or not.
SyncPreferences sync_preferences_in(const json::Object& s3_sync);
/// Of a document's settings.s3Sync; the defaults where it has none.
SyncPreferences sync_preferences_of(const json::Value& document);

/// What holds, under the names that settings.s3Sync has for it.
json::Object json_of(const SyncPreferences& preferences);

/// What a program that runs on (watch, manager, balance) may do unasked on this machine.
struct AutomaticRule {
  SyncPreferences preferences;
  /// A cloud folder syncs config.json, so that nothing is ever downloaded over it.
  S3Role role = S3Role::sync;
  bool reads_only = false;  ///< this machine uploads nothing, whoever asks

  bool uploads() const { return preferences.uploads() && !reads_only; }
  bool downloads() const { return preferences.downloads() && role == S3Role::sync; }
  bool does_nothing() const { return !uploads() && !downloads(); }
};

}  // namespace start_claude::config
