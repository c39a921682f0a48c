#include "cli/undo.h"

#include <utility>

#include "base/text.h"
#include "config/document.h"
#include "sync/displaced.h"
#include "ui/changes.h"

namespace start_claude::cli {

sync::History history_of(Host& host, const sync::Paths& paths) {
  return {host.files, host.clock, host.random, paths.history};
}

std::optional<LastSync> find_last_sync(Host& host, const Configuration& configuration) {
  const auto endpoint = endpoint_of(*configuration.settings, host);
  if (!endpoint) return std::nullopt;
  const auto state = sync::State::load(host.files, configuration.paths.state);
  const auto remembered = state.remote(remote_name_of(*endpoint, *configuration.settings));
  auto plan = sync::plan_undo(history_of(host, configuration.paths), remembered);
  if (!plan) return std::nullopt;
  return LastSync{*std::move(plan), remembered.replaced->became};
}

Result<base::Done> restore_displaced(Host& host, const sync::Paths& paths,
                                     const std::function<void(const std::string&)>& warn) {
  auto restored = sync::restore_displaced({.files = host.files,
                                           .clock = host.clock,
                                           .random = host.random,
                                           .paths = paths,
                                           .host_name = writer_name(host.environment)});
  if (!restored) return std::move(restored).error();
  if (!restored->conflicts.empty()) warn(ui::format_displaced_lost(restored->conflicts));
  return base::Done{};
}

std::vector<resolve::Effect> effects_here(const Configuration& configuration,
                                          const json::Value& document) {
  const auto& here = configuration.local.document;
  return resolve::effects_between(
      here ? config::without_s3_sync(*here) : json::Value(json::Object{{"configs", json::Array{}}}),
      config::without_s3_sync(document));
}

std::string format_count(const sync::Revision& revision) {
  return base::count_of(revision.profiles, "profile");
}

std::string format_counts(const sync::UndoPlan& plan) {
  std::vector<std::string> counts;
  if (plan.local) counts.push_back(format_count(*plan.local) + " here");
  if (plan.remote) counts.push_back(format_count(*plan.remote) + " in the bucket");
  return base::join(counts, " and ");
}

Result<base::Done> undo_apart(Host& host, SyncSession& session, const sync::UndoPlan& plan) {
  const Configuration& configuration = session.configuration();
  const auto endpoint = endpoint_of(*configuration.settings, host);
  if (!endpoint) return endpoint.error();
  const sync::RemoteName remote = remote_name_of(*endpoint, *configuration.settings);
  const std::string host_name = writer_name(host.environment);
  return sync::undo_apart({.files = host.files,
                           .clock = host.clock,
                           .random = host.random,
                           .store = session.connection().store(),
                           .paths = configuration.paths,
                           .remote = remote,
                           .host_name = host_name,
                           .s3_sync = configuration.s3_sync},
                          plan, configuration.local);
}

Result<base::Done> restore_here(Host& host, const Configuration& configuration,
                                const sync::Revision& chosen, const json::Value& document) {
  sync::History history = history_of(host, configuration.paths);
  auto kept = sync::keep_local(history, configuration.local,
                               {host.clock.now(), writer_name(host.environment)});
  if (!kept) return kept;
  const auto outcome = sync::write_local(host.files, configuration.local,
                                         {.path = configuration.paths.config,
                                          .document = config::without_s3_sync(document),
                                          .layout = chosen.text,
                                          .layout_says = document,
                                          .modified = host.clock.now(),
                                          .s3_sync = configuration.s3_sync,
                                          .unique = host.random.next()});
  if (!outcome) return outcome.error();
  if (*outcome == platform::ReplaceOutcome::replaced) return base::Done{};
  return Error{ErrorKind::undecided, "config.json was changed by another program meanwhile",
               "run s3-restore again"};
}

}  // namespace start_claude::cli
