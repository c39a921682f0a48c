// The page's Undo after a sync. Nobody is asked here: what the terminal would ask about is left
// alone, such as edits made since.
#include <utility>

#include "cli/manager_sync.h"
#include "cli/page_conversation.h"
#include "cli/undo.h"
#include "config/document.h"
#include "ui/effects.h"
#include "ui/report.h"

namespace start_claude::cli {
namespace {

Error left_alone(const std::string& why) {
  return {ErrorKind::undecided, why + "; nothing was brought back",
          "the history has what there was"};
}

/// Why that sync cannot be undone unasked, as far as can be said without the network.
std::optional<Error> reason_against(const std::optional<LastSync>& last,
                                    const std::string& content_revision,
                                    const sync::LocalCopy& local) {
  if (!last) return left_alone("no sync is known that replaced anything");
  if (last->became != content_revision) return left_alone("there was another sync since");
  if (local.revision != last->became) return left_alone("the profiles here were changed since");
  const auto& both = last->plan.for_both;
  if (both && both->profiles == 0) return left_alone("there were no profiles before");
  return std::nullopt;
}

std::string sentence(const std::string& said, const std::vector<resolve::Effect>& effects) {
  const std::string words = ui::format_effects(effects);
  return said + (words.empty() ? "." : ": " + words + ".");
}

}  // namespace

Result<json::Value> ManagerSync::undo_sync(const std::string& content_revision) {
  auto paths = find_paths(options_, host_);
  if (!paths) return std::move(paths).error();
  auto lock = lock_run(host_, options_, *paths);
  if (!lock) return std::move(lock).error();
  auto brought_in = recover(host_, *paths, notices().warn);
  if (!brought_in) return std::move(brought_in).error();
  auto configuration = read_configuration(*paths, host_.files);
  if (!configuration) return std::move(configuration).error();
  if (!configuration->settings) return not_configured();
  const auto last = find_last_sync(host_, *configuration);
  auto reason = reason_against(last, content_revision, configuration->local);
  if (reason) return *std::move(reason);
  auto answer = last->plan.for_both ? undo_for_both(*last, *configuration)
                                    : undo_apart(last->plan, *configuration);
  if (!answer) return std::move(answer).error();
  forget_opening();
  events_.log(server::Weight::done, *answer->find("said")->as_string());
  events_.publish("sync", json::Object{{"result", "restored"}});
  return json::Value(*std::move(answer));
}

Result<json::Object> ManagerSync::undo_apart(const sync::UndoPlan& plan,
                                             const Configuration& configuration) {
  if (plan.remote && is_read_only(*configuration.settings, options_)) return only_reads();
  std::vector<resolve::Effect> effects;
  if (plan.local) {
    auto document = config::parse_shared_document(plan.local->text);
    if (!document) return std::move(document).error();
    effects = effects_here(configuration, *document);
  }
  auto session = open_session();
  if (!session) return std::move(session).error();
  // The sides differ again, and an upload that nobody asked for would do the same as that sync.
  stays_here(plan.local ? plan.local->revision : configuration.local.revision);
  auto undone = cli::undo_apart(host_, **session, plan);
  if (!undone) return std::move(undone).error();
  return json::Object{
      {"result", "restored"},
      {"said", sentence("Restored " + format_counts(plan) + ", as before the last sync", effects)}};
}

Result<json::Object> ManagerSync::undo_for_both(const LastSync& last,
                                                const Configuration& configuration) {
  const sync::Revision& chosen = *last.plan.for_both;
  auto document = config::parse_shared_document(chosen.text);
  if (!document) return std::move(document).error();
  const bool uploads = !is_read_only(*configuration.settings, options_);
  if (uploads) {
    auto unchanged = check_remote_is(last.became);
    if (!unchanged) return std::move(unchanged).error();
  }
  auto written = restore_here(host_, configuration, chosen, *document);
  if (!written) return std::move(written).error();
  json::Object answer{{"result", "restored"}};
  std::string said =
      "Restored " + format_count(chosen) + (uploads ? " and uploaded them" : " here");
  if (uploads) {
    auto uploaded = upload_over(last.became, chosen.revision);
    if (!uploaded) {
      said = "Restored " + format_count(chosen) + " here";
      events_.log(server::Weight::failure, "Not uploaded: " + uploaded.error().message);
      answer.set("problem", ui::json_of(uploaded.error()));
    }
  }
  answer.set("said", sentence(said, effects_here(configuration, *document)));
  return answer;
}

Result<base::Done> ManagerSync::check_remote_is(const std::string& revision) {
  auto session = open_session();
  if (!session) return std::move(session).error();
  auto found = (*session)->engine().look({.direction = resolve::Direction::up});
  if (!found) return std::move(found).error();
  if (found->remote.revision == revision) return base::Done{};
  const std::string by = found->remote.writer.empty() ? "" : " by " + found->remote.writer;
  return left_alone("the remote copy was changed since" + by);
}

Result<base::Done> ManagerSync::upload_over(const std::string& replaced,
                                            const std::string& restored) {
  // Undo says yes to what it removes; whoever wrote there in this moment is not part of that.
  const server::SyncAnswer yes{.topic = resolve::Topic::accept_removals,
                               .answer = {.option = resolve::Option::yes},
                               .local = restored,
                               .remote = replaced};
  auto session = open_session(std::make_unique<PageConversation>(notices().warn, yes));
  if (!session) return std::move(session).error();
  auto report = (*session)->run(host_, {.direction = resolve::Direction::up});
  if (!report) return std::move(report).error();
  if (auto held = ui::error_of_run(*report)) return *std::move(held);
  return base::Done{};
}

}  // namespace start_claude::cli
