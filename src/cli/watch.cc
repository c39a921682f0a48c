// watch: stays in the foreground and syncs by itself, by the unattended rules.
//
// What to do and when is sync/schedule.h; a run is cli/automatic_sync.h. Here is the loop between
// them: it waits, tells the schedule what happened, does what the schedule says, and says what came
// of it, once.
#include <memory>
#include <utility>

#include "cli/automatic_sync.h"
#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/sync_session.h"
#include "cli/watched_files.h"
#include "json/write.h"
#include "sync/lock.h"
#include "sync/schedule.h"
#include "ui/automatic_rule.h"
#include "ui/report.h"

namespace start_claude::cli {
namespace {

using sync::RunOutcome;
using sync::RunPurpose;

// Together within what PosixWaiter grants after a signal to end.
constexpr std::chrono::milliseconds last_lock_timeout{1'500};
constexpr std::chrono::seconds last_timeout{3};

/// True if trying again without anybody doing anything may help.
bool may_pass(ErrorKind kind) {
  return kind != ErrorKind::not_configured && kind != ErrorKind::invalid_data &&
         kind != ErrorKind::usage;
}

class Watch {
 public:
  Watch(Host& host, ui::Console& console, const Options& options)
      : host_(host), console_(console), options_(options), watched_(host) {}

  Result<int> run() {
    auto waiter = host_.make_waiter();
    if (!waiter) return std::move(waiter).error();
    waiter_ = *std::move(waiter);
    auto lock = begin();
    if (!lock) return std::move(lock).error();
    host_.tell_service_manager("READY=1");
    dispatch(sync::Began{});
    while (!ended_) wait_once();
    say_event("stopped", {});
    return exit_code_;
  }

 private:
  /// Everything that must be right before it is worth staying. The lock is held until the end.
  Result<std::unique_ptr<platform::FileLock>> begin() {
    auto paths = find_paths(options_, host_);
    if (!paths) return std::move(paths).error();
    const auto folder = host_.files.status(paths->folder);
    if (std::holds_alternative<platform::FileFailure>(folder)) return not_configured();
    auto lock = sync::take_lock(host_.files, host_.clock, host_.environment, paths->watch,
                                {.timeout = std::chrono::milliseconds(0),
                                 .command = "watch",
                                 .held = "this configuration is being watched already",
                                 .hint = "one is enough: stop that one first to run this one"});
    if (!lock) return lock;
    // Watched before it is read: what changes in between is seen.
    if (auto followed = watched_.follow(*paths); !followed) return std::move(followed).error();
    auto configuration = read_configuration(*paths, host_.files);
    if (!configuration) return std::move(configuration).error();
    if (!configuration->settings) return not_configured();
    say_start(*configuration);
    return lock;
  }

  void wait_once() {
    const auto awakening =
        waiter_->wait({.readable = watched_.descriptors(), .until = sync::next_moment(schedule_)});
    const FileChanges changes = watched_.take_changes();
    const bool reloads = awakening.has(platform::Signal::reload) || changes.settings;
    if (reloads) follow_again();
    if (changes.configuration) dispatch(sync::LocalChanged{});
    if (awakening.has(platform::Signal::end)) {
      host_.tell_service_manager("STOPPING=1");
      return dispatch(sync::EndAsked{});
    }
    if (reloads) dispatch(sync::Reloaded{});
    if (awakening.has(platform::Signal::check)) dispatch(sync::CheckAsked{});
    dispatch(sync::TimeCame{});
  }

  /// config.json may be somewhere else now.
  void follow_again() {
    auto paths = find_paths(options_, host_);
    if (!paths) return say_error(paths.error());
    if (auto followed = watched_.follow(*paths); !followed) say_error(followed.error());
  }

  void dispatch(const sync::ScheduleEvent& event) {
    auto step = sync::advance(schedule_, event, host_.clock.monotonic());
    schedule_ = std::move(step.schedule);
    for (const sync::ScheduleAction& action : step.actions) {
      if (const auto* start = std::get_if<sync::StartRun>(&action)) {
        const sync::RunEnded ended = sync_once(start->purpose);
        if (start->purpose != RunPurpose::last_chance) dispatch(ended);
      } else {
        ended_ = true;
      }
    }
  }

  sync::RunEnded sync_once(RunPurpose purpose) {
    sync::RunEnded ended{.dice = static_cast<std::uint32_t>(host_.random.below(1'001))};
    auto configuration = find_configuration(options_, host_);
    if (!configuration) return failed(ended, purpose, configuration.error());
    if (!configuration->settings) return failed(ended, purpose, not_configured());
    const auto rule = automatic_rule(*configuration, options_);
    say_rule(rule);
    if (rule.downloads()) ended.check_interval = rule.preferences.check_interval();
    if (rule.does_nothing() || (purpose != RunPurpose::check && !rule.uploads())) return ended;
    return sync_for(purpose, ended);
  }

  sync::RunEnded sync_for(RunPurpose purpose, sync::RunEnded ended) {
    AutomaticRequest request{.by = "watch", .timeout = options_.timeout};
    request.notices = notices_to(console_, host_.clock);
    // Nobody waits for it.
    request.notices.progress.reset();
    if (purpose != RunPurpose::check) request.purpose = AutomaticRequest::Purpose::local_change;
    if (purpose == RunPurpose::last_chance) {
      request.lock_timeout = last_lock_timeout;
      request.timeout = std::min(options_.timeout, last_timeout);
    }
    auto outcome = sync_automatically(host_, options_, request);
    if (!outcome) return failed(ended, purpose, outcome.error());
    if (const auto* busy = std::get_if<Busy>(&*outcome)) {
      ended.outcome = RunOutcome::busy;
      if (purpose == RunPurpose::last_chance) return failed(ended, purpose, busy->lock);
    } else if (const auto* report = std::get_if<sync::RunReport>(&*outcome)) {
      if (report->result == sync::RunResult::held) ended.outcome = RunOutcome::undecided;
      say(*report);
    }
    return ended;
  }

  sync::RunEnded failed(sync::RunEnded ended, RunPurpose purpose, const Error& error) {
    ended.outcome = may_pass(error.kind) ? RunOutcome::failed_so_far : RunOutcome::undecided;
    say_error(error);
    if (purpose == RunPurpose::last_chance) exit_code_ = base::exit_code(error.kind);
    return ended;
  }

  void say_start(const Configuration& configuration) {
    const config::S3Settings& settings = *configuration.settings;
    const std::string path = display_path(configuration.paths.config, host_.environment);
    const std::string object = "s3://" + settings.bucket + "/" + settings.key;
    console_.say("Watching " + path + " and " + object + "; Ctrl+C stops it.");
    const auto rule = automatic_rule(configuration, options_);
    json::Object event{{"config", configuration.paths.config}, {"target", object}};
    event.set("settings", config::json_of(rule.preferences));
    say_event("watching", event);
    say_rule(rule);
  }

  /// What does not happen by itself: at the start, and when the settings say something else.
  void say_rule(const config::AutomaticRule& rule) {
    if (rule.preferences.remarks != last_remarks_) {
      last_remarks_ = rule.preferences.remarks;
      for (const std::string& remark : last_remarks_) console_.warn("settings.s3Sync." + remark);
    }
    const std::string said = ui::format_rule(rule);
    if (said == last_rule_) return;
    console_.say(said.empty() ? "Changes are uploaded and downloaded by themselves again." : said);
    if (rule.does_nothing()) console_.say("Watching goes on, for when the settings change.");
    last_rule_ = said;
  }

  /// Says what a run did; nothing if it found nothing to do, except that trouble is over.
  void say(const sync::RunReport& report) {
    if (const auto error = ui::error_of_run(report)) {
      const bool did_something = report.local_changed || report.remote_changed;
      if (did_something) {
        for (const std::string& line : ui::format_report(console_, report)) console_.say(line);
      }
      if (!is_news(*error) && !did_something) return;
      console_.fail(*error);
    } else {
      const bool was_in_trouble = std::exchange(last_error_, std::nullopt).has_value();
      if (report.result == sync::RunResult::in_sync && !was_in_trouble) return;
      for (const std::string& line : ui::format_report(console_, report)) console_.say(line);
    }
    say_json(ui::report_object("watch", report));
  }

  void say_error(const Error& error) {
    if (!is_news(error)) return;
    console_.fail(error);
    say_json(ui::error_object("watch", error));
  }

  /// The same trouble is told once, until it is over.
  bool is_news(const Error& error) {
    const bool is_same =
        last_error_ && last_error_->kind == error.kind &&
        // How the network is down differs from one try to the next.
        (error.kind == ErrorKind::unreachable || last_error_->message == error.message);
    last_error_ = error;
    return !is_same;
  }

  void say_event(std::string_view result, const json::Object& more) {
    json::Object object{{"command", "watch"}, {"result", result}};
    for (const json::Member& member : more.members()) object.set(member.name, member.value);
    say_json(std::move(object));
  }

  void say_json(json::Object object) {
    object.set("time", base::format_rfc3339(host_.clock.now()));
    console_.say_json(json::write_compact(object));
  }

  Host& host_;
  ui::Console& console_;
  const Options& options_;
  std::unique_ptr<platform::Waiter> waiter_;
  WatchedFiles watched_;
  sync::Schedule schedule_;
  std::optional<Error> last_error_;
  std::string last_rule_;
  std::vector<std::string> last_remarks_;
  bool ended_ = false;
  int exit_code_ = 0;
};

}  // namespace

Result<int> run_watch(Host& host, ui::Console& console, const Options& options) {
  return Watch(host, console, options).run();
}

}  // namespace start_claude::cli
