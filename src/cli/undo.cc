#include "cli/undo.h"

#include <utility>

#include "base/text.h"
#include "cli/machine_memory.h"
#include "config/document.h"
#include "sync/recovery.h"
#include "ui/changes.h"

namespace start_claude::cli {

std::optional<LastSync> find_last_sync(Host& host, const Configuration& configuration) {
  const auto endpoint = endpoint_of(*configuration.settings, host);
  if (!endpoint) return std::nullopt;
  auto machine = MachineMemory::open(host, configuration.paths);
  if (!machine) return std::nullopt;
  const sync::RemoteName remote = remote_name_of(*endpoint, *configuration.settings);
  const auto remembered = (*machine)->memory().known().remote(remote.text());
  auto plan = sync::plan_undo((*machine)->memory(), remembered);
  if (!plan) return std::nullopt;
  return LastSync{*std::move(plan), remembered.replaced->became};
}

Result<base::Done> recover(Host& host, const sync::Paths& paths,
                           const std::function<void(const std::string&)>& warn) {
  auto machine = MachineMemory::open(host, paths);
  if (!machine) return std::move(machine).error();
  auto recovery = sync::recover((*machine)->parts(), (*machine)->memory());
  if (!recovery) return std::move(recovery).error();
  if (!recovery->conflicts.empty()) warn(ui::format_settled_earlier(recovery->conflicts));
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
  auto machine = MachineMemory::open(host, configuration.paths);
  if (!machine) return std::move(machine).error();
  return sync::undo_apart({.memory = (*machine)->parts(),
                           .store = session.connection().store(),
                           .remote = remote,
                           .s3_sync = configuration.s3_sync},
                          plan, configuration.local, (*machine)->memory(), (*machine)->state());
}

Result<base::Done> restore_here(Host& host, const Configuration& configuration,
                                const sync::Revision& chosen, const json::Value& document) {
  auto machine = MachineMemory::open(host, configuration.paths);
  if (!machine) return std::move(machine).error();
  sync::Memory& memory = (*machine)->memory();
  memory.note_local(configuration.local);
  if (auto kept = memory.write(sync::Journal::Durability::now); !kept) return kept;
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
