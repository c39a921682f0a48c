// What the manager's page asks of the rest of the program, over the same sessions as the commands.
//
// A question on the page ends the run with nothing changed; the answer comes with the states of
// both sides that the person saw, the run is made again, and the answer counts if they are still
// that.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "cli/host.h"
#include "cli/options.h"
#include "cli/sync_session.h"
#include "cli/undo.h"
#include "server/manager_backend.h"
#include "server/manager_events.h"
#include "ui/console.h"

namespace start_claude::cli {

class ManagerSync final : public server::ManagerBackend {
 public:
  /// All must live longer. `saved` is called, from any thread, when the page changed
  /// configurations.
  ManagerSync(Host& host, const Options& options, server::ManagerEvents& events,
              std::function<void()> saved);

  json::Value status(server::Looking looking) override;
  Result<json::Value> sync(const server::SyncOrder& order) override;
  Result<json::Value> undo_sync(const std::string& content_revision) override;
  Result<json::Value> differences() override;
  Result<json::Value> revisions(server::Looking looking) override;
  Result<json::Value> document_of(const std::string& revision) override;
  Result<server::Connected> test_connection(const json::Value& document) override;
  Result<server::RestoreUpload> upload_restored() override;
  json::Value balance() override;
  void saved() override { saved_(); }
  void stays_here(const std::string& content_revision) override;

  /// The check when the manager opens: the sentence for the terminal and the page.
  std::string open();
  /// Uploads what changed here, if the settings let it: not what stays
  /// here. False if another run is at work: try again.
  bool upload_by_itself();

 private:
  Result<std::unique_ptr<SyncSession>> open_session(std::unique_ptr<sync::Conversation> answers);
  /// The same, where no question has been answered yet.
  Result<std::unique_ptr<SyncSession>> open_session();
  void add_settings(json::Object& status, const Configuration& configuration);
  void add_look(json::Object& status);
  // manager_undo.cc: the two kinds of undoing, each with its answer for the page
  Result<json::Object> undo_apart(const sync::UndoPlan& plan, const Configuration& configuration);
  Result<json::Object> undo_for_both(const LastSync& last, const Configuration& configuration);
  Result<base::Done> check_remote_is(const std::string& revision);
  /// Not over another revision than `replaced`.
  Result<base::Done> upload_over(const std::string& replaced, const std::string& restored);
  Notices notices();
  bool does_stay_here(const sync::LocalCopy& local) const;
  /// What opening found is not how it is any more.
  void forget_opening();

  Host& host_;
  const Options& options_;
  server::ManagerEvents& events_;
  std::function<void()> saved_;
  ui::Console words_;
  mutable std::mutex mutex_;
  std::string opening_;
  std::string opening_content_;  ///< what it left here, if that can be undone
  bool opened_unconfigured_ = false;
  /// A local content that goes nowhere unasked: a person was asked about it and has not answered,
  /// or wants it here only.
  std::string stays_here_;
};

}  // namespace start_claude::cli
