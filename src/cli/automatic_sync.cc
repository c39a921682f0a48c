#include "cli/automatic_sync.h"

#include <memory>
#include <utility>

#include "cli/configuration.h"
#include "cli/sync_session.h"
#include "sync/automatic_run.h"
#include "sync/lock.h"
#include "ui/automatic.h"
#include "ui/changes.h"

namespace start_claude::cli {
namespace {

/// Nobody is there: every question stays open, and what must be told is a remark.
class Nobody final : public sync::Conversation {
 public:
  explicit Nobody(std::function<void(const std::string&)> warn) : warn_(std::move(warn)) {}

  std::optional<resolve::Answer> ask(const sync::Situation&, const resolve::Question&) override {
    return std::nullopt;
  }
  bool confirm(const sync::Situation&, const resolve::Resolution&) override { return false; }
  void started_over(const std::string&, int) override {}
  void settled_earlier(const std::vector<resolve::FieldChange>& fields) override {
    warn_(ui::format_settled_earlier(fields));
  }

 private:
  std::function<void(const std::string&)> warn_;
};

/// True if config.json holds exactly what both sides last agreed on.
bool is_as_agreed(const Host& host, const Configuration& configuration) {
  auto endpoint = endpoint_of(*configuration.settings, host);
  if (!endpoint || !configuration.local.document) return false;
  const auto state = sync::State::load(host.files, configuration.paths.state);
  const auto remote = state.remote(remote_name_of(*endpoint, *configuration.settings));
  return !remote.ancestor.empty() && remote.ancestor == configuration.local.revision;
}

class AutomaticSync {
 public:
  AutomaticSync(Host& host, Options options, const AutomaticRequest& request)
      : host_(host), options_(std::move(options)), request_(request) {
    options_.timeout = request.timeout;
  }

  Result<AutomaticOutcome> run() {
    auto paths = find_paths(options_, host_);
    if (!paths) return std::move(paths).error();
    paths_ = *std::move(paths);
    // Taking the lock would create the folder, and one that is gone may be coming back.
    for (const auto& folder : {paths_.folder, platform::folder_of(paths_.config)}) {
      const auto status = host_.files.status(folder);
      if (std::holds_alternative<platform::FileFailure>(status)) return not_configured();
    }
    auto lock = sync::take_lock(host_.files, host_.clock, host_.environment, paths_.lock,
                                {.timeout = request_.lock_timeout, .command = request_.by});
    if (!lock) {
      if (lock.error().kind != ErrorKind::locked) return std::move(lock).error();
      return AutomaticOutcome{Busy{std::move(lock).error()}};
    }
    auto finished = finish_interrupted_writes(host_, paths_);
    auto outcome = finished ? run_locked() : Result<AutomaticOutcome>(std::move(finished).error());
    record(outcome);
    return outcome;
  }

 private:
  Result<AutomaticOutcome> run_locked() {
    auto configuration = read_configuration(paths_, host_.files);
    if (!configuration) return std::move(configuration).error();
    if (!configuration->settings) return not_configured();
    const auto rule = automatic_rule(*configuration, options_);
    const auto direction = direction_of(rule);
    const bool is_opening = request_.occasion == resolve::Occasion::manager_opening;
    const bool is_for_change = request_.purpose == AutomaticRequest::Purpose::local_change;
    // Opening only ever downloads, and a change here is only ever uploaded.
    const bool is_allowed =
        direction && !(is_opening && !rule.downloads()) && !(is_for_change && !rule.uploads());
    if (!is_allowed) return AutomaticOutcome{Unchanged{}};
    // Without downloads there is nothing to check for.
    const bool only_uploads = is_for_change || !rule.preferences.downloads();
    if (only_uploads && is_as_agreed(host_, *configuration)) return AutomaticOutcome{Unchanged{}};
    auto session =
        SyncSession::open_with(host_,
                               {.notices = request_.notices,
                                .conversation = std::make_unique<Nobody>(request_.notices.warn)},
                               options_, *std::move(configuration));
    if (!session) return std::move(session).error();
    auto report =
        (*session)->run(host_, {.direction = *direction,
                                .occasion = request_.occasion,
                                .preference = preference_of(rule.preferences.on_conflict())});
    if (!report) return std::move(report).error();
    return AutomaticOutcome{*std::move(report)};
  }

  /// Only for s3-status: the run is over, and a full disk changes nothing about it.
  void record(const Result<AutomaticOutcome>& outcome) {
    const auto run = describe(outcome);
    if (run) (void)sync::record_automatic_run(host_.files, host_.random, paths_.automatic, *run);
  }

  std::optional<sync::AutomaticRun> describe(const Result<AutomaticOutcome>& outcome) const {
    const UtcTime now = host_.clock.now();
    if (!outcome) return ui::automatic_run_of(request_.by, now, outcome.error());
    if (const auto* report = std::get_if<sync::RunReport>(&*outcome)) {
      return ui::automatic_run_of(request_.by, now, *report);
    }
    return std::nullopt;
  }

  Host& host_;
  Options options_;
  const AutomaticRequest& request_;
  sync::Paths paths_;
};

}  // namespace

Result<AutomaticOutcome> sync_automatically(Host& host, const Options& options,
                                            const AutomaticRequest& request) {
  return AutomaticSync(host, options, request).run();
}

}  // namespace start_claude::cli
