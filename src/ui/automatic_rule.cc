#include "ui/automatic_rule.h"

namespace start_claude::ui {
namespace {

std::string marked(std::string text, bool is_said) { return is_said ? text : text + " (default)"; }

std::string_view choice_of(config::ConflictResolution resolution) {
  switch (resolution) {
    case config::ConflictResolution::prompt: return "ask";
    case config::ConflictResolution::local: return "this machine wins";
    case config::ConflictResolution::remote: return "the remote copy wins";
  }
  return "ask";
}

/// The same sentence where S3 only keeps copies of what a cloud folder syncs.
std::string format_backup_rule(const config::AutomaticRule& rule) {
  const std::string folder = "A cloud folder syncs config.json, and S3 only keeps copies of it";
  if (rule.reads_only) return folder + "; this machine only reads, so it makes none.";
  if (!rule.uploads()) return folder + "; autoUpload is off, so s3-upload makes them.";
  return folder + ".";
}

}  // namespace

std::string format_rule(const config::AutomaticRule& rule) {
  if (rule.role == config::S3Role::backup) return format_backup_rule(rule);
  if (rule.reads_only) {
    const std::string only_reads = "This machine only reads: nothing is uploaded from it";
    if (rule.downloads()) return only_reads + ".";
    return only_reads + ", and autoDownload is off: s3-sync brings what is new in the bucket.";
  }
  if (rule.does_nothing()) {
    return "autoUpload and autoDownload are both off: nothing is uploaded or downloaded unasked; "
           "s3-sync does both.";
  }
  if (!rule.uploads()) return "autoUpload is off: what changes here stays here until s3-sync.";
  if (!rule.downloads()) {
    return "autoDownload is off: what is new in the bucket stays there until s3-sync.";
  }
  return "";
}

std::string format_preferences(const config::SyncPreferences& preferences) {
  const auto on_or_off = [](bool is_on) { return is_on ? "on" : "off"; };
  const std::string minutes = std::to_string(preferences.check_interval().count());
  return marked(std::string("uploads ") + on_or_off(preferences.uploads()),
                preferences.auto_upload.has_value()) +
         ", " +
         marked(std::string("downloads ") + on_or_off(preferences.downloads()),
                preferences.auto_download.has_value()) +
         "; " +
         marked("checks every " + minutes + " min", preferences.remote_check_interval.has_value()) +
         "; " +
         marked("on conflict: " + std::string(choice_of(preferences.on_conflict())),
                preferences.conflict_resolution.has_value());
}

}  // namespace start_claude::ui
