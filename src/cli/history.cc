// s3-history and s3-restore: what there was, and bringing one of them back.
#include <utility>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/sync_session.h"
#include "config/document.h"
#include "json/write.h"
#include "resolve/merge.h"
#include "sync/displaced.h"
#include "sync/revisions.h"
#include "ui/changes.h"
#include "ui/names.h"
#include "ui/prompt.h"
#include "ui/report.h"
#include "ui/table.h"

namespace start_claude::cli {
namespace {

sync::History history_of(Host& host, const sync::Paths& paths) {
  return {host.files, host.clock, host.random, paths.history};
}

/// Local revisions, and remote ones where this machine is set up and may use the network.
Result<std::vector<sync::Revision>> all_revisions(Host& host, ui::Console& console,
                                                  const Options& options,
                                                  const Configuration& configuration) {
  const sync::History history = history_of(host, configuration.paths);
  if (options.offline || !configuration.settings) {
    return sync::list_revisions(history, nullptr, {});
  }
  auto session = SyncSession::open_with(host, console, options, configuration);
  if (!session) return std::move(session).error();
  Connection& connection = (*session)->connection();
  auto all = sync::list_revisions(history, &connection.store(), connection.location());
  if (all || all.error().kind != ErrorKind::unreachable) return all;
  console.warn(all.error().message + "; showing only what is kept here");
  return sync::list_revisions(history, nullptr, {});
}

/// What replacing `before` does, by name: "staging added, dev removed, production.model changed".
std::string describe_effects(const json::Value& before, const json::Value& after) {
  constexpr std::size_t named_max = 4;
  const auto differences = resolve::differences(before, after);
  std::vector<std::string> parts;
  for (const resolve::FieldChange& change : differences) {
    if (parts.size() == named_max) break;
    std::string name = base::printable(resolve::format_path(change.path));
    name += !change.local ? " added" : !change.remote ? " removed" : " changed";
    parts.push_back(std::move(name));
  }
  std::string text = base::join(parts, ", ");
  const std::size_t more = differences.size() - parts.size();
  if (more > 0) text += " and " + std::to_string(more) + " more";
  return text;
}

class Restore {
 public:
  Restore(Host& host, ui::Console& console, const Options& options)
      : host_(host), console_(console), options_(options) {}

  Result<int> run() {
    auto paths = find_paths(options_, host_);
    if (!paths) return std::move(paths).error();
    auto lock = lock_run(host_, options_, *paths);
    if (!lock) return std::move(lock).error();
    if (!options_.dry_run) {
      if (auto done = restore_displaced(*paths); !done) return std::move(done).error();
    }
    auto configuration = read_configuration(*paths, host_.files);
    if (!configuration) return std::move(configuration).error();
    configuration_ = *std::move(configuration);
    uploads_ = !options_.restore.local_only && configuration_.settings &&
               !is_read_only(*configuration_.settings, options_);

    auto chosen = choose();
    if (!chosen) return std::move(chosen).error();
    auto document = config::parse_shared_document(chosen->text);
    if (!document) return std::move(document).error();
    if (chosen->profiles == 0 && !options_.allow_empty) return without_profiles();
    effects_ = describe_effects(before(), config::without_s3_sync(*document));
    const std::string what = counted(*chosen) + " from " + console_.time(chosen->saved);
    if (options_.dry_run) {
      console_.say("Would restore " + what + where() + with_effects() + ".");
      say_json("pending", 10, *chosen);
      return 10;
    }
    // What stands in the way of the upload is told before anything is replaced here.
    if (uploads_) {
      auto session = SyncSession::open_with(host_, console_, options_, configuration_);
      if (!session) return std::move(session).error();
      session_ = *std::move(session);
    }
    auto agreed = confirm(what);
    if (!agreed) return std::move(agreed).error();
    if (!*agreed) {
      const int exit_code = base::exit_code(ErrorKind::undecided);
      console_.say("Nothing changed.");
      say_json("held", exit_code, *chosen);
      return exit_code;
    }
    if (auto written = write(*chosen, *document); !written) return std::move(written).error();
    if (uploads_) return upload(*chosen);
    say_restored(*chosen, " here");
    say_json("restored", 0, *chosen);
    return 0;
  }

 private:
  /// What a run that was cut off left beside config.json would else come back over what is
  /// restored.
  Result<base::Done> restore_displaced(const sync::Paths& paths) {
    auto restored = sync::restore_displaced({.files = host_.files,
                                             .clock = host_.clock,
                                             .random = host_.random,
                                             .paths = paths,
                                             .host_name = writer_name(host_.environment)});
    if (!restored) return std::move(restored).error();
    if (!restored->conflicts.empty()) console_.warn(ui::format_displaced_lost(restored->conflicts));
    return base::Done{};
  }

  static std::string counted(const sync::Revision& chosen) {
    return base::count_of(chosen.profiles, "configuration");
  }
  std::string where() const { return uploads_ ? ", here and remotely" : ", here only"; }
  std::string with_effects() const { return effects_.empty() ? "" : ": " + effects_; }

  json::Value before() const {
    const auto& document = configuration_.local.document;
    return document ? config::without_s3_sync(*document)
                    : json::Value(json::Object{{"configs", json::Array{}}});
  }

  std::string asked_for() const {
    return options_.restore.last ? "--last" : std::to_string(*options_.restore.number);
  }

  Result<sync::Revision> choose() {
    if (options_.restore.last) {
      auto last =
          sync::last_replaced(history_of(host_, configuration_.paths), configuration_.local);
      if (last) return *std::move(last);
      return Error{ErrorKind::undecided, "nothing was replaced on this machine yet",
                   "s3-history lists what there is"};
    }
    auto all = all_revisions(host_, console_, options_, configuration_);
    if (!all) return std::move(all).error();
    const std::size_t number = *options_.restore.number;
    if (number >= 1 && number <= all->size()) return std::move((*all)[number - 1]);
    return Error{ErrorKind::usage,
                 "there is no #" + std::to_string(number) + "; s3-history lists " +
                     std::to_string(all->size()),
                 ""};
  }

  Error without_profiles() const {
    return {ErrorKind::undecided,
            "there are no configurations in #" + asked_for() + "; nothing changed",
            "to really empty " + display_path(configuration_.paths.config, host_.environment) +
                ": s3-restore " + asked_for() + " --force --allow-empty"};
  }

  /// False: a person said no, or nothing.
  Result<bool> confirm(const std::string& what) {
    if (options_.force) return true;
    if (!can_ask(host_, options_)) {
      return Error{ErrorKind::undecided, "restoring needs a yes; nothing changed",
                   "to restore without being asked: s3-restore " + asked_for() + " --force"};
    }
    if (!effects_.empty()) console_.explain("Here: " + effects_ + ".");
    const auto yes = ui::Prompt(console_).yes_or_no(
        "Restore " + what + where() + "? What is there now stays in the history.", false);
    return yes.value_or(false);
  }

  Result<base::Done> write(const sync::Revision& chosen, const json::Value& document) {
    sync::History history = history_of(host_, configuration_.paths);
    auto kept = sync::keep_local(history, configuration_.local,
                                 {host_.clock.now(), writer_name(host_.environment)});
    if (!kept) return kept;
    const auto outcome = sync::write_local(host_.files, configuration_.local,
                                           {.path = configuration_.paths.config,
                                            .document = config::without_s3_sync(document),
                                            .layout = chosen.text,
                                            .layout_says = document,
                                            .modified = host_.clock.now(),
                                            .s3_sync = configuration_.s3_sync,
                                            .unique = host_.random.next()});
    if (!outcome) return outcome.error();
    if (*outcome == platform::ReplaceOutcome::replaced) return base::Done{};
    return Error{ErrorKind::undecided, "config.json was changed by another program meanwhile",
                 "run s3-restore again"};
  }

  int upload(const sync::Revision& chosen) {
    Options forced = options_;
    forced.force = true;
    auto report = session_->engine().run(run_request(host_, forced, session_->configuration()));
    if (!report) return not_uploaded(chosen, std::move(report).error());
    if (auto held = ui::error_of_run(*report)) return not_uploaded(chosen, *std::move(held));
    say_restored(chosen, " and uploaded them");
    say_json("restored", 0, chosen);
    return 0;
  }

  /// The codes that say that nothing changed would be wrong now: this machine's file did.
  static ErrorKind kind_after_change(ErrorKind kind) {
    if (kind == ErrorKind::undecided) return ErrorKind::unreachable;
    return kind == ErrorKind::invalid_data ? ErrorKind::unexpected : kind;
  }

  int not_uploaded(const sync::Revision& chosen, Error error) {
    say_restored(chosen, " here");
    error.kind = kind_after_change(error.kind);
    error.message = "restored here, but not uploaded: " + error.message;
    if (error.hint.empty()) error.hint = "s3-upload --force uploads it";
    console_.fail(error);
    const int exit_code = base::exit_code(error.kind);
    say_json("restored", exit_code, chosen, &error);
    return exit_code;
  }

  void say_restored(const sync::Revision& chosen, std::string_view where_to) {
    std::string line = "Restored " + counted(chosen) + std::string(where_to) + with_effects() + ".";
    const sync::LocalCopy& replaced = configuration_.local;
    const bool can_be_undone = replaced.profiles > 0 && replaced.revision != chosen.revision;
    if (can_be_undone) line += " Undo: start-claude s3-restore --last";
    console_.say(line);
    if (!replaced.damage.empty()) console_.say("The damaged config.json is kept in the history.");
  }

  void say_json(std::string_view result, int exit_code, const sync::Revision& chosen,
                const Error* error = nullptr) {
    json::Object object{{"command", cli::name_of(options_.command)},
                        {"result", result},
                        {"exit", json::Value::integer(exit_code)},
                        {"changed", result == "restored"},
                        {"local", json::Object{{"revision", chosen.revision}}},
                        {"remote", json::Null{}},
                        {"reason", options_.restore.last ? "last" : "chosen"}};
    if (error != nullptr) object.set("error", ui::json_of(*error));
    console_.say_json(json::write_compact(object));
  }

  Host& host_;
  ui::Console& console_;
  const Options& options_;
  Configuration configuration_;
  std::unique_ptr<SyncSession> session_;
  std::string effects_;
  bool uploads_ = false;
};

}  // namespace

Result<int> run_history(Host& host, ui::Console& console, const Options& options) {
  auto configuration = find_configuration(options, host);
  if (!configuration) return std::move(configuration).error();
  auto all = all_revisions(host, console, options, *configuration);
  if (!all) return std::move(all).error();
  if (all->empty()) console.say("No earlier configurations yet.");
  std::vector<ui::Row> rows{{"#", "saved", "by", "configs", "kept as"}};
  json::Array list;
  for (std::size_t i = 0; i < all->size(); ++i) {
    const sync::Revision& revision = (*all)[i];
    std::string kept(ui::name_of(revision.place));
    const bool is_here = revision.revision == configuration->local.revision;
    if (is_here) kept += ", the one here";
    rows.push_back({std::to_string(i + 1), console.time(revision.saved),
                    base::printable(revision.by), std::to_string(revision.profiles), kept});
    list.emplace_back(json::Object{
        {"number", json::Value::integer(static_cast<long long>(i + 1))},
        {"saved", base::format_rfc3339(revision.saved)},
        {"by", revision.by},
        {"configurations", json::Value::integer(static_cast<long long>(revision.profiles))},
        {"place", ui::name_of(revision.place)},
        {"revision", revision.revision}});
  }
  if (!all->empty()) {
    for (const std::string& line : ui::format_table(rows, 1)) console.say(line);
  }
  console.say_json(json::write_compact(json::Object{{"command", cli::name_of(options.command)},
                                                    {"result", "ok"},
                                                    {"exit", json::Value::integer(0)},
                                                    {"changed", false},
                                                    {"local", ui::json_of(configuration->local)},
                                                    {"remote", json::Null{}},
                                                    {"reason", "listed"},
                                                    {"revisions", std::move(list)}}));
  return 0;
}

Result<int> run_restore(Host& host, ui::Console& console, const Options& options) {
  return Restore(host, console, options).run();
}

}  // namespace start_claude::cli
