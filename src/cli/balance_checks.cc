#include "cli/balance_checks.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/text.h"
#include "cli/automatic_sync.h"
#include "cli/configuration.h"
#include "cli/sync_session.h"
#include "ui/automatic_rule.h"
#include "ui/conversation.h"
#include "ui/prompt.h"
#include "ui/report.h"
#include "ui/sides.h"

namespace start_claude::cli {
namespace {

constexpr std::string_view name = "balance";

/// "Remote is newer by 4 min 12 s (lark)."
std::string describe_remote(const sync::Situation& situation) {
  const std::string newer = ui::newer_by(situation, resolve::Side::remote);
  std::string text = newer.empty() ? "The remote copy has changes" : "Remote is " + newer;
  const std::string& writer = situation.remote.writer;
  if (!writer.empty()) text += " (" + base::printable(writer) + ")";
  return text + ".";
}

std::string describe_local(const sync::Situation& situation) {
  const std::string newer = ui::newer_by(situation, resolve::Side::local);
  return newer.empty() ? "The local copy has changes." : "Local is " + newer + ".";
}

/// The questions of a sync at the terminal, in the words of a command that goes on afterwards.
class StartConversation final : public sync::Conversation {
 public:
  StartConversation(ui::Console& console, ui::Answers answers, std::string host_name)
      : console_(console),
        answers_(answers),
        other_questions_(console, answers, std::move(host_name)) {}

  std::optional<resolve::Answer> ask(const sync::Situation& situation,
                                     const resolve::Question& question) override {
    return other_questions_.ask(situation, question);
  }

  bool confirm(const sync::Situation& situation, const resolve::Resolution& resolution) override {
    const bool uploads = std::holds_alternative<resolve::Upload>(resolution);
    if (std::holds_alternative<resolve::Merge>(resolution)) {
      return other_questions_.confirm(situation, resolution);
    }
    console_.explain(uploads ? describe_local(situation) : describe_remote(situation));
    for (const std::string& line : ui::format_sides(console_, situation)) console_.explain(line);
    if (answers_ == ui::Answers::defaults) return true;
    ui::Prompt prompt(console_);
    return prompt.yes_or_no(uploads ? "Upload it?" : "Download and reload?", true).value_or(false);
  }

  void started_over(const std::string& writer, int round) override {
    other_questions_.started_over(writer, round);
  }
  void settled_earlier(const std::vector<resolve::FieldChange>& fields) override {
    other_questions_.settled_earlier(fields);
  }

 private:
  ui::Console& console_;
  ui::Answers answers_;
  ui::TerminalConversation other_questions_;
};

/// Nobody is there: what is only looked at, and changes nothing, is asked about later.
class Onlooker final : public sync::Conversation {
 public:
  std::optional<resolve::Answer> ask(const sync::Situation&, const resolve::Question&) override {
    return std::nullopt;
  }
  bool confirm(const sync::Situation&, const resolve::Resolution&) override { return false; }
  void started_over(const std::string&, int) override {}
  void settled_earlier(const std::vector<resolve::FieldChange>&) override {}
};

/// What the settings let `balance` do, and when to look again: they may say something else then.
/// Nothing where there are none, or none that can be used.
std::optional<resolve::Direction> describe_settings(const Result<Configuration>& configuration,
                                                    const Options& options, BalanceCheck& check) {
  if (!configuration || !configuration->settings) return std::nullopt;
  const auto rule = automatic_rule(*configuration, options);
  check.interval = rule.preferences.check_interval();
  check.rule = ui::format_rule(rule);
  for (const std::string& remark : rule.preferences.remarks) {
    check.rule += (check.rule.empty() ? "" : " ") + ("settings.s3Sync." + remark) + ".";
  }
  return direction_of(rule);
}

void describe_report(const ui::Console& console, const sync::RunReport& report,
                     BalanceCheck& check) {
  const std::string skew = ui::format_skew_warning(report.skew);
  if (!skew.empty()) check.lines.push_back("warning: " + skew);
  check.problem = ui::error_of_run(report);
  if (report.result == sync::RunResult::in_sync) return;
  for (std::string& line : ui::format_report(console, report)) {
    check.lines.push_back(std::move(line));
  }
}

Notices silent_notices() {
  return {[](const std::string&) {}, [](const std::string&) {}};
}

void describe_offer(const sync::Situation& situation, BalanceCheck& check) {
  const auto& resolution = situation.resolution;
  if (std::holds_alternative<resolve::InSync>(resolution)) return;
  check.situation = situation.remote.revision + "/" + situation.local.revision;
  if (std::holds_alternative<resolve::Upload>(resolution)) {
    check.lines.push_back(describe_local(situation));
    check.offer = "upload it";
  } else if (std::holds_alternative<resolve::Download>(resolution)) {
    check.lines.push_back(describe_remote(situation));
    check.offer = "download and reload";
  } else if (std::holds_alternative<resolve::Merge>(resolution)) {
    check.lines.push_back("Both sides have changes that go together.");
    check.offer = "merge, upload and reload";
  } else {
    check.lines.push_back("Both sides have changes; run s3-sync to decide.");
  }
}

}  // namespace

BalanceCheck sync_for_balance(Host& host, const ui::Console& console, const Options& options) {
  BalanceCheck check;
  if (!describe_settings(find_configuration(options, host), options, check)) return check;
  auto outcome =
      sync_automatically(host, options, {.by = std::string(name), .timeout = options.timeout});
  if (!outcome) {
    check.problem = std::move(outcome).error();
  } else if (const auto* report = std::get_if<sync::RunReport>(&*outcome)) {
    describe_report(console, *report, check);
  } else {
    check.was_busy = std::holds_alternative<Busy>(*outcome);
  }
  return check;
}

BalanceCheck look_for_balance(Host& host, const ui::Console&, const Options& options) {
  BalanceCheck check;
  auto configuration = find_configuration(options, host);
  const auto direction = describe_settings(configuration, options, check);
  if (!direction) return check;
  const auto preference = preference_of(configuration->settings->preferences.on_conflict());
  auto session = SyncSession::open_with(
      host, {.notices = silent_notices(), .conversation = std::make_unique<Onlooker>()}, options,
      *std::move(configuration));
  if (!session) {
    check.problem = std::move(session).error();
    return check;
  }
  auto situation = (*session)->engine().look({.direction = *direction,
                                              .occasion = resolve::Occasion::unattended,
                                              .preference = preference});
  if (!situation) {
    check.problem = std::move(situation).error();
    return check;
  }
  describe_offer(*situation, check);
  return check;
}

BalanceCheck ask_for_balance(Host& host, ui::Console& console, const Options& options) {
  BalanceCheck check;
  auto configuration = find_configuration(options, host);
  const auto direction = describe_settings(configuration, options, check);
  if (!direction) return check;
  auto lock = lock_run(host, options, configuration->paths);
  if (!lock) {
    check.problem = std::move(lock).error();
    return check;
  }
  Options asking = options;
  asking.ask = true;
  auto request = run_request(host, asking, *configuration);
  request.direction = *direction;
  // One way is what the settings leave of it: what that cannot settle is told, not asked.
  if (*direction != resolve::Direction::both) request.occasion = resolve::Occasion::unattended;
  auto conversation = std::make_unique<StartConversation>(
      console, options.yes ? ui::Answers::defaults : ui::Answers::typed,
      writer_name(host.environment));
  auto session = SyncSession::open_with(
      host, {.notices = notices_to(console, host.clock), .conversation = std::move(conversation)},
      options, *std::move(configuration));
  if (!session) {
    check.problem = std::move(session).error();
    return check;
  }
  auto report = (*session)->run(host, request);
  if (!report) {
    check.problem = std::move(report).error();
    return check;
  }
  describe_report(console, *report, check);
  // A no is an answer, and nothing that has to be explained.
  if (report->found.was_asked) check.problem.reset();
  return check;
}

BalanceChecks::~BalanceChecks() {
  if (thread_.joinable()) thread_.join();
}

void BalanceChecks::begin(Work work) {
  if (is_running()) return;
  thread_ = std::thread([this, work = std::move(work)] {
    BalanceCheck check = work();
    {
      const std::scoped_lock guard(mutex_);
      result_ = std::move(check);
    }
    on_result_();
  });
}

std::optional<BalanceCheck> BalanceChecks::take() {
  std::optional<BalanceCheck> result;
  {
    const std::scoped_lock guard(mutex_);
    result = std::exchange(result_, std::nullopt);
  }
  if (result) thread_.join();
  return result;
}

}  // namespace start_claude::cli
