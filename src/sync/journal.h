// s3-journal: what this machine did and is about to do, one record a line, only ever appended to.
//
// A last line that does not hold its sum (journal_record.h) is one that a run was cut off in: it
// ends the journal there and is cut. Elsewhere such a line is passed over. The journal is memory,
// history, backups and merge bases in one. Losing it costs questions, never data.
// docs/never-lose.md has the protocol.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "platform/filesystem.h"
#include "sync/journal_record.h"

namespace start_claude::sync {

/// Compaction keeps the newest this many contents, and all that are younger than that.
inline constexpr std::size_t journal_contents_min = 50;
inline constexpr std::chrono::hours journal_age_min{24 * 30};
/// Beyond this size the oldest contents go whatever their age.
inline constexpr std::uint64_t journal_bytes_max = 64u << 20;

/// Where a record stands in the file.
struct Place {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;  ///< with its line end
  bool operator==(const Place&) const = default;
};

/// The end of the journal as somebody left it, to recognise whether it is still that.
struct JournalEnd {
  std::uint64_t inode = 0;
  std::uint64_t size = 0;  ///< of the good part; what is behind it was cut off
  std::string sum = {};    ///< of the last record
  bool operator==(const JournalEnd&) const = default;
};

class Journal {
 public:
  Journal(platform::FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}

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
