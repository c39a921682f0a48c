// s3-status and s3-diff: look at both sides, change nothing.
#include <utility>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/pending_changes.h"
#include "cli/sync_session.h"
#include "config/document.h"
#include "json/write.h"
#include "resolve/merge.h"
#include "sync/automatic_run.h"
#include "ui/automatic.h"
#include "ui/automatic_rule.h"
#include "ui/changes.h"
#include "ui/names.h"
#include "ui/next_step.h"
#include "ui/report.h"
#include "ui/sides.h"
#include "ui/table.h"

namespace start_claude::cli {
namespace {

std::string describe_local(const ui::Console& console, const sync::LocalCopy& local,
                           std::optional<std::size_t> pending) {
  if (!local.exists) return "no config.json";
  if (!local.document) return "config.json " + local.damage;
  std::string text =
      base::count_of(local.profiles, "configuration") + ", " + console.time(base::plausible(local.modified, base::time_max));
  if (pending && *pending > 0) text += ", " + base::count_of(*pending, "change") + " not uploaded";
  return text;
}

std::string describe_remote(const ui::Console& console, const sync::RemoteCopy& remote) {
  if (!remote.exists) return "nothing stored there yet";
  if (!remote.document) return "what is stored there " + remote.damage;
  std::string text =
      base::count_of(remote.profiles, "configuration") + ", " + console.time(remote.modified);
  if (!remote.writer.empty()) text += ", by " + base::printable(remote.writer);
  return text;
}

class Status {
 public:
  Status(Host& host, ui::Console& console, const Options& options)
      : host_(host), console_(console), options_(options) {}

  Result<int> run() {
    auto session = SyncSession::open(host_, console_, options_);
    if (!session) {
      if (session.error().kind == ErrorKind::not_configured) {
        console_.say("S3 sync      not configured");
      }
      return std::move(session).error();
    }
    session_ = session->get();
    const Configuration& configuration = session_->configuration();
    const sync::State state = sync::State::load(host_.files, configuration.paths.state);
    const config::S3Settings& settings = *configuration.settings;
    const auto name = remote_name_of(session_->connection().endpoint(), settings);
    traits_ = state.traits(name);
    pending_ =
        changes_not_uploaded(host_, configuration.paths, configuration.local, state.remote(name));
    describe_settings(name);
    if (options_.offline) return present_offline(state.remote(name));

    const auto began = host_.clock.monotonic();
    // What the next s3-sync on a terminal would do; looking itself asks nothing.
    auto situation = session_->engine().look(next_run());
    if (!situation) return present_failure(std::move(situation).error());
    const auto took = host_.clock.monotonic() - began;
    return present_online(*situation, took);
  }

 private:
  sync::RunRequest next_run() const {
    const Configuration& configuration = session_->configuration();
    const bool is_backup = configuration.paths.role == config::S3Role::backup;
    return {.direction = is_backup ? resolve::Direction::up : resolve::Direction::both,
            .preference = preference_of(configuration.settings->preferences.on_conflict())};
  }

  void add(std::string label, std::string text) {
    rows_.push_back({"  " + std::move(label), std::move(text)});
  }

  void describe_settings(const sync::RemoteName& name) {
    Connection& connection = session_->connection();
    const s3::Endpoint& endpoint = connection.endpoint();
    add("target", connection.location().text() + " (" + endpoint.region + ")");
    if (!endpoint.is_amazon) add("endpoint", endpoint.base.scheme + "://" + name.endpoint);
    describe_credentials(
        connection.describe_credentials(options_.offline ? Lookup::not_allowed : Lookup::allowed));
    const sync::Paths& paths = session_->configuration().paths;
    if (paths.role == config::S3Role::backup) {
      add("role", "a copy of " + display_path(paths.config, host_.environment) +
                      ", which its cloud folder syncs");
    }
    const auto rule = automatic_rule(session_->configuration(), options_);
    if (options_.verbose || rule.preferences.says_anything()) {
      add("automatic", ui::format_preferences(rule.preferences));
    }
    json_.set("automatic", config::json_of(rule.preferences));
    if (options_.verbose && endpoint.base.scheme == "https") {
      add("trusts", connection.describe_trust());
    }
    json_.set("target", connection.location().text());
    json_.set("region", endpoint.region);
    json_.set("endpoint", endpoint.base.scheme + "://" + name.endpoint);
  }

  void describe_credentials(const CredentialsDescription& credentials) {
    add("key id", credentials.text(host_.clock));
    json::Object object{{"source", credentials.source}};
    if (!credentials.key_id.empty()) object.set("key_id", credentials.key_id);
    if (credentials.expires) object.set("expires", base::format_rfc3339(*credentials.expires));
    json_.set("credentials", std::move(object));
  }

  /// The journey of a run that nobody watched ends here.
  void add_automatic() {
    const auto run =
        sync::last_automatic_run(host_.files, session_->configuration().paths.automatic);
    if (!run) return;
    add("last automatic sync", ui::format_automatic_run(*run, host_.clock.now()));
    json_.set("last_automatic", ui::json_of(*run));
  }

  void add_access(bool is_write_denied) {
    const bool is_off = is_read_only(*session_->configuration().settings, options_);
    json_.set("read_only", is_off);
    json_.set("write_denied", is_write_denied);
    if (is_off) return add("uploads", "none: this machine only reads (s3-setup --read-write)");
    if (is_write_denied) add("uploads", "denied to this key; s3-upload tries again");
  }

  void print() {
    for (const std::string& line : ui::format_table(rows_, 0)) console_.say(line);
  }

  void print_json(std::string_view result, int exit_code, std::string_view reason) {
    json::Object object{{"command", name_of(options_.command)},
                        {"result", result},
                        {"exit", json::Value::integer(exit_code)},
                        {"changed", false}};
    for (const json::Member& member : json_.members()) object.set(member.name, member.value);
    object.set("conditional_writes", ui::name_of(traits_.if_match));
    object.set("reason", reason);
    console_.say_json(json::write_compact(object));
  }

  void add_local() {
    const sync::LocalCopy& local = session_->configuration().local;
    add("local", describe_local(console_, local, pending_));
    json_.set("local", ui::json_of(local));
    if (pending_) {
      json_.set("changes_not_uploaded", json::Value::integer(static_cast<long long>(*pending_)));
    }
  }

  Result<int> present_offline(const sync::RemoteState& remembered) {
    add("connection", "not tried (--offline)");
    add_local();
    add_access(false);
    std::string last = "never";
    if (remembered.modified) last = console_.time(*remembered.modified);
    if (!remembered.writer.empty()) last += ", by " + base::printable(remembered.writer);
    add("last sync", last);
    json_.set("remote", json::Null{});
    add_automatic();
    add("conditional writes", std::string(ui::name_of(traits_.if_match)));
    print();
    print_json("ok", 0, "offline");
    return 0;
  }

  Result<int> present_failure(Error error) {
    rows_.push_back({"  connection failed: " + error.message});
    add_local();
    json_.set("remote", json::Null{});
    json_.set("error", ui::json_of(error));
    add_automatic();
    const int exit_code = base::exit_code(error.kind);
    print();
    print_json("failed", exit_code, ui::name_of(error.kind));
    if (console_.quiet() || console_.json()) {
      console_.fail(error);
    } else if (!error.hint.empty()) {
      console_.hint(error.hint);
    }
    return exit_code;
  }

  Result<int> present_online(const sync::Situation& situation, std::chrono::milliseconds took) {
    add("connection", "ok, " + std::to_string(took.count()) + " ms");
    add_local();
    add("remote", describe_remote(console_, situation.remote));
    const bool reads_only = situation.input.access == resolve::Access::read_only;
    add_access(reads_only && !is_read_only(*session_->configuration().settings, options_));
    const std::string local_newer = ui::newer_by(situation, resolve::Side::local);
    const std::string remote_newer = ui::newer_by(situation, resolve::Side::remote);
    const bool both = situation.local.exists && situation.remote.exists;
    if (both && !local_newer.empty()) add("difference", "local " + local_newer);
    if (both && !remote_newer.empty()) add("difference", "remote " + remote_newer);
    add("next sync", ui::describe_next(situation));
    add_automatic();
    add("conditional writes", std::string(ui::name_of(traits_.if_match)));
    print();
    json_.set("remote", ui::json_of(situation.remote));
    json_.set("next", ui::describe_next(situation));
    print_json("ok", 0, ui::name_of(resolve::cause_of(situation.resolution)));
    const std::string skew = ui::format_skew_warning(situation.skew);
    if (!skew.empty()) console_.warn(skew);
    return 0;
  }

  Host& host_;
  ui::Console& console_;
  const Options& options_;
  SyncSession* session_ = nullptr;
  sync::StoreTraits traits_;
  std::optional<std::size_t> pending_;
  std::vector<ui::Row> rows_{{"S3 sync", "configured"}};
  json::Object json_;
};

}  // namespace

Result<int> run_status(Host& host, ui::Console& console, const Options& options) {
  return Status(host, console, options).run();
}

Result<int> run_diff(Host& host, ui::Console& console, const Options& options) {
  auto session = SyncSession::open(host, console, options);
  if (!session) return std::move(session).error();
  auto situation = (*session)->engine().look({});
  if (!situation) return std::move(situation).error();
  const auto* local = situation->input.local.snapshot();
  const auto* remote = situation->input.remote.snapshot();
  if (local == nullptr && situation->local.exists) {
    return Error{ErrorKind::invalid_data, "config.json " + situation->local.damage};
  }
  if (remote == nullptr && situation->remote.exists) {
    return Error{ErrorKind::invalid_data, "the remote copy " + situation->remote.damage};
  }
  const json::Value nothing = json::Object{{"configs", json::Array{}}};
  const auto differences = resolve::differences(local != nullptr ? local->document : nothing,
                                                remote != nullptr ? remote->document : nothing);
  for (const std::string& line : ui::format_sides(console, *situation)) console.say(line);
  if (differences.empty()) console.say("No differences.");
  for (const std::string& line : ui::format_differences(differences)) console.say(line);
  json::Array fields;
  for (const auto& difference : differences) {
    fields.emplace_back(
        json::Object{{"field", resolve::format_path(difference.path)},
                     {"local", ui::format_value(difference.path, difference.local)},
                     {"remote", ui::format_value(difference.path, difference.remote)}});
  }
  console.say_json(json::write_compact(
      json::Object{{"command", name_of(options.command)},
                   {"result", differences.empty() ? "in_sync" : "pending"},
                   {"exit", json::Value::integer(0)},
                   {"changed", false},
                   {"local", ui::json_of(situation->local)},
                   {"remote", ui::json_of(situation->remote)},
                   {"reason", ui::name_of(resolve::cause_of(situation->resolution))},
                   {"differences", std::move(fields)}}));
  return 0;
}

}  // namespace start_claude::cli
