// The sum of all records of the journal: a plain value, and the functions that make it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "json/value.h"
#include "sync/clock.h"
#include "sync/journal.h"

namespace start_claude::sync {

/// A content that this machine's config.json had, or took in by a merge. One without a clock is
/// none: every remote covers an empty clock, and any of them would take it for a base.
struct Seen {
  std::string revision;
  VersionVector clock;
  bool was_here = true;  ///< false: it was taken in from the bucket
  bool operator==(const Seen&) const = default;
};

/// So many names of files that are finished with are kept.
inline constexpr std::size_t finished_beside_max = 8;
/// So many of the contents seen last are in s3-state.json; older ones only in the journal.
inline constexpr std::size_t seen_cached_max = 4;

struct Remembered {
  MachineRecord machine = {};
  /// Contents of its own that this machine has counted.
  std::uint64_t count = 0;
  /// Up to where the bucket may have seen them by a PUT of this machine.
  std::uint64_t put_count = 0;
  std::vector<Seen> seen = {};  ///< oldest first
  /// False: `seen` and `contents` lack what only the journal has.
  bool is_whole = true;
  /// By revision; damaged ones by the SHA-256 of their bytes.
  std::map<std::string, Place> contents = {};
  std::map<std::string, RemoteState> remotes = {};  ///< by RemoteName::text()
  std::optional<Intent> intent = {};
  /// Intent::beside of the last intents that ended, latest last: a power cut may bring such a file
  /// back.
  std::vector<std::string> finished_beside = {};
  /// Intents whose PUT may have been stored, though no run of this machine saw it.
  std::vector<Intent> doubts = {};
  /// The journal is looked through for what may go once it is larger than this.
  std::uint64_t compaction_due = std::uint64_t{1} << 20;

  /// The newest content that config.json is known to have had; null if there is none.
  const Seen* tip() const;
  /// put_count, if the PUT of the intent that stands was stored.
  std::uint64_t put_count_if_stored() const;
  RemoteState remote(const std::string& name) const;
};

/// Adds what one record says; it stands at `place`.
void add(Remembered& remembered, const JournalRecord& record, const Place& place);

/// The revisions that s3-state.json must be able to find without reading the journal.
std::set<std::string> cached_revisions(const Remembered& remembered);
/// For s3-state.json: of `seen` and `contents` only what was seen last.
json::Value value_of(const Remembered& remembered, std::size_t seen_max = seen_cached_max);
Remembered remembered_from(const json::Value& value);

}  // namespace start_claude::sync
