// s3-journal: what this machine did and is about to do, one record a line, only ever appended to.
//
// Each line is a JSON object whose last member, "sum", holds the first 16 hexadecimal digits of the
// SHA-256 of the line without it. `less` and `jq` read it. A line that does not hold its sum ends
// the journal if it is the last one (the run that wrote it was cut off), and is passed over
// elsewhere. Contents are in it whole, without settings.s3Sync: it is memory, history, backups and
// merge bases in one. Losing it costs questions, never data. docs/never-lose.md has the protocol.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/shared_text.h"
#include "base/time.h"
#include "json/value.h"
#include "platform/filesystem.h"
#include "sync/clock.h"

namespace start_claude::sync {

/// Compaction keeps the newest this many contents, and all that are younger than that.
inline constexpr std::size_t journal_contents_min = 50;
inline constexpr std::chrono::hours journal_age_min{24 * 30};
/// Beyond this size the oldest contents go whatever their age.
inline constexpr std::uint64_t journal_bytes_max = 64u << 20;

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
  std::string remote;  ///< RemoteName::text()
  std::string before;  ///< revision of config.json; empty: there was no document
  std::int64_t before_modified_ns = 0;  ///< its mtime
  std::string after;   ///< revision that both sides, or only this one, will have
  VersionVector clock = {};  ///< of `after`
  bool puts = false;         ///< `after` goes to the bucket
  bool replaces = false;     ///< config.json becomes `after`
  /// Where the other of the two contents lies while config.json is exchanged; empty if it is not.
  std::string beside = {};
  /// What the file takes in from the bucket by this; empty if it takes it over whole.
  std::string taken_in = {};
  VersionVector taken_in_clock = {};
  /// The paths of the fields that lose an edit by this; told once it is known to have happened.
  std::vector<std::vector<std::string>> conflicts = {};
  bool operator==(const Intent&) const = default;
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
  bool operator==(const RemoteState&) const = default;
};

json::Value value_of(const RemoteState& state);
/// Absent and strange members count as unknown.
RemoteState remote_state_from(const json::Value& value);

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
};

/// What earlier puts of unknown outcome had settled is told, or came to nothing.
struct SettledRecord {};

/// Who this installation is. A copy of it has another fingerprint, and draws an id of its own.
struct MachineRecord {
  std::string id;
  std::string fingerprint;
};

using JournalRecord =
    std::variant<ContentRecord, Intent, DoneRecord, DroppedRecord, SettledRecord, MachineRecord>;

/// Where a record stands in the file.
struct Place {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;  ///< with its line end
  bool operator==(const Place&) const = default;
};

/// One line, with its line end. `at` is this machine's clock: for people, never for order.
std::string format_record(const JournalRecord& record, UtcTime at);

struct ParsedRecord {
  JournalRecord record;
  UtcTime at;
};
/// Nothing if the line does not hold its sum, or says what no version of this program writes.
std::optional<ParsedRecord> parse_record(std::string_view line);

/// The end of the journal as somebody left it, to recognise whether it is still that.
struct JournalEnd {
  std::uint64_t inode = 0;
  std::uint64_t size = 0;  ///< of the good part; what is behind it was cut off
  std::string sum = {};    ///< of the last record
  bool operator==(const JournalEnd&) const = default;
};

/// The sum of the last record in `text`, which ends with it; empty if there is none.
std::string last_sum(std::string_view text);

class Journal {
 public:
  Journal(platform::FileSystem& files, std::string path)
      : files_(files), path_(std::move(path)) {}

  const std::string& path() const { return path_; }

  /// A record, and where it stands.
  struct Entry {
    JournalRecord record;
    UtcTime at;
    Place place;
  };
  struct Contents {
    std::vector<Entry> entries;
    JournalEnd end;
  };
  /// What is there from `from` on, oldest first. An absent file is an empty journal.
  Result<Contents> read(std::uint64_t from = 0) const;
  /// True if the file is just what `end` says, by its inode and size alone.
  bool is_at(const JournalEnd& end) const;
  /// The same, and the last record is still that one.
  bool ends_with(const JournalEnd& end) const;
  /// The record that stands there; nothing if it is not whole.
  std::optional<ParsedRecord> record_at(const Place& place) const;

  enum class Durability { now, later };
  /// Appends the lines behind `end`, on the disk when this returns if `durably`; whatever stood
  /// behind `end` is cut. Returns the new end.
  Result<JournalEnd> append(const JournalEnd& end, const std::vector<std::string>& lines,
                            Durability durability);
  /// Replaces the whole file: written beside it, on the disk, renamed.
  Result<JournalEnd> rewrite(const std::vector<std::string>& lines, std::uint64_t unique);

 private:
  platform::FileSystem& files_;
  std::string path_;
};

}  // namespace start_claude::sync
