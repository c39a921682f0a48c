// Where this machine's configuration is, and which S3 settings it has.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "cli/host.h"
#include "cli/options.h"
#include "config/s3_settings.h"
#include "json/value.h"
#include "sync/local_copy.h"
#include "sync/paths.h"
#include "sync/state.h"

namespace start_claude::cli {

/// --config, else $START_CLAUDE_CONFIG, else $START_CLAUDE_HOME/config.json, else
/// ~/.start-claude/config.json. In the latter two, a sync.json beside it may say that the real file
/// is in a cloud folder; a file named outright is taken as named.
Result<sync::Paths> find_paths(const Options& options, const Host& host);

/// `path` with the home folder as "~", for people.
std::string display_path(const std::string& path, const platform::Environment& environment);

struct Configuration {
  sync::Paths paths;
  sync::LocalCopy local;
  /// Nothing if this machine was never set up.
  std::optional<config::S3Settings> settings = {};
  /// The file the settings were read from.
  std::string settings_path = {};
  /// settings.s3Sync for a config.json that is lost or broken and must be written anew.
  std::optional<json::Value> s3_sync = {};
  /// s3-state.json, where it was read on the way.
  std::optional<sync::State> state = {};
};

/// Reads config.json and the settings: from s3-config.json if there is one, else from
/// settings.s3Sync, else, if config.json is lost or broken, the last ones that worked.
Result<Configuration> read_configuration(const sync::Paths& paths,
                                         const platform::FileSystem& files);
/// The same for a run that has no use for the profiles unless they changed: if config.json is the
/// file that s3-state.json tells of, only the settings in it are parsed, and `local` has no
/// document.
Result<Configuration> read_settings(const sync::Paths& paths, const platform::FileSystem& files);

/// find_paths() and read_configuration() in one.
Result<Configuration> find_configuration(const Options& options, const Host& host);

/// Remembers settings that worked beside the history, for the day config.json is broken. Failures
/// do not matter to the run that succeeded.
void keep_settings(const Configuration& configuration, platform::FileSystem& files,
                   platform::Random& random);

/// The error for a command that needs settings where there are none.
Error not_configured();

}  // namespace start_claude::cli
