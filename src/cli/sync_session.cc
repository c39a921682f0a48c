#include "cli/sync_session.h"

#include <utility>

#include "cli/commands.h"
#include "sync/recovery.h"
#include "ui/report.h"
#include "ui/sides.h"

namespace start_claude::cli {
namespace {

resolve::Direction direction_of(Command command, config::S3Role role) {
  // Where a cloud folder syncs, S3 only keeps copies.
  if (command != Command::download && role == config::S3Role::backup) {
    return resolve::Direction::up;
  }
  // A restored content is meant to replace what is there.
  if (command == Command::upload || command == Command::restore) return resolve::Direction::up;
  if (command == Command::download) return resolve::Direction::down;
  return resolve::Direction::both;
}

/// A key that may only write can store the first copy and no other.
void warn_about_unreadable(ui::Console& console, const sync::RunReport& report) {
  if (!report.unreadable) return;
  console.warn(
      "this key may write the remote copy but not read it: what others upload is not seen, merged "
      "or brought back here");
  console.warn(report.unreadable->message);
  console.hint(report.unreadable->hint);
}

void warn_about_remote_s3_sync(ui::Console& console, const sync::RunReport& report) {
  if (!report.found.remote.had_s3_sync) return;
  console.warn(
      "the remote copy holds somebody's settings.s3Sync, credentials included; it is "
      "ignored here");
  console.hint("rotate that access key; the next upload from here leaves it out");
}

ui::Answers answers_of(const Options& options) {
  if (options.force && options.command == Command::sync) return ui::Answers::forced;
  return options.yes ? ui::Answers::defaults : ui::Answers::typed;
}

Error without_settings(const Configuration& configuration) {
  const auto& local = configuration.local;
  if (!local.exists || local.damage.empty()) return not_configured();
  return {ErrorKind::invalid_data, "config.json " + local.damage + "; nothing changed",
          "mend it by hand, the S3 settings are inside it; or move it away and run s3-setup"};
}

}  // namespace

resolve::ConflictPreference preference_of(config::ConflictResolution setting) {
  switch (setting) {
    case config::ConflictResolution::prompt: return resolve::ConflictPreference::ask;
    case config::ConflictResolution::local: return resolve::ConflictPreference::local;
    case config::ConflictResolution::remote: return resolve::ConflictPreference::remote;
  }
  return resolve::ConflictPreference::ask;
}

bool is_read_only(const config::S3Settings& settings, const Options& options) {
  return options.read_only || settings.read_only.value_or(false);
}

config::AutomaticRule automatic_rule(const Configuration& configuration, const Options& options) {
  return {.preferences = configuration.settings->preferences,
          .role = configuration.paths.role,
          .reads_only = is_read_only(*configuration.settings, options)};
}

std::optional<resolve::Direction> direction_of(const config::AutomaticRule& rule) {
  if (rule.does_nothing()) return std::nullopt;
  if (!rule.downloads()) return resolve::Direction::up;
  // A session of a machine that only reads uploads nothing, and knows that edits stay here.
  if (rule.uploads() || rule.reads_only) return resolve::Direction::both;
  return resolve::Direction::down;
}

Error only_reads() {
  return {ErrorKind::undecided, "this machine only reads; nothing was uploaded",
          "to let it write again: s3-setup --read-write"};
}

Error only_backup(const sync::Paths& paths, const platform::Environment& environment) {
  return {
      ErrorKind::undecided,
      display_path(paths.config, environment) +
          " is synced by its cloud folder, and S3 only keeps a copy; nothing changed",
      "s3-history and s3-restore bring an earlier one back; s3-download --force takes the copy"};
}

Result<base::Done> finish_interrupted_writes(Host& host, const sync::Paths& paths) {
  const std::string host_name = writer_name(host.environment);
  return sync::finish_interrupted_writes({.files = host.files,
                                          .clock = host.clock,
                                          .random = host.random,
                                          .paths = paths,
                                          .host_name = host_name});
}

Result<std::unique_ptr<platform::FileLock>> lock_run(Host& host, const Options& options,
                                                     const sync::Paths& paths) {
  auto lock =
      sync::take_lock(host.files, host.clock, host.environment, paths.lock,
                      {.timeout = options.lock_timeout, .command = name_of(options.command)});
  if (!lock || options.dry_run) return lock;
  if (auto finished = finish_interrupted_writes(host, paths); !finished) {
    return std::move(finished).error();
  }
  return lock;
}

Result<std::unique_ptr<SyncSession>> SyncSession::open(Host& host, ui::Console& console,
                                                       const Options& options) {
  auto paths = find_paths(options, host);
  if (!paths) return std::move(paths).error();
  auto configuration = read_configuration(*paths, host.files);
  if (!configuration) return std::move(configuration).error();
  if (!configuration->settings) return without_settings(*configuration);
  return open_with(host, console, options, *std::move(configuration));
}

Result<std::unique_ptr<SyncSession>> SyncSession::open_for_run(Host& host, ui::Console& console,
                                                               const Options& options,
                                                               const sync::Paths& paths) {
  auto configuration = read_settings(paths, host.files);
  if (!configuration) return std::move(configuration).error();
  if (!configuration->settings) return without_settings(*configuration);
  return open_with(host, console, options, *std::move(configuration));
}

Result<std::unique_ptr<SyncSession>> SyncSession::open_with(Host& host, ui::Console& console,
                                                            const Options& options,
                                                            Configuration configuration) {
  for (const std::string& remark : configuration.settings->preferences.remarks) {
    console.warn("settings.s3Sync." + remark);
  }
  return open_with(host,
                   {.notices = notices_to(console, host.clock),
                    .conversation = std::make_unique<ui::TerminalConversation>(
                        console, answers_of(options), writer_name(host.environment))},
                   options, std::move(configuration));
}

Result<std::unique_ptr<SyncSession>> SyncSession::open_with(Host& host, Company company,
                                                            const Options& options,
                                                            Configuration configuration) {
  std::unique_ptr<SyncSession> session(new SyncSession(std::move(configuration)));
  const Configuration& known = session->configuration_;
  const config::S3Settings& settings = *known.settings;
  auto endpoint = endpoint_of(settings, host);
  if (!endpoint) return std::move(endpoint).error();
  sync::State state = known.state ? *known.state : sync::State::load(host.files, known.paths.state);
  const sync::RemoteName name = remote_name_of(*endpoint, settings);
  session->connection_ =
      std::make_unique<Connection>(host, company.notices, options, settings, state.traits(name),
                                   display_path(known.settings_path, host.environment));
  if (const auto& problem = session->connection_->problem()) return *problem;
  session->conversation_ = std::move(company.conversation);
  session->engine_ = std::make_unique<sync::Engine>(
      sync::EngineParts{host.files, host.clock, host.random, session->connection_->store(),
                        *session->conversation_},
      sync::EngineOptions{
          .paths = known.paths,
          .remote = name,
          .host_name = writer_name(host.environment),
          .s3_sync = known.s3_sync,
          .access = is_read_only(settings, options) ? resolve::Access::read_only
                                                    : resolve::Access::read_write,
          .signer = [connection = session->connection_.get()] { return connection->signer(); },
          .state = std::move(state),
          .race_time = options.timeout});
  return session;
}

Result<sync::RunReport> SyncSession::run(Host& host, const sync::RunRequest& request) {
  auto report = engine_->run(request);
  if (report && !request.dry_run) keep_settings(configuration_, host.files, host.random);
  return report;
}

sync::RunRequest run_request(Host& host, const Options& options,
                             const Configuration& configuration) {
  const resolve::Direction direction = direction_of(options.command, configuration.paths.role);
  const bool answers_come =
      can_ask(host, options) || options.yes || (options.force && options.command == Command::sync);
  const bool one_way = options.command != Command::sync && options.command != Command::setup;
  return {.direction = direction,
          .occasion = answers_come && !options.automatic ? resolve::Occasion::by_hand
                                                         : resolve::Occasion::unattended,
          .preference = preference_of(configuration.settings->preferences.on_conflict()),
          .force = options.force && one_way ? resolve::Force::yes : resolve::Force::no,
          .allow_empty = options.allow_empty ? resolve::AllowEmpty::yes : resolve::AllowEmpty::no,
          .dry_run = options.dry_run,
          // Whoever sets up anew expects the key to work.
          .doubts_denial = options.command == Command::setup,
          .confirm_clear = options.ask};
}

int present(ui::Console& console, const Options& options, const sync::RunReport& report) {
  const std::string skew = ui::format_skew_warning(report.skew);
  if (!skew.empty() && !report.found.was_asked) console.warn(skew);
  warn_about_remote_s3_sync(console, report);
  warn_about_unreadable(console, report);
  for (const std::string& line : ui::format_report(console, report)) console.say(line);
  console.say_json(ui::format_report_json(name_of(options.command), report));
  if (const auto error = ui::error_of_run(report)) {
    const bool both_there = report.found.local.exists && report.found.remote.exists;
    if (error->kind == ErrorKind::undecided && both_there && !report.found.was_asked) {
      for (const std::string& line : ui::format_sides(console, report.found)) {
        console.explain(line);
      }
    }
    console.fail(*error);
  }
  return ui::exit_code_of(report);
}

Result<int> run_sync(Host& host, ui::Console& console, const Options& options) {
  auto paths = find_paths(options, host);
  if (!paths) return std::move(paths).error();
  // Taking the lock would create the folder, and a machine without one was never set up.
  const auto folder = host.files.status(paths->folder);
  if (std::holds_alternative<platform::FileFailure>(folder)) return not_configured();
  auto lock = lock_run(host, options, *paths);
  if (!lock) return std::move(lock).error();
  if (options.command == Command::download && paths->role == config::S3Role::backup &&
      !options.force) {
    return only_backup(*paths, host.environment);
  }
  auto session = SyncSession::open_for_run(host, console, options, *paths);
  if (!session) return std::move(session).error();
  const Configuration& configuration = (*session)->configuration();
  if (options.command == Command::upload && is_read_only(*configuration.settings, options)) {
    return only_reads();
  }
  auto report = (*session)->run(host, run_request(host, options, configuration));
  if (!report) return std::move(report).error();
  return present(console, options, *report);
}

}  // namespace start_claude::cli
