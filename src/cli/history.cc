// s3-history and s3-restore: what there was, and bringing one of them back.
#include <utility>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/sync_session.h"
#include "config/document.h"
#include "json/write.h"
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
    const std::string what =
        base::count_of(chosen->profiles, "configuration") + " from " + console_.time(chosen->saved);
    if (options_.dry_run) {
      console_.say("Would restore " + what + where() + ".");
      say_json("pending", 10, *chosen);
      return 10;
    }
    auto agreed = confirm(what);
    if (!agreed) return std::move(agreed).error();
    if (!*agreed) {
      const int exit_code = base::exit_code(ErrorKind::undecided);
      console_.say("Nothing changed.");
      say_json("held", exit_code, *chosen);
      return exit_code;
    }
    if (auto written = write(*chosen); !written) return std::move(written).error();
    if (!uploads_) {
      console_.say("Restored " + base::count_of(chosen->profiles, "configuration") + " here.");
      say_json("restored", 0, *chosen);
      return 0;
    }
    return upload(*chosen);
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
    if (!restored->conflicts.empty()) console_.warn(ui::format_settled_earlier(restored->conflicts));
    return base::Done{};
  }

  std::string where() const { return uploads_ ? ", here and remotely" : ", here only"; }

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

  /// False: a person said no, or nothing.
  Result<bool> confirm(const std::string& what) {
    if (options_.force) return true;
    if (!can_ask(host_, options_)) {
      return Error{ErrorKind::undecided, "restoring needs a yes; nothing changed",
                   "add --force to restore without being asked"};
    }
    const auto yes = ui::Prompt(console_).yes_or_no(
        "Restore " + what + where() + "? What is there now stays in the history.", false);
    return yes.value_or(false);
  }

  Result<base::Done> write(const sync::Revision& chosen) {
    auto document = config::parse_shared_document(chosen.text);
    if (!document) return std::move(document).error();
    sync::History history = history_of(host_, configuration_.paths);
    auto kept = sync::keep_local(history, configuration_.local,
                                 {host_.clock.now(), writer_name(host_.environment)});
    if (!kept) return kept;
    const auto outcome = sync::write_local(host_.files, configuration_.local,
                                           {.path = configuration_.paths.config,
                                            .document = config::without_s3_sync(*document),
                                            .layout = chosen.text,
                                            .layout_says = *document,
                                            .modified = host_.clock.now(),
                                            .s3_sync = configuration_.s3_sync,
                                            .unique = host_.random.next()});
    if (!outcome) return outcome.error();
    if (*outcome == platform::ReplaceOutcome::replaced) return base::Done{};
    return Error{ErrorKind::undecided, "config.json was changed by another program meanwhile",
                 "run s3-restore again"};
  }

  Result<int> upload(const sync::Revision& chosen) {
    auto session = SyncSession::open(host_, console_, options_);
    if (!session) return std::move(session).error();
    Options forced = options_;
    forced.force = true;
    const auto request = run_request(host_, forced, (*session)->configuration());
    auto report = (*session)->engine().run(request);
    if (!report) {
      console_.warn("restored here, but not uploaded; the next s3-sync does that");
      return std::move(report).error();
    }
    if (const auto held = ui::error_of_run(*report)) return *held;
    console_.say("Restored " + base::count_of(chosen.profiles, "configuration") +
                 " and uploaded them.");
    say_json("restored", 0, chosen);
    return 0;
  }

  void say_json(std::string_view result, int exit_code, const sync::Revision& chosen) {
    console_.say_json(
        json::write_compact(json::Object{{"command", cli::name_of(options_.command)},
                                         {"result", result},
                                         {"exit", json::Value::integer(exit_code)},
                                         {"changed", exit_code == 0},
                                         {"local", json::Object{{"revision", chosen.revision}}},
                                         {"remote", json::Null{}},
                                         {"reason", options_.restore.last ? "last" : "chosen"}}));
  }

  Host& host_;
  ui::Console& console_;
  const Options& options_;
  Configuration configuration_;
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
        {"saved", revision.saved ? json::Value(base::format_rfc3339(*revision.saved))
                                 : json::Value(json::Null{})},
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
