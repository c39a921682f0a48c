// One sync run: read both sides, let `resolve` decide, act, and remember, so that no edit is lost.
//
// The order of the steps is the protocol (docs/never-lose.md): what is overwritten is in history
// first, the remote is written under a condition, the local file only over the state it was read
// in, and the state file last. Any crash in between is repaired by the next run. The caller holds
// the lock.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "platform/clock.h"
#include "platform/filesystem.h"
#include "platform/random.h"
#include "resolve/effects.h"
#include "resolve/resolve.h"
#include "s3/object_store.h"
#include "sync/edit_time.h"
#include "sync/history.h"
#include "sync/local_copy.h"
#include "sync/paths.h"
#include "sync/remote_copy.h"
#include "sync/remote_writer.h"
#include "sync/state.h"

namespace start_claude::sync {

/// How often one run may lose the race for the remote (or for the local file) and start over.
inline constexpr int rounds_max = 5;

struct RunRequest {
  resolve::Direction direction = resolve::Direction::both;
  resolve::Occasion occasion = resolve::Occasion::by_hand;
  resolve::ConflictPreference preference = resolve::ConflictPreference::ask;
  resolve::Force force = resolve::Force::no;
  resolve::AllowEmpty allow_empty = resolve::AllowEmpty::no;
  /// Decide and report, write nothing anywhere.
  bool dry_run = false;
  /// Write even though these credentials were refused it earlier: whoever asks expects another
  /// answer now. An upload always does.
  bool doubts_denial = false;
  /// Ask before what is clear, too.
  bool confirm_clear = false;
};

/// Both sides as one run saw them, and what follows.
struct Situation {
  LocalCopy local;
  RemoteCopy remote;
  resolve::Input input;
  resolve::Resolution resolution;
  bool was_asked = false;  ///< a person took their time since the reading, and answered
  s3::ClockSkew skew;
  StoreTraits traits;
  RemoteState remembered;
  /// It is held, and s3-restore --last would bring profiles back.
  bool has_earlier = false;
};

enum class RunResult {
  in_sync,  ///< nothing to do
  uploaded,
  downloaded,
  merged,   ///< written here, and to the remote unless only a download was asked for
  held,     ///< nothing changed: a decision or a repair is needed
  pending,  ///< --dry-run: something would be done, or asked
};

/// What stands on the sides that were written.
struct SideAfter {
  std::string revision = {};
  std::optional<UtcTime> modified = {};
  std::string writer = {};  ///< of the remote copy, in its metadata
};

struct RunReport {
  RunResult result = RunResult::in_sync;
  resolve::Cause cause = resolve::Cause::equal;
  /// As found, before anything was done.
  Situation found;
  /// What was merged, or would be; by all rounds of the run that wrote anything.
  std::optional<resolve::MergeResult> merge = {};
  /// The fields that were changed in two ways: why it is held, or what was settled by all rounds
  /// of the run that wrote anything.
  std::vector<resolve::FieldChange> conflicts = {};
  /// What changed on each side that had a document and was written, or would be; by all rounds.
  resolve::Effects effects = {};
  /// The profiles for whose sake it is held: they would have gone.
  resolve::Removals removals = {};
  bool local_changed = false;
  bool remote_changed = false;
  std::size_t profiles_after = 0;  ///< on the side or sides that were written
  SideAfter after = {};
  std::size_t uploaded_bytes = 0;
  StoreTraits traits = {};
  s3::ClockSkew skew = {};
  /// These credentials may read but not write, now or in an earlier run, so nothing was uploaded.
  bool is_write_denied = false;
  /// What the store said to the write, if that was in this run.
  std::optional<Error> write_refusal = {};
  /// This store lets writers overwrite each other, and since the last sync here more came than the
  /// remote copy names: an edit made here may have been overwritten there, unseen. What this run
  /// replaced here is in history.
  bool is_past_lineage = false;
  /// What was just written cannot be read, and why: by what the store says, this key may only
  /// write.
  std::optional<Error> unreadable = {};
  /// The file in history that has the bytes of the damaged side this run replaced; empty if none
  /// was damaged, or what was there had not been read.
  std::string damaged_kept_as = {};
  /// The run that ended a race began again this often; 1 if there was none.
  int rounds = 1;
};

/// What the engine asks and tells while it runs.
class Conversation {
 public:
  virtual ~Conversation() = default;
  /// Nothing: nobody answered (end of input); the run then holds.
  virtual std::optional<resolve::Answer> ask(const Situation& situation,
                                             const resolve::Question& question) = 0;
  /// RunRequest::confirm_clear: may this be done?
  virtual bool confirm(const Situation& situation, const resolve::Resolution& resolution) = 0;
  /// Somebody else wrote meanwhile; round `round` of `rounds_max` begins.
  virtual void started_over(const std::string& writer, int round) = 0;
  /// An edit that an earlier run had displaced lost these fields to a later one; it is in history.
  virtual void displaced_lost(const std::vector<resolve::FieldChange>& fields) = 0;
};

struct EngineParts {
  platform::FileSystem& files;
  platform::Clock& clock;
  platform::Random& random;
  s3::ObjectStore& store;
  Conversation& conversation;
};

struct EngineOptions {
  Paths paths;
  RemoteName remote;
  std::string host_name;
  /// settings.s3Sync for a local file that has none of its own because it is lost or broken.
  std::optional<json::Value> s3_sync = {};
  /// read_only: a run in both directions brings only what is new there.
  resolve::Access access = resolve::Access::read_write;
  /// Who signs, in words that stay the same until somebody else does. Called only for credentials
  /// that were refused something; unset or empty: nobody knows, and nothing is remembered of them.
  std::function<std::string()> signer = {};
  /// s3-state.json where the caller has read it already.
  std::optional<State> state = {};
};

class Engine {
 public:
  Engine(EngineParts parts, EngineOptions options);

  /// Reads both sides and decides; changes nothing, asks nothing.
  Result<Situation> look(const RunRequest& request);
  /// Does what is decided.
  Result<RunReport> run(const RunRequest& request);

 private:
  /// A step ended the run, or another writer was first and everything must be read again.
  enum class Step { finished, start_over };

  /// Brings back what somebody wrote into config.json in the moment of its replacement.
  Result<base::Done> restore(RunReport& report);
  /// Asks only whether the remote changed, where the local file is known not to have: it is then
  /// not even read. True if that ended the run.
  Result<bool> try_unchanged(const RunRequest& request, RunReport& report);
  /// Whether this run may write, as far as is known.
  void choose_access(const RunRequest& request);
  /// After a PUT that was refused: can these credentials read? Then that is remembered, and the run
  /// goes on without writing, unless an upload was asked for.
  Result<base::Done> settle_denial(const RunRequest& request);
  std::string signer_mark() const;
  /// After a read that was denied: whether a first upload may find out what is there, because its
  /// condition protects whatever it is. Measures that, unless this is a dry run.
  bool may_create_unread(const RunRequest& request, const LocalCopy& local);
  /// Remembers, for the next run, which content the local file has.
  void know_local(const LocalCopy& local);
  Result<Situation> read_and_resolve(const RunRequest& request, LocalCopy local);
  /// Remembers what a run that was cut off had brought into the local file.
  Result<base::Done> recall(const RunRequest& request, const LocalCopy& local,
                            const RemoteCopy& remote);
  /// As the run that brought it here would have done next: what it replaced was here before it.
  Result<base::Done> keep_as_newest(const std::string& revision);
  std::optional<resolve::Snapshot> find_ancestor(const LocalCopy& local,
                                                 const RemoteCopy& remote) const;
  resolve::Input input_for(const RunRequest& request, const LocalCopy& local,
                           const RemoteCopy& remote) const;
  /// Puts a local change without reading first, where the condition itself tells whether the
  /// remote is what it was. True if that ended the run.
  Result<bool> try_direct_upload(const RunRequest& request, LocalCopy& local, RunReport& report);
  /// Asks what has to be asked; never a Question afterwards.
  void settle(const RunRequest& request, Situation& situation);
  Result<Step> act(Situation& situation, RunReport& report);
  Result<Step> agree(const Situation& situation);
  Result<Step> upload(const Situation& situation, RunReport& report);
  Result<Step> download(const Situation& situation, RunReport& report);
  Result<Step> write_merge(const Situation& situation, const resolve::Merge& merge,
                           RunReport& report);
  /// What s3-restore --last undoes, to be filled in by whoever writes a side.
  Replaced& replacing();
  /// What to remember once both sides have it; nothing if another writer was first.
  Result<std::optional<RemoteState>> put(const Outgoing& outgoing, const RemoteCopy& over,
                                         RunReport& report);
  /// Where conditions do not protect the write: is it still there?
  Result<Step> read_back(const std::string& revision);
  Result<Step> replace_local(const LocalCopy& local, const json::Value& document,
                             const base::SharedText& layout, const json::Value& layout_says,
                             std::optional<UtcTime> modified);
  bool is_past_lineage(const RemoteCopy& remote) const;
  /// If the PUT of the last round was stored all the same, and somebody wrote over it since: what
  /// it had settled belongs to what this run did.
  void tell_doubted(const RemoteCopy& remote, RunReport& report);
  Result<base::Done> keep_remote(const RemoteCopy& remote);
  /// Keeps the text of a merge as what `entry` says of it: its origin, and what it was merged with.
  Result<base::Done> keep_merge(const json::Value& document, const base::TextParts& text,
                                HistoryEntry entry);
  /// config.json and its place are on the disk when this returns.
  Result<base::Done> make_local_durable() const;
  Result<base::Done> remember(RemoteState remote);
  /// What this run learnt about the store, into the state that is saved with the rest.
  void note_store();
  MeasuredClock measured_clock() const { return {clock_.now(), store_.clock_skew()}; }

  platform::FileSystem& files_;
  platform::Clock& clock_;
  platform::Random& random_;
  s3::ObjectStore& store_;
  Conversation& conversation_;
  EngineOptions options_;
  s3::ObjectLocation location_;
  History history_;
  State state_;
  RemoteWriter writer_;
  /// What was known when the run began, and after each step that changed it.
  RemoteState remembered_;
  UtcTime began_ = {};  ///< before anything was read
  /// What try_unchanged() got instead of "not modified".
  std::optional<s3::GetOutcome> already_read_ = {};
  resolve::Access access_ = resolve::Access::read_write;
  bool is_write_denied_ = false;
  std::optional<Error> write_refusal_ = {};  ///< of this run
  std::string write_denied_to_;              ///< see StoreTraits
  std::optional<Error> refused_put_ = {};    ///< of this round
  /// A PUT that may have been stored though another content was there afterwards.
  struct Doubted {
    std::string revision;
    resolve::MergeResult merge;
  };
  std::optional<Doubted> doubted_;
  std::optional<Replaced> replacing_;
  /// A person accepted a merge without conflicts in an earlier round.
  bool merge_accepted_ = false;
};

}  // namespace start_claude::sync
