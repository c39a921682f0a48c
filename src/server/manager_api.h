// The manager's REST interface, docs/manager-api.md: whole requests in, JSON out.
//
// Edits go through ManagerDocument, everything about S3 through ManagerBackend. Secrets are masked
// in every answer but that to POST /api/secret, one at a time, and to an export of one profile that
// asks for them. A mask that comes in where a secret belongs is refused. Thread-safe.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "config/profile_rules.h"
#include "http/message.h"
#include "platform/clock.h"
#include "platform/random.h"
#include "server/manager_backend.h"
#include "server/manager_document.h"
#include "server/manager_events.h"

namespace start_claude::server {

struct ManagerApiParts {
  ManagerDocument& document;
  ManagerBackend& backend;
  ManagerEvents& events;
  const platform::Clock& clock;
  platform::Random& random;  ///< must be thread-safe
  std::string version;
};

class ManagerApi {
 public:
  explicit ManagerApi(ManagerApiParts parts) : parts_(std::move(parts)) {}

  /// The path begins with "/api/".
  http::Response answer(const http::Request& request);
  /// config.json may have been changed by somebody else: tells the pages if so.
  void file_changed();

 private:
  struct Call {
    const http::Request& request;
    json::Value body;  ///< {} if there is none
  };
  /// An edit, and what it is called in the log.
  struct Change {
    ManagerDocument::Edit edit;
    std::string said;  ///< "Saved production"
    /// What belongs to it beside the file, done once that is saved.
    std::function<void(json::Object& answer)> then = {};
    bool stays_here = false;  ///< is not to be uploaded unasked
  };

  // manager_api.cc
  http::Response get_health(const Call& call);
  http::Response get_sync(const Call& call);
  http::Response post_sync(const Call& call);
  http::Response post_sync_undo(const Call& call);
  http::Response get_diff(const Call& call);
  http::Response get_history(const Call& call);
  http::Response get_activity(const Call& call);
  http::Response get_balance(const Call& call);
  http::Response post_restore(const Call& call);
  http::Response post_undo(const Call& call);
  // manager_api_configs.cc
  http::Response get_configs(const Call& call);
  http::Response post_config(const Call& call);
  http::Response put_configs(const Call& call);
  http::Response patch_configs(const Call& call);
  http::Response reorder(const Call& call);
  http::Response add_profile(const Call& call);
  http::Response update_profile(const Call& call, std::size_t index, const std::string& name);
  http::Response delete_config(const Call& call);
  http::Response post_secret(const Call& call);
  http::Response get_export(const Call& call);
  http::Response post_import(const Call& call);
  // manager_api_settings.cc
  http::Response get_settings(const Call& call);
  http::Response put_settings(const Call& call);
  http::Response post_test(const Call& call);

  /// What a run of the backend came to.
  http::Response answer_run(const Result<json::Value>& done);
  /// Saves, tells everybody, and answers; `problems` are what the edit found wrong.
  http::Response save(const Call& call, const Change& change,
                      const std::vector<config::FieldProblem>& problems);
  http::Response answer_saved(const Saved& saved, const Change& change);
  /// What is in the bucket of a connection that was saved just now is fetched, or settled.
  void settle(json::Object& answer);
  void upload_restored(json::Object& answer);
  void upload_undone(json::Object& answer);
  void not_uploaded(json::Object& answer, const std::string& done, const Error& error);
  json::Value json_of(const DocumentView& view) const;
  /// The document a request is about: that of its revision, else the file as it is.
  Result<json::Value> document_for(const std::optional<std::string>& revision);
  std::string random_id();
  void announce(const DocumentView& view);

  ManagerApiParts parts_;
  std::mutex mutex_;
  std::string announced_;  ///< the revision the pages know of
};

}  // namespace start_claude::server
