// What every command that looks at both sides shares: settings, connection, state, engine.
#pragma once

#include <memory>

#include "cli/configuration.h"
#include "cli/connection.h"
#include "sync/engine.h"
#include "sync/lock.h"
#include "ui/conversation.h"

namespace start_claude::cli {

/// Fits one command's whole run; the engine refers to the rest.
class SyncSession {
 public:
  /// Reads the configuration; the error is `not_configured` where there are no settings.
  static Result<std::unique_ptr<SyncSession>> open(Host& host, ui::Console& console,
                                                   const Options& options);
  /// The same for a run of the engine and nothing else: the profiles of a config.json that did not
  /// change are not read, and configuration().local has no document then.
  static Result<std::unique_ptr<SyncSession>> open_for_run(Host& host, ui::Console& console,
                                                           const Options& options,
                                                           const sync::Paths& paths);
  /// The same over a configuration already read and settings already known to work.
  static Result<std::unique_ptr<SyncSession>> open_with(Host& host, ui::Console& console,
                                                        const Options& options,
                                                        Configuration configuration);
  /// The same with another conversation than a person's at the terminal.
  struct Company {
    Notices notices;
    std::unique_ptr<sync::Conversation> conversation;
  };
  static Result<std::unique_ptr<SyncSession>> open_with(Host& host, Company company,
                                                        const Options& options,
                                                        Configuration configuration);

  const Configuration& configuration() const { return configuration_; }
  Connection& connection() { return *connection_; }
  sync::Engine& engine() { return *engine_; }

  /// Runs the engine, and remembers settings that worked for the day config.json is broken.
  Result<sync::RunReport> run(Host& host, const sync::RunRequest& request);

 private:
  explicit SyncSession(Configuration configuration) : configuration_(std::move(configuration)) {}

  Configuration configuration_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<sync::Conversation> conversation_;
  std::unique_ptr<sync::Engine> engine_;
};

/// sync::finish_interrupted_writes() on this machine.
Result<base::Done> finish_interrupted_writes(Host& host, const sync::Paths& paths);

/// Takes the lock, and ends what a run that was cut off was writing.
Result<std::unique_ptr<platform::FileLock>> lock_run(Host& host, const Options& options,
                                                     const sync::Paths& paths);

/// The engine's request for this command line.
sync::RunRequest run_request(Host& host, const Options& options,
                             const Configuration& configuration);

/// True if this machine uploads nothing, by its settings or for this run.
bool is_read_only(const config::S3Settings& settings, const Options& options);

/// What a program that runs on may do unasked here. The configuration has settings.
config::AutomaticRule automatic_rule(const Configuration& configuration, const Options& options);
/// In the engine's words; nothing where it may do nothing.
std::optional<resolve::Direction> direction_of(const config::AutomaticRule& rule);

/// The error for who wants to upload all the same.
Error only_reads();

/// What the settings say about conflicts, in the engine's words.
resolve::ConflictPreference preference_of(config::ConflictResolution setting);

/// The error for who wants to download where a cloud folder syncs.
Error only_backup(const sync::Paths& paths, const platform::Environment& environment);

/// Prints a run's warnings, its result or its error, and gives its exit code.
int present(ui::Console& console, const Options& options, const sync::RunReport& report);

}  // namespace start_claude::cli
