// The decision: given both sides, their ancestor and the occasion, what is to be done.
//
// Pure and total: values in, a value out; no I/O, no clock, no words for the user. What changed
// decides first; time decides only where there is no ancestor or two changes oppose each other, and
// only when it can be trusted. The whole table is in docs/architecture.md and, case by case, in
// tests/unit/resolve.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "json/value.h"
#include "resolve/merge.h"

namespace start_claude::resolve {

/// A valid document, without settings.s3Sync, and the revision that names its content.
struct Snapshot {
  json::Value document;
  std::string revision;
  std::size_t entries = 0;  ///< of `configs`, tombstones included
};

/// Nothing there: no file, or no object under the key.
struct Missing {};
/// Something there that is not a configuration: cut off, HTML, `{}` in the bucket.
struct Damaged {
  /// What is there was read, so history can keep it when it is replaced. What is too large was not,
  /// and what came changed by something on the way is not what is there.
  bool can_be_kept = true;
};
using Content = std::variant<Missing, Damaged, Snapshot>;

/// One side: what it holds and when that was last edited, on the server's clock; nothing if nobody
/// can say when.
struct SideState {
  Content content;
  std::optional<UtcTime> modified;

  const Snapshot* snapshot() const { return std::get_if<Snapshot>(&content); }
  bool is_missing() const { return std::holds_alternative<Missing>(content); }
  bool is_damaged() const { return std::holds_alternative<Damaged>(content); }
  /// Missing, or a document without a single entry.
  bool is_empty() const {
    return is_missing() || (snapshot() != nullptr && snapshot()->entries == 0);
  }
};

/// s3-sync, s3-upload, s3-download.
enum class Direction { both, up, down };

enum class Occasion {
  by_hand,          ///< a person is there and can be asked
  unattended,       ///< cron, watch, no TTY: act on what is clear, else change nothing
  manager_opening,  ///< the web page opens: only download what is clearly newer
};

/// Whether this machine may write the remote at all: by its settings, or as far as its key is
/// known.
enum class Access { read_write, read_only };

/// What the user configured for conflicts that would otherwise be asked about or held.
enum class ConflictPreference { ask, local, remote };

/// Whether the file times of this run can decide anything: no, if this clock is more than
/// `skew_trusted_max` off the server's.
enum class TimeTrust { trusted, untrusted };

inline constexpr std::chrono::milliseconds skew_trusted_max{60'000};
/// Times closer than this, or exactly this far apart, do not decide unattended.
inline constexpr std::chrono::milliseconds clear_margin{300'000};
/// On opening, the manager downloads what is newer by more than this, and leaves a local file alone
/// that changed within it.
inline constexpr std::chrono::milliseconds manager_margin{30'000};

enum class Force { no, yes };
enum class AllowEmpty { no, yes };

struct Input {
  SideState local;
  SideState remote;
  /// The newest content both sides are known to come from; nothing if none is known.
  std::optional<Snapshot> ancestor = {};
  /// Further ones of which none comes from another: contents were overwritten unread. A field then
  /// conflicts only if they disagree, or all say so.
  std::vector<Snapshot> other_ancestors = {};
  TimeTrust time = TimeTrust::trusted;
  Direction direction = Direction::both;
  /// Only for Direction::both: edits made here stay here, and what is new there comes.
  Access access = Access::read_write;
  Occasion occasion = Occasion::by_hand;
  ConflictPreference preference = ConflictPreference::ask;
  Force force = Force::no;
  AllowEmpty allow_empty = AllowEmpty::no;
  /// How long ago the local file was written; only the manager asks.
  std::optional<std::chrono::milliseconds> local_age = {};
};

/// Why the resolution is what it is. Closed; `ui` has a sentence for each.
enum class Cause {
  equal,
  nothing_anywhere,      ///< neither side has anything, nor ever had
  first_upload,          ///< there never was a remote copy
  first_download,        ///< there never was anything here
  local_changed,         ///< only this side changed since the ancestor
  remote_changed,        ///< only the other side did
  both_changed,          ///< both did, no field in common
  conflict,              ///< both did, in at least one field differently
  local_newer,           ///< differ without an ancestor; or a download would undo local edits
  remote_newer,          ///< differ without an ancestor; or an upload would undo remote edits
  times_too_close,       ///< only time could decide, and it is within the margin
  times_untrusted,       ///< only time could decide, and this clock is off
  times_unknown,         ///< only time could decide, and nobody knows when a side was edited
  local_lost,            ///< profiles were here and are gone: empty, or no file
  empty_upload_refused,  ///< nothing here that could stand for what is there
  nothing_to_upload,     ///< this side never had anything
  nothing_to_download,   ///< there never was a remote copy
  remote_gone,           ///< there was a remote copy and now there is none
  both_gone,             ///< there were profiles, now neither side has any
  remote_emptied,        ///< the remote copy had profiles and now has none
  many_removed,          ///< more than half of the profiles would go, and at least three
  local_damaged,
  remote_damaged,
  forced,
  local_just_changed,   ///< manager: edited within the last 30 s
  remote_barely_newer,  ///< manager: newer by 30 s or less
};

enum class NewerSide { local, remote, neither };

/// Nothing to do.
struct InSync {
  Cause cause = Cause::equal;
};
/// The remote becomes what is here.
struct Upload {
  Cause cause;
  /// The fields both sides had changed differently, all of which this side won.
  std::vector<FieldChange> conflicts = {};
};
/// The local file becomes what is there (its settings.s3Sync stays).
struct Download {
  Cause cause;
  /// The fields both sides had changed differently, all of which the remote won.
  std::vector<FieldChange> conflicts = {};
};
/// The local file becomes the merge; so does the remote unless only a download was asked for.
struct Merge {
  Cause cause;
  MergeResult result;
  bool upload = true;
};
/// Profiles that are gone on one side, and would go on the other.
struct Removals {
  Side from = Side::local;  ///< where they still are
  std::vector<std::string> profiles = {};
  std::size_t of = 0;  ///< as many profiles are there
  bool empty() const { return profiles.empty(); }
};

/// Nobody may decide this but a person, or nothing can be done; nothing changes.
struct Hold {
  Cause cause;
  /// The fields that changed on both sides, if that is why.
  std::vector<FieldChange> conflicts = {};
  /// The profiles that would have gone, if that is why.
  Removals removals = {};
};

/// What a person can answer.
enum class Option {
  yes,
  no,
  keep_both,         ///< every profile of both sides; what differs in one field by time or choice
  take_remote,       ///< replaces what is here
  replace_remote,    ///< by what is here
  view_differences,  ///< handled by who asks: show, then ask again
  leave_both,
};

enum class Topic {
  confirm_merge,         ///< both changed, no overlap: yes or no
  choose_fields,         ///< both changed, overlap: a side for each conflict
  choose_side,           ///< no ancestor: keep both, take the remote, replace it, view, leave
  replace_newer_remote,  ///< s3-upload over edits that are not here
  replace_newer_local,   ///< s3-download over edits that are not there
  recreate_remote,       ///< the remote copy is gone: upload again?
  repair_remote,         ///< the remote copy is damaged: replace it from here?
  accept_empty_remote,   ///< the remote copy has no profiles left: take that over?
  accept_removals,       ///< more than half of the profiles would go: yes or no
};

/// A person must decide. `resolve` says what may be answered; `answer` what follows.
struct Question {
  Topic topic;
  Cause cause;
  std::vector<Option> options;
  /// What Enter means. For choose_fields see `preselected`.
  Option default_option = Option::no;
  /// choose_fields, and what differs on both sides for keep_both: the newer side, which each field
  /// is preselected to (see preselected_side()); `neither` means each must be chosen.
  NewerSide preselected = NewerSide::neither;
  /// confirm_merge, choose_fields, choose_side: what the merge would be.
  std::optional<MergeResult> merge = {};
  /// The profiles that would go, where they are so many that a default must not remove them.
  Removals removals = {};
};

/// The side that Enter takes for a field both sides changed; nothing: it must be chosen. Where one
/// side removed the profile it is the other: no default removes a profile.
std::optional<Side> preselected_side(const Question& question, const FieldChange& conflict);

using Resolution = std::variant<InSync, Upload, Download, Merge, Hold, Question>;

Resolution resolve(const Input& input);
Cause cause_of(const Resolution& resolution);
/// The fields both sides had changed differently, whether that was settled or is why it is held;
/// none for a Question.
std::vector<FieldChange> conflicts_of(const Resolution& resolution);

/// Whether somebody decided, or took what is suggested without having been asked.
enum class AnsweredBy { person, default_answer };

/// The profiles for whose sake it is held or asked; see Hold and Question.
Removals removals_of(const Resolution& resolution);

/// What was answered.
struct Answer {
  Option option = Option::no;
  /// choose_fields with Option::yes: one for every conflict; keep_both: one for every conflict that
  /// has no preselected side.
  std::vector<Choice> choices = {};
  AnsweredBy by = AnsweredBy::person;
};

/// What the question suggests: its default, and the preselected side of each conflict.
Answer suggested_answer(const Question& question);

/// What follows from the answer to the question `resolve(input)` asked. Never a Question; a field
/// left without a choice makes it a Hold.
Resolution answer(const Input& input, const Question& question, const Answer& given);

/// False where nothing is to be uploaded, be it that only a download was asked for.
bool may_upload(const Input& input);

/// Which side was edited later, if both times are known and to be trusted, and differ at all.
NewerSide newer_side(const Input& input);

}  // namespace start_claude::resolve
