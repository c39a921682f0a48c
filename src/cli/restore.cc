// s3-restore: brings back what s3-history lists.
#include <utility>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/machine_memory.h"
#include "cli/revision_list.h"
#include "cli/undo.h"
#include "config/document.h"
#include "json/write.h"
#include "sync/revisions.h"
#include "ui/effects.h"
#include "ui/prompt.h"
#include "ui/report.h"

namespace start_claude::cli {
namespace {

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
      const auto warn = [this](const std::string& text) { console_.warn(text); };
      if (auto done = recover(host_, *paths, warn); !done) return std::move(done).error();
    }
    auto configuration = read_configuration(*paths, host_.files);
    if (!configuration) return std::move(configuration).error();
    configuration_ = *std::move(configuration);
    uploads_ = !options_.restore.local_only && configuration_.settings &&
               !is_read_only(*configuration_.settings, options_);

    if (options_.restore.last && uploads_) plan_ = find_plan();
    if (plan_ && !plan_->for_both) return undo_apart();
    auto chosen = choose();
    if (!chosen) return std::move(chosen).error();
    auto document = config::parse_shared_document(chosen->text);
    if (!document) return std::move(document).error();
    if (chosen->profiles == 0 && !options_.allow_empty) return without_profiles();
    describe_effects_of(*document);
    const std::string what = format_count(*chosen) + " from " + console_.time(chosen->saved);
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
    auto agreed = confirm("Restore " + what + where());
    if (!agreed) return std::move(agreed).error();
    if (!*agreed) return declined(*chosen);
    auto written = restore_here(host_, configuration_, *chosen, *document);
    if (!written) return std::move(written).error();
    if (uploads_) return upload(*chosen);
    say_restored(*chosen, " here");
    say_json("restored", 0, *chosen);
    return 0;
  }

 private:
  std::string where() const { return uploads_ ? ", here and remotely" : ", here only"; }
  std::string with_effects() const { return effects_.empty() ? "" : ": " + effects_; }

  std::string asked_for() const {
    return options_.restore.last ? "--last" : std::to_string(*options_.restore.number);
  }

  void describe_effects_of(const json::Value& document) {
    changes_.local = effects_here(configuration_, document);
    effects_ = ui::format_effects(changes_.local);
  }

  int declined(const sync::Revision& chosen) {
    const int exit_code = base::exit_code(ErrorKind::undecided);
    console_.say("Nothing changed.");
    say_json("held", exit_code, chosen);
    return exit_code;
  }

  /// What the last run that wrote something replaced.
  std::optional<sync::UndoPlan> find_plan() const {
    auto last = find_last_sync(host_, configuration_);
    if (!last) return std::nullopt;
    // What was edited or restored here since is undone first.
    const bool is_as_left = configuration_.local.revision == last->became;
    if (last->plan.for_both && !is_as_left) return std::nullopt;
    return std::move(last->plan);
  }

  /// Each side gets back what the last run replaced there.
  Result<int> undo_apart() {
    if (plan_->local) {
      auto document = config::parse_shared_document(plan_->local->text);
      if (!document) return std::move(document).error();
      describe_effects_of(*document);
    }
    const sync::Revision& shown = plan_->local ? *plan_->local : *plan_->remote;
    if (options_.dry_run) {
      console_.say("Would undo the last sync: back to " + format_counts(*plan_) + with_effects() +
                   ".");
      say_json("pending", 10, shown);
      return 10;
    }
    auto agreed = confirm("Undo the last sync: back to " + format_counts(*plan_));
    if (!agreed) return std::move(agreed).error();
    if (!*agreed) return declined(shown);
    auto session = SyncSession::open_with(host_, console_, options_, configuration_);
    if (!session) return std::move(session).error();
    auto undone = cli::undo_apart(host_, **session, *plan_);
    if (!undone) return std::move(undone).error();
    console_.say("Restored " + format_counts(*plan_) + ", as before the last sync" +
                 with_effects() + ".");
    say_json("restored", 0, shown);
    return 0;
  }

  Result<sync::Revision> choose() {
    if (plan_) return *plan_->for_both;
    auto machine = MachineMemory::open(host_, configuration_.paths);
    if (!machine) return std::move(machine).error();
    const sync::Memory& memory = (*machine)->memory();
    if (options_.restore.last) {
      auto last = sync::last_replaced(memory, configuration_.local);
      if (last) return *std::move(last);
      return Error{ErrorKind::undecided, "nothing was replaced on this machine yet",
                   "s3-history lists what there is"};
    }
    auto all = list_all_revisions(host_, console_, options_, configuration_, memory);
    if (!all) return std::move(all).error();
    const std::size_t number = *options_.restore.number;
    auto index = index_of_number(*all, number);
    if (!index) return std::move(index).error();
    sync::Revision& chosen = (*all)[*index];
    if (chosen.is_damaged) {
      return damaged_copy(number, options_, "it cannot be restored; nothing changed");
    }
    return std::move(chosen);
  }

  Error without_profiles() const {
    return {ErrorKind::undecided, "there are no profiles in #" + asked_for() + "; nothing changed",
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
    const auto yes =
        ui::Prompt(console_).yes_or_no(what + "? What is there now stays in the history.", false);
    return yes.value_or(false);
  }

  int upload(const sync::Revision& chosen) {
    Options forced = options_;
    forced.force = true;
    auto report = session_->engine().run(run_request(host_, forced, session_->configuration()));
    if (!report) return not_uploaded(chosen, std::move(report).error());
    if (auto held = ui::error_of_run(*report)) return not_uploaded(chosen, *std::move(held));
    changes_.remote = report->effects.remote;
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
    std::string line =
        "Restored " + format_count(chosen) + std::string(where_to) + with_effects() + ".";
    const sync::LocalCopy& replaced = configuration_.local;
    const bool can_be_undone = replaced.profiles > 0 && replaced.revision != chosen.revision;
    if (can_be_undone) line += " Undo: start-claude s3-restore --last";
    console_.say(line);
    if (!replaced.damage.empty() && !replaced.text.empty()) {
      console_.say(ui::damaged_kept("The damaged config.json"));
    }
  }

  static json::Value side_of(const sync::Revision& revision) {
    return json::Object{
        {"exists", true},
        {"configurations", json::Value::integer(static_cast<long long>(revision.profiles))},
        {"revision", revision.revision}};
  }

  /// What stands in the bucket afterwards, where this run puts it there.
  json::Value remote_side(const sync::Revision& chosen) const {
    if (plan_ && plan_->remote) return side_of(*plan_->remote);
    return uploads_ && (!plan_ || plan_->for_both) ? side_of(chosen) : json::Value(json::Null{});
  }

  void say_json(std::string_view result, int exit_code, const sync::Revision& chosen,
                const Error* error = nullptr) {
    json::Object object{{"command", cli::name_of(options_.command)},
                        {"result", result},
                        {"exit", json::Value::integer(exit_code)},
                        {"changed", result == "restored"},
                        {"local", side_of(chosen)},
                        {"remote", remote_side(chosen)},
                        {"reason", options_.restore.last ? "last" : "chosen"},
                        {"changes", ui::json_of(changes_)},
                        {"removed", ui::removed_json(changes_)}};
    if (error != nullptr) object.set("error", ui::json_of(*error));
    console_.say_json(json::write_compact(object));
  }

  Host& host_;
  ui::Console& console_;
  const Options& options_;
  Configuration configuration_;
  std::unique_ptr<SyncSession> session_;
  std::optional<sync::UndoPlan> plan_;
  resolve::Effects changes_;
  std::string effects_;  ///< `changes_.local` in words
  bool uploads_ = false;
};

}  // namespace

Result<int> run_restore(Host& host, ui::Console& console, const Options& options) {
  return Restore(host, console, options).run();
}

}  // namespace start_claude::cli
