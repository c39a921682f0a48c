// s3-doctor: looks at everything a sync needs, one after the other, and says what to mend.
#include <set>
#include <utility>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/connection.h"
#include "cli/machine_memory.h"
#include "cli/sync_session.h"
#include "config/document.h"
#include "json/write.h"
#include "platform/link_trail.h"
#include "sync/write_trial.h"
#include "ui/access_policy.h"
#include "ui/machine_findings.h"
#include "ui/store_findings.h"

namespace start_claude::cli {
namespace {

std::optional<unsigned> mode_of(const platform::FileSystem& files, const std::string& path) {
  const auto status = files.status(path);
  const auto* found = std::get_if<platform::FileStatus>(&status);
  if (found == nullptr) return std::nullopt;
  return found->mode;
}

class Doctor {
 public:
  Doctor(Host& host, ui::Console& console, const Options& options)
      : host_(host), console_(console), options_(options) {}

  Result<int> run() {
    auto paths = find_paths(options_, host_);
    if (!paths) return std::move(paths).error();
    look(*paths);
    for (const std::string& line : ui::format_findings(findings_)) console_.say(line);
    console_.say_json(ui::format_findings_json(name_of(options_.command), findings_));
    return ui::exit_code_of(findings_);
  }

 private:
  void add(ui::Finding finding) { findings_.push_back(std::move(finding)); }

  void look(const sync::Paths& paths) {
    const auto local = sync::read_local(host_.files, paths.config);
    look_at_place(paths, local && local->document && config::has_s3_sync(*local->document));
    if (!local) return add(ui::finding_from("config file", local.error()));
    auto configuration = read_configuration(paths, host_.files);
    if (!configuration) return add(ui::finding_from("settings", configuration.error()));
    look_at_files(*configuration);
    if (!configuration->settings) return add(ui::finding_from("settings", not_configured()));
    const config::S3Settings& settings = *configuration->settings;
    const auto endpoint = endpoint_of(settings, host_);
    if (!endpoint) return add(ui::finding_from("settings", endpoint.error()));
    const sync::RemoteName name = remote_name_of(*endpoint, settings);
    const sync::State state = sync::State::load(host_.files, paths.state);
    look_at_state(paths, state.remote(name));
    const sync::StoreTraits traits = state.traits(name);
    // What the store would warn about on the way is a finding here.
    const Notices only_traces{.warn = [](const std::string&) {},
                              .trace = [this](const std::string& line) { console_.trace(line); }};
    Connection connection(host_, only_traces, options_, settings, traits,
                          display_path(configuration->settings_path, host_.environment));
    if (const auto& problem = connection.problem()) {
      return add(ui::finding_from("settings", *problem));
    }
    add({.check = "settings",
         .text = connection.location().text() + " at " + endpoint->base.scheme + "://" +
                 name.endpoint + ", region " + endpoint->region});
    look_at_store(connection, traits);
  }

  void look_at_files(const Configuration& configuration) {
    const sync::Paths& paths = configuration.paths;
    add(ui::config_file_finding({.shown_path = display_path(paths.config, host_.environment),
                                 .local = configuration.local,
                                 .is_set_up = configuration.settings.has_value(),
                                 .mode = mode_of(host_.files, paths.config),
                                 .folder_mode = mode_of(host_.files, paths.folder)}));
    look_at_lock(paths);
    look_at_history(paths);
  }

  void look_at_place(const sync::Paths& paths, bool has_s3_sync) {
    const platform::LinkTrail trail = platform::trace_links(host_.files, paths.config);
    ui::PlaceFacts facts{.cloud = paths.cloud, .has_s3_sync = has_s3_sync};
    if (!trail.links.empty()) facts.target = display_path(trail.target, host_.environment);
    const auto status = host_.files.status(paths.config);
    if (const auto* found = std::get_if<platform::FileStatus>(&status)) {
      facts.exists = true;
      facts.names = found->links;
      facts.mount = host_.files.mount_of(paths.config);
    }
    if (!facts.exists && trail.links.empty() && paths.cloud.empty()) return;
    add(ui::place_finding(facts));
  }

  void look_at_lock(const sync::Paths& paths) {
    if (!mode_of(host_.files, paths.lock)) {
      return add(ui::lock_finding(ui::LockState::no_folder, ""));
    }
    std::string holder;
    const auto read = host_.files.read(paths.lock);
    if (const auto* content = std::get_if<platform::FileContent>(&read)) holder = content->bytes;
    auto attempt = host_.files.try_lock(paths.lock, holder);
    if (const auto* failure = std::get_if<platform::FileFailure>(&attempt)) {
      return add(ui::finding_from("lock", platform::disk_error("lock", paths.lock, *failure)));
    }
    const bool is_free = std::get<std::unique_ptr<platform::FileLock>>(attempt) != nullptr;
    add(ui::lock_finding(is_free ? ui::LockState::free : ui::LockState::held, holder));
  }

  void look_at_history(const sync::Paths& paths) {
    auto machine = MachineMemory::open(host_, paths);
    if (!machine) return add(ui::finding_from("history", machine.error()));
    if (auto complete = (*machine)->memory().complete(); !complete) {
      return add(ui::finding_from("history", complete.error()));
    }
    ui::HistoryFacts facts{.entries = (*machine)->memory().known().contents.size()};
    const auto status = host_.files.status(paths.journal);
    const auto* file = std::get_if<platform::FileStatus>(&status);
    if (file != nullptr) facts.size_bytes = file->fingerprint.size;
    add(ui::history_finding(facts));
  }

  void look_at_state(const sync::Paths& paths, const sync::RemoteState& remembered) {
    const auto read = host_.files.read(paths.state);
    const auto* content = std::get_if<platform::FileContent>(&read);
    const bool is_readable =
        content != nullptr && config::parse_document(content->bytes).has_value();
    add(ui::state_finding(
        console_,
        {.exists = content != nullptr, .is_readable = is_readable, .remembered = remembered}));
  }

  void look_at_store(Connection& connection, const sync::StoreTraits& traits) {
    const auto credentials = connection.credentials();
    add(ui::credentials_finding(credentials, host_.clock.now()));
    const http::Uri uri = s3::bucket_uri(connection.endpoint(), connection.location().bucket);
    const auto facts = host_.probe_connection(
        connection.http_options(), uri,
        {.connect_timeout = std::min<std::chrono::milliseconds>(options_.timeout, connect_max),
         .total_timeout = options_.timeout});
    for (auto& finding : ui::connection_findings(uri, facts, host_.clock.now())) {
      add(std::move(finding));
    }
    if (credentials && !facts.failure) look_at_object(connection, traits);
  }

  void look_at_object(Connection& connection, const sync::StoreTraits& traits) {
    s3::S3ObjectStore& store = connection.store();
    const s3::ObjectLocation location = connection.location();
    const auto read = store.get(location, std::nullopt);
    std::optional<s3::Object> current;
    std::optional<sync::RemoteCopy> copy;
    if (read && std::holds_alternative<s3::Object>(*read)) {
      current = std::get<s3::Object>(*read);
      copy = sync::remote_copy_of(*current);
    }
    add(ui::clock_finding(store.clock_skew()));
    add(ui::bucket_finding({.bucket = location.bucket,
                            .configured_region = connection.endpoint().region,
                            .region = store.region(),
                            .product = store.product()},
                           read));
    add(ui::read_finding(read, copy));
    // Whoever cannot ask that has nothing more to ask.
    if (!read && read.error().kind != ErrorKind::invalid_data) return;
    ui::WriteFacts written;
    if (options_.doctor.write) {
      written = sync::try_writing(store, host_.random,
                                  {.object = location,
                                   .current = std::move(current),
                                   .if_none_match = traits.if_none_match});
    }
    add(ui::write_finding(written));
    add(ui::conditional_writes_finding(written, traits));
    look_at_bucket(store, location, written);
  }

  void look_at_bucket(s3::S3ObjectStore& store, const s3::ObjectLocation& location,
                      const ui::WriteFacts& written) {
    const auto versioning = store.versioning(location.bucket);
    add(versioning ? ui::versioning_finding(*versioning, store.list_versions(location))
                   : ui::finding_from("versioning", versioning.error()));
    const auto all = store.may_list_buckets();
    const auto ours = store.may_list_objects(location.bucket);
    ui::PermissionFacts facts{.list_buckets = all ? *all : s3::Permission::unknown,
                              .list_objects = ours ? *ours : s3::Permission::unknown};
    if (written && *written && (*written)->outcome == sync::WriteTrial::Outcome::allowed) {
      facts.remove = (*written)->remove;
    }
    add(ui::permissions_finding(facts));
  }

  static constexpr std::chrono::milliseconds connect_max{10'000};

  Host& host_;
  ui::Console& console_;
  const Options& options_;
  std::vector<ui::Finding> findings_;
};

struct PolicyPlace {
  s3::ObjectLocation object;
  s3::Endpoint endpoint;
  bool is_read_only = false;
};

/// The settings, with what the command line says instead.
Result<PolicyPlace> policy_place(Host& host, const Options& options) {
  const SetupOptions& given = options.setup;
  config::S3Settings settings;
  auto paths = find_paths(options, host);
  if (!paths) return std::move(paths).error();
  auto configuration = read_configuration(*paths, host.files);
  if (configuration && configuration->settings) {
    settings = *configuration->settings;
  } else if (!given.bucket) {
    if (!configuration) return std::move(configuration).error();
    Error error = not_configured();
    error.hint = "name the bucket with --bucket, or run start-claude s3-setup first";
    return error;
  }
  settings.bucket = given.bucket.value_or(settings.bucket);
  settings.region = given.region.value_or(settings.region);
  settings.key = given.key.value_or(settings.key);
  auto endpoint = endpoint_of(settings, host);
  if (!endpoint) return std::move(endpoint).error();
  auto bucket = s3::check_bucket_in_use(settings.bucket, endpoint->is_amazon);
  if (!bucket) return std::move(bucket).error();
  auto key = s3::check_object_key(settings.key);
  if (!key) return std::move(key).error();
  return PolicyPlace{
      {settings.bucket, settings.key}, *std::move(endpoint), is_read_only(settings, options)};
}

Result<int> print_policy(Host& host, ui::Console& console, const Options& options) {
  auto place = policy_place(host, options);
  if (!place) return std::move(place).error();
  const std::string_view partition =
      place->endpoint.is_amazon ? s3::partition_of(place->endpoint.region) : "aws";
  const json::Value policy =
      ui::access_policy(partition, place->object,
                        {.writes = !place->is_read_only, .history = options.doctor.history});
  console.say(base::trim(json::write_pretty(policy)));
  console.say_json(json::write_compact(policy));
  if (!console.quiet() && !place->endpoint.is_amazon) {
    console.hint(std::string("a service without IAM policies calls this: ") +
                 (place->is_read_only ? "read" : "read and write") + ", limited to bucket " +
                 place->object.bucket);
  }
  return 0;
}

}  // namespace

Result<int> run_doctor(Host& host, ui::Console& console, const Options& options) {
  if (options.doctor.policy) return print_policy(host, console, options);
  return Doctor(host, console, options).run();
}

}  // namespace start_claude::cli
