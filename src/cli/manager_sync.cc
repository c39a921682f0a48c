#include "cli/manager_sync.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "cli/automatic_sync.h"
#include "cli/balance_view.h"
#include "cli/connection_check.h"
#include "cli/machine_memory.h"
#include "cli/page_conversation.h"
#include "cli/pending_changes.h"
#include "config/document.h"
#include "json/parse.h"
#include "server/manager_json.h"
#include "sync/automatic_run.h"
#include "sync/revisions.h"
#include "ui/automatic.h"
#include "ui/automatic_rule.h"
#include "ui/names.h"
#include "ui/next_step.h"
#include "ui/opening.h"
#include "ui/report.h"
#include "ui/sides.h"

namespace start_claude::cli {
namespace {

constexpr std::chrono::seconds opening_timeout_max{5};
constexpr std::chrono::milliseconds opening_lock_timeout{1'000};
constexpr std::string_view by = "manager";

json::Value error_value(const Error& error) { return ui::json_of(error); }

std::string sentence_of(const std::vector<std::string>& lines) { return base::join(lines, "\n"); }

}  // namespace

ManagerSync::ManagerSync(Host& host, const Options& options, server::ManagerEvents& events,
                         std::function<void()> saved)
    : host_(host),
      options_(options),
      events_(events),
      saved_(std::move(saved)),
      words_(host.terminal, host.clock, {.quiet = true}) {}

Notices ManagerSync::notices() {
  return {.warn = [this](const std::string& text) { events_.log(server::Weight::warning, text); },
          .trace = [](const std::string&) {}};
}

Result<std::unique_ptr<SyncSession>> ManagerSync::open_session() {
  return open_session(std::make_unique<PageConversation>(notices().warn));
}

Result<std::unique_ptr<SyncSession>> ManagerSync::open_session(
    std::unique_ptr<sync::Conversation> answers) {
  auto configuration = find_configuration(options_, host_);
  if (!configuration) return std::move(configuration).error();
  if (!configuration->settings) return not_configured();
  return SyncSession::open_with(host_, {.notices = notices(), .conversation = std::move(answers)},
                                options_, *std::move(configuration));
}

void ManagerSync::add_settings(json::Object& status, const Configuration& configuration) {
  const config::S3Settings& settings = *configuration.settings;
  const auto rule = automatic_rule(configuration, options_);
  status.set("autoUpload", rule.preferences.uploads());
  status.set("autoDownload", rule.preferences.downloads());
  status.set("backup", rule.role == config::S3Role::backup);
  status.set("readOnly", rule.reads_only);
  json::Array remarks;
  for (const std::string& remark : rule.preferences.remarks) remarks.emplace_back(remark);
  status.set("rule", ui::format_rule(rule));
  status.set("remarks", std::move(remarks));
  const auto endpoint = endpoint_of(settings, host_);
  if (!endpoint) {
    status.set("problem", error_value(endpoint.error()));
    return;
  }
  const sync::RemoteName name = remote_name_of(*endpoint, settings);
  status.set("target", s3::ObjectLocation{settings.bucket, settings.key}.text());
  status.set("region", endpoint->region);
  status.set("endpoint", endpoint->base.scheme + "://" + name.endpoint);
  const sync::State state = sync::State::load(host_.files, configuration.paths.state);
  const sync::RemoteState remembered = state.remote(name);
  if (!remembered.ancestor.empty()) {
    json::Object last{{"modified", ui::json_of_time(remembered.modified)},
                      {"writer", base::printable(remembered.writer)}};
    if (remembered.last_modified) {
      last.set("stored", base::format_rfc3339(*remembered.last_modified));
    }
    status.set("lastSync", std::move(last));
  }
  status.set("conditionalWrites", ui::name_of(state.traits(name).if_match));
  const auto pending =
      changes_not_uploaded(host_, configuration.paths, configuration.local, remembered);
  if (pending) status.set("pending", json::Value::integer(static_cast<long long>(*pending)));
}

void ManagerSync::add_look(json::Object& status) {
  const auto failed = [&](const Error& error) { status.set("problem", error_value(error)); };
  auto session = open_session();
  if (!session) return failed(session.error());
  status.set("keyId",
             (*session)->connection().describe_credentials(Lookup::allowed).text(host_.clock));
  const config::S3Settings& settings = *(*session)->configuration().settings;
  auto situation =
      (*session)->engine().look({.preference = preference_of(settings.preferences.on_conflict())});
  if (!situation) return failed(situation.error());
  status.set("looked", base::format_rfc3339(host_.clock.now()));
  status.set("remote", ui::json_of(situation->remote));
  status.set("next", ui::describe_next(*situation));
  status.set("needsDecision", std::holds_alternative<resolve::Question>(situation->resolution) ||
                                  std::holds_alternative<resolve::Hold>(situation->resolution));
  status.set("inSync", std::holds_alternative<resolve::InSync>(situation->resolution));
  for (const auto side : {resolve::Side::local, resolve::Side::remote}) {
    const std::string newer = ui::newer_by(*situation, side);
    const bool both = situation->local.exists && situation->remote.exists;
    if (!both || newer.empty()) continue;
    status.set("newer", ui::name_of(side));
    status.set("difference", newer);
  }
  const std::string skew = ui::format_skew_warning(situation->skew);
  if (!skew.empty()) status.set("skew", skew);
}

json::Value ManagerSync::status(server::Looking looking) {
  json::Object status{{"host", writer_name(host_.environment)}};
  auto configuration = find_configuration(options_, host_);
  {
    const std::scoped_lock guard(mutex_);
    const bool is_set_up = configuration && configuration->settings;
    if (!(opened_unconfigured_ && is_set_up)) status.set("opening", opening_);
    if (!opening_content_.empty()) status.set("openingUndo", opening_content_);
  }
  if (!configuration) {
    status.set("configured", false);
    status.set("problem", error_value(configuration.error()));
    return status;
  }
  status.set("configured", configuration->settings.has_value());
  status.set("file", display_path(configuration->paths.config, host_.environment));
  status.set("local", ui::json_of(configuration->local));
  const auto last = sync::last_automatic_run(host_.files, configuration->paths.automatic);
  if (last) {
    json::Value run = ui::json_of(*last);
    run.as_object()->set("text", ui::format_automatic_run(*last, host_.clock.now()));
    status.set("automatic", std::move(run));
  }
  if (!configuration->settings) return status;
  add_settings(status, *configuration);
  if (looking == server::Looking::there && status.find("problem") == nullptr) add_look(status);
  return status;
}

Result<json::Value> ManagerSync::sync(const server::SyncOrder& order) {
  auto paths = find_paths(options_, host_);
  if (!paths) return std::move(paths).error();
  auto lock = lock_run(host_, options_, *paths);
  if (!lock) return std::move(lock).error();
  auto conversation = std::make_unique<PageConversation>(notices().warn, order.answer);
  const PageConversation& heard = *conversation;
  auto session = open_session(std::move(conversation));
  if (!session) return std::move(session).error();
  const Configuration& known = (*session)->configuration();
  const bool is_backup = known.paths.role == config::S3Role::backup;
  const bool is_upload = is_backup || order.direction == resolve::Direction::up;
  if (is_upload && is_read_only(*known.settings, options_)) return only_reads();
  if (is_backup && order.direction == resolve::Direction::down) {
    return only_backup(known.paths, host_.environment);
  }
  auto report = (*session)->run(
      host_, {.direction = is_backup ? resolve::Direction::up : order.direction,
              .preference = preference_of(known.settings->preferences.on_conflict()),
              .doubts_denial = order.is_set_up_anew});
  if (!report) return std::move(report).error();
  forget_opening();
  const bool is_open = report->result == sync::RunResult::held && heard.unanswered();
  stays_here(is_open ? report->found.local.revision : "");
  if (is_open) {
    return json::Value(json::Object{
        {"result", "question"},
        {"question",
         describe_question(*heard.unanswered(), words_, writer_name(host_.environment))}});
  }
  auto parsed = json::parse(ui::format_report_json(name_of(options_.command), *report));
  json::Value result = std::get<json::Value>(std::move(parsed));
  std::string said = sentence_of(ui::format_report(words_, *report));
  if (const auto held = ui::error_of_run(*report)) said = held->message;
  const bool is_held = report->result == sync::RunResult::held;
  const bool worth_a_line = report->result != sync::RunResult::in_sync;
  if (worth_a_line) events_.log(is_held ? server::Weight::warning : server::Weight::done, said);
  result.as_object()->set("said", std::move(said));
  events_.publish("sync", json::Object{{"result", ui::name_of(report->result)}});
  return result;
}

void ManagerSync::stays_here(const std::string& content_revision) {
  const std::scoped_lock guard(mutex_);
  stays_here_ = content_revision;
}

bool ManagerSync::does_stay_here(const sync::LocalCopy& local) const {
  const std::scoped_lock guard(mutex_);
  return !stays_here_.empty() && local.revision == stays_here_;
}

void ManagerSync::forget_opening() {
  const std::scoped_lock guard(mutex_);
  opening_.clear();
  opening_content_.clear();
}

Result<server::RestoreUpload> ManagerSync::upload_restored() {
  auto paths = find_paths(options_, host_);
  if (!paths) return std::move(paths).error();
  auto lock = lock_run(host_, options_, *paths);
  if (!lock) return std::move(lock).error();
  auto configuration = find_configuration(options_, host_);
  if (!configuration) return std::move(configuration).error();
  const bool uploads = configuration->settings && !is_read_only(*configuration->settings, options_);
  if (!uploads) return server::RestoreUpload::no_remote;
  auto session = open_session();
  if (!session) return std::move(session).error();
  auto report = (*session)->engine().run({.direction = resolve::Direction::up,
                                          .occasion = resolve::Occasion::unattended,
                                          .force = resolve::Force::yes});
  if (!report) return std::move(report).error();
  forget_opening();
  events_.publish("sync", json::Object{{"result", ui::name_of(report->result)}});
  if (const auto held = ui::error_of_run(*report)) return *held;
  return report->result == sync::RunResult::in_sync ? server::RestoreUpload::in_sync
                                                    : server::RestoreUpload::uploaded;
}

json::Value ManagerSync::balance() {
  const auto paths = find_paths(options_, host_);
  return paths ? view_of_balance(host_, *paths) : json::Object{{"running", false}};
}

Result<json::Value> ManagerSync::differences() {
  auto session = open_session();
  if (!session) return std::move(session).error();
  auto situation = (*session)->engine().look({});
  if (!situation) return std::move(situation).error();
  const json::Value nothing = json::Object{{"configs", json::Array{}}};
  const auto* local = situation->input.local.snapshot();
  const auto* remote = situation->input.remote.snapshot();
  json::Array fields;
  for (const auto& difference :
       resolve::differences(local != nullptr ? local->document : nothing,
                            remote != nullptr ? remote->document : nothing)) {
    fields.push_back(server::json_of(difference));
  }
  return json::Value(json::Object{{"differences", std::move(fields)},
                                  {"local", ui::json_of(situation->local)},
                                  {"remote", ui::json_of(situation->remote)}});
}

Result<json::Value> ManagerSync::revisions(server::Looking looking) {
  auto configuration = find_configuration(options_, host_);
  if (!configuration) return std::move(configuration).error();
  auto machine = MachineMemory::open(host_, configuration->paths);
  if (!machine) return std::move(machine).error();
  const sync::Memory& memory = (*machine)->memory();
  const std::string here = configuration->local.revision;
  std::string remark;
  auto all = sync::list_revisions(memory, nullptr, {});
  if (looking == server::Looking::there && configuration->settings) {
    auto session = open_session();
    Result<std::vector<sync::Revision>> with_remote = not_configured();
    if (session) {
      Connection& connection = (*session)->connection();
      with_remote = sync::list_revisions(memory, &connection.store(), connection.location());
    } else {
      with_remote = session.error();
    }
    if (with_remote) {
      all = std::move(with_remote);
    } else {
      remark = with_remote.error().message + "; showing only what is kept here";
    }
  }
  if (!all) return std::move(all).error();
  json::Array list;
  for (const sync::Revision& revision : *all) {
    // The page brings back what it lists.
    if (revision.is_damaged) continue;
    list.emplace_back(json::Object{
        {"revision", revision.revision},
        {"saved", ui::json_of_time(revision.saved)},
        {"by", base::printable(revision.by)},
        {"configurations", json::Value::integer(static_cast<long long>(revision.profiles))},
        {"place", ui::name_of(revision.place)},
        {"here", revision.revision == here}});
  }
  return json::Value(json::Object{{"revisions", std::move(list)}, {"remark", remark}});
}

Result<json::Value> ManagerSync::document_of(const std::string& revision) {
  auto configuration = find_configuration(options_, host_);
  if (!configuration) return std::move(configuration).error();
  auto machine = MachineMemory::open(host_, configuration->paths);
  if (!machine) return std::move(machine).error();
  const sync::Memory& memory = (*machine)->memory();
  if (auto kept = memory.content_of(revision)) return std::move(kept->document);
  auto session = open_session();
  if (!session) return std::move(session).error();
  Connection& connection = (*session)->connection();
  auto all = sync::list_revisions(memory, &connection.store(), connection.location());
  if (!all) return std::move(all).error();
  for (const sync::Revision& known : *all) {
    if (known.revision != revision) continue;
    auto document = config::parse_document(known.text);
    if (!document) return document;
    return config::without_s3_sync(*std::move(document));
  }
  return Error{ErrorKind::usage, "that is no longer in the history", "load the history again"};
}

Result<server::Connected> ManagerSync::test_connection(const json::Value& document) {
  auto settings = config::s3_settings_from(document);
  if (!settings) return std::move(settings).error();
  if (!*settings) return not_configured();
  Connection connection(host_, notices(), options_, **settings, {}, "this page");
  if (const auto& problem = connection.problem()) return *problem;
  auto said = describe_what_is_there(connection, host_, words_);
  if (!said) return std::move(said).error();
  return server::Connected{*std::move(said), region_to_keep(connection, **settings)};
}

std::string ManagerSync::open() {
  const AutomaticRequest request{.by = std::string(by),
                                 .occasion = resolve::Occasion::manager_opening,
                                 .lock_timeout = opening_lock_timeout,
                                 .timeout = std::min(options_.timeout, opening_timeout_max),
                                 .notices = notices()};
  const auto configuration = find_configuration(options_, host_);
  const bool is_set_up = !configuration || configuration->settings;
  // A machine that was never set up has nothing to check, and nothing to record.
  auto outcome = is_set_up ? sync_automatically(host_, options_, request)
                           : Result<AutomaticOutcome>(not_configured());
  std::string said;
  std::string content;
  if (!outcome) {
    said = ui::format_opening(outcome.error());
  } else if (const auto* report = std::get_if<sync::RunReport>(&*outcome)) {
    said = ui::format_opening(*report);
    if (ui::can_be_undone(*report)) content = report->after.revision;
  } else if (const auto* busy = std::get_if<Busy>(&*outcome)) {
    said = ui::format_opening(busy->lock);
  } else {
    // Opening only downloads, and the settings do not let it.
    const bool has_settings = configuration && configuration->settings;
    if (has_settings) said = ui::format_rule(automatic_rule(*configuration, options_));
  }
  events_.log(server::Weight::done, said);
  const std::scoped_lock guard(mutex_);
  opening_ = said;
  opening_content_ = content;
  opened_unconfigured_ = !is_set_up;
  return said;
}

bool ManagerSync::upload_by_itself() {
  const auto configuration = find_configuration(options_, host_);
  const bool wanted = configuration && configuration->settings &&
                      automatic_rule(*configuration, options_).uploads() &&
                      !does_stay_here(configuration->local);
  if (!wanted) return true;
  const AutomaticRequest request{.by = std::string(by),
                                 .purpose = AutomaticRequest::Purpose::local_change,
                                 .timeout = options_.timeout,
                                 .notices = notices()};
  auto outcome = sync_automatically(host_, options_, request);
  if (!outcome) {
    events_.log(server::Weight::failure, "Not uploaded: " + outcome.error().message);
  } else if (std::holds_alternative<Busy>(*outcome)) {
    return false;
  } else if (const auto* report = std::get_if<sync::RunReport>(&*outcome)) {
    forget_opening();
    const auto held = ui::error_of_run(*report);
    if (held) {
      events_.log(server::Weight::warning, "Not uploaded: " + held->message);
    } else if (report->result != sync::RunResult::in_sync) {
      events_.log(server::Weight::done, sentence_of(ui::format_report(words_, *report)));
    }
  }
  events_.publish("sync", json::Object{{"result", "automatic"}});
  return true;
}

}  // namespace start_claude::cli
