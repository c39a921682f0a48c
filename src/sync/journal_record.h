// The records of s3-journal, and a record as a line.
//
// A line is a JSON object whose last member, "sum", holds the first 16 hexadecimal digits of the
// SHA-256 of the line without it. `less` and `jq` read it. Contents are in it whole, without
// settings.s3Sync.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/shared_text.h"
#include "base/time.h"
#include "json/value.h"
#include "sync/clock.h"

namespace start_claude::sync {

/// Where a content was when it was kept.
enum class Source { local, remote, merged };
std::string_view name_of(Source source);

/// A content: of the file here, of the bucket, or a merge of both.
struct ContentRecord {
  std::string revision;  ///< of a damaged one: the SHA-256 of its bytes
  VersionVector clock = {};
  Source source = Source::local;
  std::string by = {};  ///< the host that wrote it, as far as known; may be empty
  std::size_t entries = 0;
  std::size_t profiles = 0;
  bool is_damaged = false;  ///< not a document: kept byte for byte, never a base
  base::SharedText text = {};
};

/// What a run is about to do to the two sides.
struct Intent {
  std::string remote;                   ///< RemoteName::text()
  std::string before;                   ///< revision of config.json; empty: there was no document
  std::int64_t before_modified_ns = 0;  ///< its mtime
  std::uint64_t before_inode = 0;       ///< its inode; 0: there was no file
  std::string boot = {};                ///< boot_id() (machine.h) of then
  std::string after;                    ///< revision that both sides, or only this one, will have
  VersionVector clock = {};             ///< of `after`
  bool puts = false;                    ///< `after` goes to the bucket
  bool replaces = false;                ///< config.json becomes `after`
  /// Where the other of the two contents lies while config.json is exchanged; empty if it is not.
  std::string beside = {};
  /// Revision of the object as it was read; empty: there was no document.
  std::string over = {};
  VersionVector over_clock = {};
  /// The paths of the fields that lose an edit by this; told once it is known to have happened.
  std::vector<std::vector<std::string>> conflicts = {};
  /// What the file takes in from the bucket by this; empty if it takes it over whole, clock and
  /// all, or if that is a foreign writer's.
  std::string taken_in() const {
    const bool is_whole = over == after && over_clock == clock;
    return over_clock.empty() || is_whole ? "" : over;
  }
  bool operator==(const Intent&) const = default;
};

/// What the last run that wrote something replaced, by revision: see sync/undo.h.
struct Replaced {
  std::string local = {};     ///< what was here; empty: nothing, or the file was not written
  std::string remote = {};    ///< what was in the bucket; empty: nothing, or it was not written
  std::string became = {};    ///< what stands there since
  std::string ancestor = {};  ///< what both sides came from; empty: nothing known
  bool operator==(const Replaced&) const = default;
};

/// What this machine knows of one remote since both sides were equal last.
struct RemoteState {
  std::string ancestor = {};  ///< revision both sides last agreed on; empty: none
  VersionVector clock = {};   ///< of the object; empty: a foreign writer's, without one
  std::string etag = {};      ///< raw, of the object that held it
  std::optional<UtcTime> last_modified = {};
  /// When the content was edited, as both sides show it.
  std::optional<UtcTime> modified = {};
  std::string writer = {};
  std::optional<Replaced> replaced = {};
  bool operator==(const RemoteState&) const = default;
};

json::Value value_of(const RemoteState& state);
/// Absent and strange members count as unknown.
RemoteState remote_state_from(const json::Value& value);

json::Value value_of(const Intent& intent);
Intent intent_from(const json::Value& value);

/// What came of the intent: config.json has `revision`, and its folder is on the disk.
struct DoneRecord {
  std::string remote;
  std::string revision;  ///< empty: the file is as it was
  VersionVector clock = {};
  std::string taken_in = {};
  VersionVector taken_in_clock = {};
  /// Nothing: both sides did not become equal by this.
  std::optional<RemoteState> agreed = {};
};

/// The intent before it came to nothing here.
struct DroppedRecord {
  bool may_be_stored = false;  ///< nobody here knows whether its PUT was stored
  bool was_stored = false;     ///< it was, and what it settled is told
};

/// What earlier puts of unknown outcome to that remote had settled is told, or came to nothing.
struct SettledRecord {
  std::string remote;
};

/// A sync is being undone: what config.json has from now on comes from `ancestor` and nothing
/// later, and `ancestor` is what it has in common with that remote.
struct UndoneRecord {
  std::string remote;
  std::string ancestor;  ///< empty: nothing is known that both come from
};

/// What all records before it amount to but for their contents (memory.h): compaction leaves only
/// those, and this.
struct SummaryRecord {
  json::Value memory;
};

/// Who this installation is. A copy of it has another fingerprint, and draws an id of its own.
struct MachineRecord {
  std::string id;
  std::string fingerprint;
  /// The id before, of the installation that this is a copy or an earlier life of. What was counted
  /// by that beyond `sure_count` the other counts as well, and so it is counted anew by `id`.
  std::string was = {};
  std::uint64_t sure_count = 0;
};

using JournalRecord = std::variant<ContentRecord, Intent, DoneRecord, DroppedRecord, SettledRecord,
                                   UndoneRecord, MachineRecord, SummaryRecord>;

/// One line, with its line end. `at` is this machine's clock: for people, never for order.
std::string format_record(const JournalRecord& record, UtcTime at);

struct ParsedRecord {
  JournalRecord record;
  UtcTime at;
};
/// Nothing if the line does not hold its sum, or says what no version of this program writes.
std::optional<ParsedRecord> parse_record(std::string_view line);

/// Whether the line, without its line end, ends with its own sum.
bool holds_sum(std::string_view line);
/// The sum of the last record in `text`, which ends with it; empty if there is none.
std::string last_sum(std::string_view text);

}  // namespace start_claude::sync
