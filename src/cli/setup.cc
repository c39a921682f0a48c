// s3-setup: ask, test, save, settle what is already there.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/connection.h"
#include "cli/connection_check.h"
#include "cli/setup_answers.h"
#include "cli/sync_session.h"
#include "config/document.h"
#include "json/write.h"
#include "sync/settings_file.h"
#include "ui/prompt.h"
#include "ui/report.h"

namespace start_claude::cli {
namespace {

class Setup {
 public:
  Setup(Host& host, ui::Console& console, const Options& options)
      : host_(host),
        console_(console),
        options_(options),
        asks_(can_ask(host, options) && !options.yes) {}

  Result<int> run() {
    auto paths = find_paths(options_, host_);
    if (!paths) return std::move(paths).error();
    auto lock = lock_run(host_, options_, *paths);
    if (!lock) return std::move(lock).error();
    auto configuration = read_configuration(*paths, host_.files);
    if (!configuration) return std::move(configuration).error();
    configuration_ = *std::move(configuration);
    const sync::LocalCopy& local = configuration_.local;
    if (local.exists && !local.document) {
      return Error{ErrorKind::invalid_data, "config.json " + local.damage + "; nothing changed",
                   "mend it by hand, or move it away and run s3-setup again"};
    }
    auto settings = gather_and_test();
    if (!settings) return std::move(settings).error();
    if (options_.dry_run) {
      console_.say("The connection works; nothing saved (--dry-run).");
      return 10;
    }
    if (auto saved = save(*settings); !saved) return std::move(saved).error();
    return settle();
  }

 private:
  Result<config::S3Settings> gather_and_test() {
    std::optional<config::S3Settings> suggestions = configuration_.settings;
    while (true) {
      auto settings =
          gather_settings(host_, console_, options_, suggestions, asks_ ? Asking::yes : Asking::no);
      if (!settings) return settings;
      auto tested = test(*settings);
      if (tested) return settings;
      if (!asks_ || tested.error().kind == ErrorKind::interrupted) return std::move(tested).error();
      console_.fail(tested.error());
      if (ask_for_authority(*settings)) return settings;
      const auto again = ui::Prompt(console_).yes_or_no("Change the answers and try again?", true);
      if (!again.value_or(false)) {
        return Error{tested.error().kind, "the connection does not work; nothing saved"};
      }
      suggestions = *std::move(settings);
    }
  }

  /// Where the server's certificate lacks nothing but an authority that is known here: asks for it
  /// until the connection works. False if that is not it, or there is none to name.
  bool ask_for_authority(config::S3Settings& settings) {
    const auto ignore = [](const std::string&) {};
    const Connection connection(host_, {.warn = ignore, .trace = ignore}, options_, settings, {},
                                "s3-setup");
    if (connection.problem() || connection.endpoint().base.scheme != "https") return false;
    const http::Uri uri = s3::bucket_uri(connection.endpoint(), settings.bucket);
    const auto facts = host_.probe_connection(
        connection.http_options(), uri,
        {.connect_timeout = options_.timeout, .total_timeout = options_.timeout});
    if (!facts.is_authority_unknown) return false;
    if (facts.tls && !facts.tls->issuer.empty()) {
      console_.explain("Its certificate is by " + base::printable(facts.tls->issuer, 80) + ".");
    }
    ui::Prompt prompt(console_);
    while (true) {
      const auto path = prompt.line(
          {.label = "PEM file with its certificate authority (Enter: none)", .required = false});
      if (!path || path->empty()) return false;
      settings.ca_file = path_to_keep(*path, host_.environment);
      const auto tested = test(settings);
      if (tested) return true;
      console_.fail(tested.error());
      if (tested.error().kind != ErrorKind::unreachable) return false;
    }
  }

  /// A region that the server names instead is taken into `settings`.
  Result<base::Done> test(config::S3Settings& settings) {
    Connection connection(host_, notices_to(console_, host_.clock), options_, settings, {},
                          "s3-setup");
    if (const auto& problem = connection.problem()) return *problem;
    console_.say("Testing " + connection.location().text());
    auto tested = read(connection);
    if (!tested && tested.error().kind == ErrorKind::no_such_bucket) {
      auto created = create_bucket(connection, tested.error());
      if (!created) return created;
      tested = read(connection);
    }
    const auto region = region_to_keep(connection, settings);
    if (tested && region) settings.region = *region;
    return tested;
  }

  Result<base::Done> read(Connection& connection) {
    auto said = describe_what_is_there(connection, host_, console_);
    if (!said) return std::move(said).error();
    console_.say("  " + *said);
    return base::Done{};
  }

  Result<base::Done> create_bucket(Connection& connection, const Error& missing) {
    const std::string& bucket = connection.location().bucket;
    bool create = options_.setup.create_bucket;
    if (!create && asks_) {
      create = ui::Prompt(console_)
                   .yes_or_no("There is no bucket " + bucket + ". Create it (private)?", true)
                   .value_or(false);
    }
    if (!create) {
      Error error = missing;
      error.hint = "create it first, or let s3-setup do it with --create-bucket";
      return error;
    }
    auto created = connection.store().create_bucket(bucket);
    if (created) console_.say("  created the bucket " + bucket + " (private)");
    return created;
  }

  /// Into s3-config.json where the other writer keeps its settings there, and into config.json;
  /// but not into one that a cloud folder hands to other machines.
  Result<base::Done> save(const config::S3Settings& settings) {
    const sync::Paths& paths = configuration_.paths;
    const bool is_shared = paths.role == config::S3Role::backup;
    if (is_shared || configuration_.settings_path == paths.s3_config) {
      auto saved = sync::save_s3_config(host_.files, paths.s3_config, settings,
                                        {.now = host_.clock.now(), .unique = host_.random.next()});
      if (!saved) return saved;
    }
    if (is_shared) return save_apart();
    const sync::LocalCopy& local = configuration_.local;
    json::Value document = local.document.value_or(json::Object{{"configs", json::Array{}}});
    auto written = write(config::with_s3_settings(std::move(document), settings));
    if (written) say_saved(paths.config);
    return written;
  }

  void say_saved(const std::string& path) {
    console_.say("Saved in " + display_path(path, host_.environment) + " (mode 600).");
  }

  /// The settings are in s3-config.json; what an earlier setup left in config.json goes.
  Result<base::Done> save_apart() {
    say_saved(configuration_.paths.s3_config);
    const auto& document = configuration_.local.document;
    if (!document || !config::has_s3_sync(*document)) return base::Done{};
    auto written = write(config::without_s3_sync(*document));
    if (!written) return written;
    console_.warn("took the S3 settings, credentials included, out of " +
                  display_path(configuration_.paths.config, host_.environment) +
                  ", which its cloud folder hands to other machines");
    console_.hint("run s3-setup on each of those: they have no S3 settings of their own yet");
    return base::Done{};
  }

  Result<base::Done> write(const json::Value& document) {
    const sync::Paths& paths = configuration_.paths;
    const sync::LocalCopy& local = configuration_.local;
    platform::ReplaceOptions replace{.stays_the_same_file = true, .unique = host_.random.next()};
    if (local.exists) {
      replace.expected = local.fingerprint;
      // The profiles did not change, so the file must not look as if they had.
      replace.modified = local.modified;
    } else {
      replace.expected_absent = true;
    }
    const auto outcome = platform::replace_file(host_.files, paths.config,
                                                json::write_over(local.text, document), replace);
    if (const auto* failure = std::get_if<platform::FileFailure>(&outcome)) {
      return platform::disk_error("write", paths.config, *failure);
    }
    if (std::get<platform::ReplaceOutcome>(outcome) == platform::ReplaceOutcome::replaced) {
      return base::Done{};
    }
    return Error{ErrorKind::undecided, "config.json was changed by another program meanwhile",
                 "run s3-setup again"};
  }

  Result<int> settle() {
    auto configuration = read_configuration(configuration_.paths, host_.files);
    if (!configuration) return std::move(configuration).error();
    auto session = SyncSession::open_with(host_, console_, options_, *std::move(configuration));
    if (!session) return std::move(session).error();
    const auto& known = (*session)->configuration();
    auto report = (*session)->run(host_, run_request(host_, options_, known));
    if (!report) return std::move(report).error();
    const int exit_code = present(console_, options_, *report);
    if (report->remote_changed || report->found.remote.exists) {
      console_.say("API keys travel inside this file: keep the bucket private.");
    }
    if (report->result == sync::RunResult::merged) {
      console_.say(
          "On the next machine: start-claude s3-setup. To keep in sync: start-claude watch");
    }
    return ui::was_declined(*report) ? 0 : exit_code;
  }

  Host& host_;
  ui::Console& console_;
  const Options& options_;
  bool asks_;
  Configuration configuration_;
};

}  // namespace

Result<int> run_setup(Host& host, ui::Console& console, const Options& options) {
  return Setup(host, console, options).run();
}

}  // namespace start_claude::cli
