// What the manager needs from the rest of the program: syncing, looking, history, a test.
//
// Implemented in `cli` over the same sessions as the commands, so that the page does what the
// terminal does, in the same words. Values are JSON as docs/manager-api.md has it; no secret is in
// them. Calls may come from several threads at once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "json/value.h"
#include "resolve/resolve.h"

namespace start_claude::server {

enum class Looking {
  here,   ///< what is known without the network
  there,  ///< read the remote copy now
};

/// The answer to a question that an earlier sync ended with.
struct SyncAnswer {
  resolve::Topic topic = resolve::Topic::confirm_merge;
  resolve::Answer answer;
  /// Nothing was chosen: the answer is what the question suggests, which never removes a profile.
  bool takes_suggestion = false;
  /// Both sides as they were asked about; if either is another by now, it is asked anew.
  std::string local;
  std::string remote;
};

struct SyncOrder {
  resolve::Direction direction = resolve::Direction::both;
  std::optional<SyncAnswer> answer = {};
  /// Another connection was saved just now: its key may do what an earlier one was refused.
  bool is_set_up_anew = false;
};

/// What settings that work led to.
struct Connected {
  std::string said;
  /// That the server named instead; to be saved, too.
  std::optional<std::string> region = {};
};

/// What became of the remote copy after a restore.
enum class RestoreUpload {
  uploaded,
  in_sync,    ///< it had that content already
  no_remote,  ///< this machine has no S3 settings
};

class ManagerBackend {
 public:
  virtual ~ManagerBackend() = default;
  /// GET /api/sync. Never fails: what is wrong is in it.
  virtual json::Value status(Looking looking) = 0;
  /// POST /api/sync: a result, or a question.
  virtual Result<json::Value> sync(const SyncOrder& order) = 0;
  /// POST /api/sync/undo: each side gets back what the last sync replaced there. `undecided`, with
  /// nothing changed, if another one left that content here, or either side changed since.
  virtual Result<json::Value> undo_sync(const std::string& content_revision) = 0;
  /// GET /api/diff.
  virtual Result<json::Value> differences() = 0;
  /// GET /api/history.
  virtual Result<json::Value> revisions(Looking looking) = 0;
  /// The document that was kept under that revision, here or in the bucket.
  virtual Result<json::Value> document_of(const std::string& revision) = 0;
  /// Connects with the settings.s3Sync of `document`: what there is, in words.
  virtual Result<Connected> test_connection(const json::Value& document) = 0;
  /// What was restored here replaces the remote copy, as s3-restore does it.
  virtual Result<RestoreUpload> upload_restored() = 0;
  /// GET /api/balance: what a running `balance` says of its endpoints. Never fails.
  virtual json::Value balance() = 0;
  /// The configurations were changed on the page.
  virtual void saved() = 0;
  /// That content is for this machine alone until it is edited: nothing uploads it unasked.
  virtual void stays_here(const std::string& content_revision) = 0;
};

}  // namespace start_claude::server
