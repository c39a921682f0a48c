// What s3-doctor found on this machine: files, lock, history, credentials. Facts to words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "platform/filesystem.h"
#include "s3/credentials.h"
#include "sync/local_copy.h"
#include "sync/state.h"
#include "ui/console.h"
#include "ui/findings.h"

namespace start_claude::ui {

struct ConfigFileFacts {
  std::string shown_path;  ///< "~/.start-claude/config.json"
  const sync::LocalCopy& local;
  bool is_set_up = true;  ///< there are settings
  /// Permission bits; nothing if there is no file, no folder.
  std::optional<unsigned> mode = {};
  std::optional<unsigned> folder_mode = {};
};
Finding config_file_finding(const ConfigFileFacts& facts);

/// What kind of place config.json is at.
struct PlaceFacts {
  bool exists = false;
  std::string target = {};  ///< where it leads to, as shown; empty if it is no link
  std::uint64_t names = 1;  ///< platform::FileStatus::links
  platform::MountFacts mount = {};
  std::string cloud = {};    ///< sync::Paths::cloud
  bool has_s3_sync = false;  ///< credentials are in it, or may be
};
Finding place_finding(const PlaceFacts& facts);

enum class LockState { free, held, no_folder };
/// `holder` is what the run that holds it wrote into the file.
Finding lock_finding(LockState state, std::string_view holder);

struct StateFileFacts {
  bool exists = false;
  bool is_readable = true;  ///< as JSON
  const sync::RemoteState& remembered;
};
Finding state_finding(const Console& console, const StateFileFacts& facts);

struct HistoryFacts {
  std::size_t entries = 0;
  std::uint64_t size_bytes = 0;
};
Finding history_finding(const HistoryFacts& facts);

/// `now` tells how long temporary credentials still last.
Finding credentials_finding(const Result<s3::Credentials>& credentials, UtcTime now);

}  // namespace start_claude::ui
