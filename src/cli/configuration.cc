#include "cli/configuration.h"

#include <array>
#include <utility>

#include "config/document.h"
#include "json/parse.h"
#include "json/write.h"
#include "sync/history_import.h"

namespace start_claude::cli {
namespace {

/// The value of a JSON file of ours; nothing if it is absent or no JSON.
std::optional<json::Value> read_json(const platform::FileSystem& files, const std::string& path) {
  const auto read = files.read(path);
  const auto* content = std::get_if<platform::FileContent>(&read);
  if (content == nullptr) return std::nullopt;
  auto parsed = config::parse_document(content->bytes);
  if (!parsed) return std::nullopt;
  return *std::move(parsed);
}

json::Value document_with(const json::Value& s3_sync) {
  return json::Object{{"settings", json::Object{{"s3Sync", s3_sync}}}};
}

std::optional<json::Value> s3_sync_in(const json::Value& document) {
  const json::Value* settings = document.find("settings");
  const json::Value* s3_sync = settings != nullptr ? settings->find("s3Sync") : nullptr;
  if (s3_sync == nullptr) return std::nullopt;
  return *s3_sync;
}

/// From s3-config.json, the other writer's file. False if there is none to read.
Result<bool> read_s3_config(Configuration& configuration, const platform::FileSystem& files) {
  const std::string& path = configuration.paths.s3_config;
  const auto read = files.read(path);
  const auto* content = std::get_if<platform::FileContent>(&read);
  if (content == nullptr) return false;
  auto parsed = config::parse_document(content->bytes);
  if (!parsed) {
    return Error{ErrorKind::invalid_data, path + " " + parsed.error().message,
                 "mend or remove that file, then run s3-setup"};
  }
  auto settings = config::s3_settings_from_s3_config(*parsed);
  if (!settings) return std::move(settings).error();
  if (!*settings) return false;
  configuration.settings = **std::move(settings);
  configuration.settings_path = path;
  return true;
}

/// The paths of the folder this program owns, which may say that config.json is somewhere else.
Result<sync::Paths> paths_in(const std::string& folder, const platform::FileSystem& files) {
  const std::string sync_json = platform::join_path(folder, "sync.json");
  const auto read = files.read(sync_json);
  if (const auto* failure = std::get_if<platform::FileFailure>(&read)) {
    if (failure->kind == platform::FileFailureKind::no_such_file) {
      return sync::paths_beside(platform::join_path(folder, "config.json"));
    }
    return platform::disk_error("read", sync_json, *failure);
  }
  auto parsed = config::parse_document(std::get<platform::FileContent>(read).bytes);
  if (!parsed) {
    return Error{ErrorKind::invalid_data, sync_json + " " + parsed.error().message,
                 "mend that file, or remove it to keep config.json beside it"};
  }
  auto cloud = config::cloud_folder_from(*parsed);
  if (!cloud) return std::move(cloud).error();
  if (*cloud) return sync::paths_with_cloud(folder, **cloud);
  return sync::paths_beside(platform::join_path(folder, "config.json"));
}

/// The settings of a configuration whose `s3_sync` is known.
Result<base::Done> find_settings(Configuration& configuration, const platform::FileSystem& files) {
  auto from_s3_config = read_s3_config(configuration, files);
  if (!from_s3_config) return std::move(from_s3_config).error();
  if (*from_s3_config || !configuration.s3_sync) return base::Done{};
  auto settings = config::s3_settings_from(document_with(*configuration.s3_sync));
  if (!settings) return std::move(settings).error();
  configuration.settings = *std::move(settings);
  configuration.settings_path = configuration.paths.config;
  return base::Done{};
}

}  // namespace

Result<sync::Paths> find_paths(const Options& options, const Host& host) {
  if (options.config) return sync::paths_beside(*options.config);
  if (const auto file = host.environment.variable("START_CLAUDE_CONFIG")) {
    return sync::paths_beside(*file);
  }
  if (const auto folder = host.environment.variable("START_CLAUDE_HOME")) {
    return paths_in(*folder, host.files);
  }
  if (const auto home = host.environment.variable("HOME")) {
    return paths_in(platform::join_path(*home, ".start-claude"), host.files);
  }
  return Error{ErrorKind::usage, "HOME is not set, so there is no place for config.json",
               "name the file with --config FILE or START_CLAUDE_CONFIG"};
}

std::string display_path(const std::string& path, const platform::Environment& environment) {
  const auto home = environment.variable("HOME");
  if (home && path.starts_with(*home + "/")) return "~" + path.substr(home->size());
  return path;
}

Result<Configuration> read_configuration(const sync::Paths& paths,
                                         const platform::FileSystem& files) {
  Configuration configuration{.paths = paths};
  auto local = sync::read_local(files, paths.config);
  if (!local) return std::move(local).error();
  configuration.local = *std::move(local);

  const auto& document = configuration.local.document;
  if (document) configuration.s3_sync = s3_sync_in(*document);
  if (configuration.s3_sync) configuration.s3_sync = configuration.s3_sync->detached();
  const bool is_lost = !document || config::entry_count(*document) == 0;
  if (!configuration.s3_sync && is_lost) configuration.s3_sync = read_json(files, paths.settings);
  if (!configuration.s3_sync && is_lost) {
    configuration.s3_sync = read_json(files, sync::old_settings_path(paths));
  }
  auto settings = find_settings(configuration, files);
  if (!settings) return std::move(settings).error();
  // Nobody writes credentials into a file that a cloud folder hands to other machines.
  if (is_lost && paths.role == config::S3Role::backup) configuration.s3_sync.reset();
  return configuration;
}

namespace {

/// Whoever wants the settings reads the file again when it is its turn: a large one is not kept.
Result<Configuration> read_settings_alone(const sync::Paths& paths,
                                          const platform::FileSystem& files) {
  auto configuration = read_configuration(paths, files);
  if (!configuration) return configuration;
  configuration->local.text.clear();
  configuration->local.document.reset();
  return configuration;
}

}  // namespace

Result<Configuration> read_settings(const sync::Paths& paths, const platform::FileSystem& files) {
  constexpr std::array<std::string_view, 2> place{"settings", "s3Sync"};
  const sync::State state = sync::State::load(files, paths.state);
  const auto& known = state.local();
  auto local = known ? sync::known_local(files, paths.config, *known) : std::nullopt;
  if (!local) return read_settings_alone(paths, files);
  const auto read = files.read(paths.config);
  const auto* content = std::get_if<platform::FileContent>(&read);
  if (content == nullptr || content->fingerprint != known->fingerprint) {
    return read_settings_alone(paths, files);
  }
  Configuration configuration{.paths = paths, .local = *std::move(local), .state = state};
  configuration.s3_sync = json::parse_at(content->bytes, place);
  auto settings = find_settings(configuration, files);
  if (!settings) return std::move(settings).error();
  return configuration;
}

Result<Configuration> find_configuration(const Options& options, const Host& host) {
  auto paths = find_paths(options, host);
  if (!paths) return std::move(paths).error();
  return read_configuration(*paths, host.files);
}

void keep_settings(const Configuration& configuration, platform::FileSystem& files,
                   platform::Random& random) {
  if (!configuration.s3_sync) return;
  const std::string text = json::write_pretty(*configuration.s3_sync);
  const std::string& path = configuration.paths.settings;
  const auto read = files.read(path);
  const auto* content = std::get_if<platform::FileContent>(&read);
  if (content != nullptr && content->bytes == text) return;
  (void)platform::replace_file(files, path, text, {.unique = random.next()});
}

Error not_configured() {
  return {ErrorKind::not_configured, "S3 sync is not configured", "run start-claude s3-setup"};
}

}  // namespace start_claude::cli
