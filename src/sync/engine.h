// One sync run: read both sides, let `resolve` decide, act, and remember, so that no edit is lost.
//
// A run is a loop over values: read, decide, ask, act, record (docs/never-lose.md). The journal
// says on the disk what will be done before it is done, the remote is written under a condition,
// and the local file only over the state it was read in. Any crash in between is brought in order
// by the next run. The caller holds the lock.
#pragma once

#include <chrono>
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
#include "sync/local_copy.h"
#include "sync/memory.h"
#include "sync/paths.h"
#include "sync/remote_copy.h"
#include "sync/remote_writer.h"
#include "sync/state.h"

namespace start_claude::sync {

struct Change;

/// For how long one run goes on after it lost a race for the remote, where the caller says nothing.
inline constexpr std::chrono::milliseconds race_time_default{30'000};

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
  /// Of the local file's content.
  VersionVector local_clock = {};
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
  /// What all rounds of the run replaced; nothing if none wrote anything.
  std::optional<Replaced> replaced = {};
  std::size_t uploaded_bytes = 0;
  StoreTraits traits = {};
  s3::ClockSkew skew = {};
  /// These credentials may read but not write, now or in an earlier run, so nothing was uploaded.
  bool is_write_denied = false;
  /// What the store said to the write, if that was in this run.
  std::optional<Error> write_refusal = {};
  /// What was just written cannot be read, and why: by what the store says, this key may only
  /// write.
  std::optional<Error> unreadable = {};
  /// The damaged side this run replaced is in the journal, byte for byte.
  bool kept_damaged = false;
  /// The run that ended a race began again this often; 1 if there was none.
  int rounds = 1;

  void add_conflicts(const std::vector<resolve::FieldChange>& more) {
    conflicts.insert(conflicts.end(), more.begin(), more.end());
  }
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
  /// Somebody else wrote meanwhile; the run begins again for the `round`th time.
  virtual void started_over(const std::string& writer, int round) = 0;
  /// An earlier run that was cut off settled these fields, or its answer was lost: edits of them
  /// are in the journal and not in the result.
  virtual void settled_earlier(const std::vector<resolve::FieldChange>& fields) = 0;
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
  std::chrono::milliseconds race_time = race_time_default;
};

class Engine {
 public:
  Engine(EngineParts parts, EngineOptions options);

  /// Reads both sides and decides; changes nothing, asks nothing.
  Result<Situation> look(const RunRequest& request);
  /// Does what is decided.
  Result<RunReport> run(const RunRequest& request);

 private:
  /// How a round ended, or what it did last.
  enum class Step {
    finished,
    lost_race,      ///< another writer was first
    local_changed,  ///< somebody saved config.json meanwhile
    denied,         ///< these credentials may not write: go on without
  };
  /// The whole of it, from the reading on. `before`: how the round before ended; finished if there
  /// was none.
  Result<Step> round(const RunRequest& request, Step before, RunReport& report);

  // Remember (engine.cc).
  MemoryParts memory_parts() const;
  Result<base::Done> open_memory();
  /// Of this remote.
  RemoteState remembered() const;
  Result<base::Done> recover_earlier_run(RunReport& report);

  // Two ways past a reading: nothing changed (engine_unchanged.cc), or only the local file did.
  /// Asks only whether the remote changed, where the local file is known not to have: it is then
  /// not even read. True if that ended the run.
  Result<bool> try_unchanged(const RunRequest& request, RunReport& report);
  /// Puts a local change without reading first, where the condition itself tells whether the
  /// remote is what it was. Nothing if that is not the case here.
  Result<std::optional<Step>> try_direct_upload(const RunRequest& request, LocalCopy& local,
                                                RunReport& report);

  // Read and decide (engine_decide.cc).
  Result<Situation> read_and_resolve(const RunRequest& request, LocalCopy local);
  /// Tells what earlier PUTs of unknown outcome had settled, now that the remote shows it.
  void report_lost_answers(const RemoteCopy& remote);
  resolve::Input input_for(const RunRequest& request, const LocalCopy& local,
                           const RemoteCopy& remote);
  std::vector<resolve::Snapshot> find_bases(const LocalCopy& local, const RemoteCopy& remote);
  std::optional<resolve::Snapshot> snapshot_of(const std::string& revision, const LocalCopy& local,
                                               const RemoteCopy& remote) const;
  bool store_guards() const { return writer_.traits().if_match == Verdict::honoured; }
  MeasuredClock measured_clock() const { return {clock_.now(), store_.clock_skew()}; }
  /// Asks what has to be asked; the resolution is never a Question afterwards.
  void ask_user(const RunRequest& request, Situation& situation);

  // Act (engine_act.cc): makes a Change of what was decided.
  /// --dry-run: only reports it.
  static void describe_plan(const Situation& situation, RunReport& report);
  Result<Step> act(const Situation& situation, RunReport& report);
  Result<Step> upload(const Situation& situation, RunReport& report);
  Result<Step> download(const Situation& situation, RunReport& report);
  Result<Step> write_merge(const Situation& situation, const resolve::Merge& merge,
                           RunReport& report);
  /// Of the content that config.json takes over from the bucket.
  VersionVector clock_taken_over(const Situation& situation) const;

  // Carry the Change out (engine_carry_out.cc), in the order of these functions.
  Result<Step> carry_out(const Situation& situation, const Change& change, RunReport& report);
  /// When it returns, the journal says on the disk what will be done, and has what will be
  /// replaced. Returns the path of the file that config.json is going to be exchanged with; empty
  /// if it was not made yet.
  Result<std::string> write_intent(const Situation& situation, const Change& change);
  void note_remote(const RemoteCopy& remote);
  struct PutEnd {
    Step step = Step::finished;
    RemoteState agreed = {};  ///< once both sides have it
  };
  Result<PutEnd> put(const Situation& situation, const Change& change, RunReport& report);
  LocalWrite local_write(const Change& change) const;
  /// Somebody saved config.json meanwhile, and it is theirs.
  Result<base::Done> leave_to_others(const Intent& intent);
  /// The sides that are as `Change` says; `local` also where config.json was so before.
  struct Sides {
    bool remote = false;
    bool local = false;
  };
  /// Into the report: what was done, and what went by it.
  void describe(const Situation& situation, const Change& change, const Sides& written,
                RunReport& report) const;
  Result<base::Done> record_done(const Intent& intent, const RemoteState& agreed);
  /// Where conditions do not protect the write: is it still there? And may it be read?
  Result<Step> check_put(const Situation& situation, const Change& change,
                         const RemoteState& agreed, RunReport& report);

  // Record (engine.cc; record_in_sync() in engine_act.cc).
  Result<Step> record_in_sync(const Situation& situation, const RunReport& report);
  /// Both sides hold what `remote` says.
  static RemoteState agreement_on(const RemoteCopy& remote);
  /// Journal and s3-state.json say that nothing is in play any more. Mostly not fsynced: without it
  /// the next run looks again.
  Result<base::Done> record_end(Journal::Durability durability = Journal::Durability::later);
  Result<base::Done> save_state();

  // Access (engine_access.cc).
  /// Whether this run may write, as far as is known.
  void choose_access(const RunRequest& request);
  std::string signer_mark() const;
  /// After a read that was denied: whether a first upload may find out what is there, because its
  /// condition protects whatever it is. Measures that, unless this is a dry run.
  bool may_create_unread(const RunRequest& request, const LocalCopy& local);
  /// After a PUT that was refused: can these credentials read? Then that is remembered, and the run
  /// goes on without writing, unless an upload was asked for.
  Result<base::Done> go_on_without_writing(const RunRequest& request);

  platform::FileSystem& files_;
  platform::Clock& clock_;
  platform::Random& random_;
  s3::ObjectStore& store_;
  Conversation& conversation_;
  EngineOptions options_;
  s3::ObjectLocation location_;
  State state_;
  RemoteWriter writer_;
  std::optional<Memory> memory_;
  UtcTime began_ = {};  ///< before anything was read
  /// What try_unchanged() or go_on_without_writing() read, for the next round.
  std::optional<s3::GetOutcome> already_read_ = {};
  resolve::Access access_ = resolve::Access::read_write;
  bool is_write_denied_ = false;
  std::string write_denied_to_;              ///< see StoreTraits
  std::optional<Error> write_refusal_ = {};  ///< of this run
  /// A person accepted a merge without conflicts in an earlier round.
  bool merge_accepted_ = false;
};

}  // namespace start_claude::sync
