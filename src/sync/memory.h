// What this machine remembers: what the records of its journal amount to, and the journal itself.
//
// Remembered is the sum of all records, a plain value. Memory adds to it: a record counts at once
// and is written with the next write(). s3-state.json keeps a copy of the sum and says up to where
// in the journal it reaches, so that a run reads only what is behind that.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/shared_text.h"
#include "base/time.h"
#include "json/value.h"
#include "platform/filesystem.h"
#include "platform/random.h"
#include "sync/journal.h"

namespace start_claude::sync {

/// A content that this machine's config.json had, or took in by a merge.
struct Seen {
  std::string revision;
  VersionVector clock;
  bool was_here = true;  ///< false: it was taken in from the bucket
  bool operator==(const Seen&) const = default;
};

/// So many of the contents seen last are in s3-state.json; older ones only in the journal.
inline constexpr std::size_t seen_cached_max = 16;

struct Remembered {
  MachineRecord machine = {};
  /// Contents of its own that this machine has counted.
  std::uint64_t count = 0;
  std::vector<Seen> seen = {};  ///< oldest first
  /// False: `seen` and `contents` lack what only the journal has.
  bool is_whole = true;
  std::map<std::string, Place> contents = {};  ///< by revision, those that are documents
  std::map<std::string, RemoteState> remotes = {};  ///< by RemoteName::text()
  std::optional<Intent> intent = {};
  /// Intents whose PUT may have been stored, though no run of this machine saw it.
  std::vector<Intent> doubts = {};
  /// The journal is looked through for what may go once it is larger than this.
  std::uint64_t compaction_due = std::uint64_t{1} << 20;

  /// The newest content that config.json is known to have had; null if there is none.
  const Seen* tip() const;
  RemoteState remote(const std::string& name) const;
};

void add(Remembered& remembered, const JournalRecord& record, const Place& place);

/// For s3-state.json: without what only the journal need have.
json::Value value_of(const Remembered& remembered);
Remembered remembered_from(const json::Value& value);

/// A document, and the text it was read from.
struct KeptContent {
  base::SharedText text;
  json::Value document;
};

/// A content that was kept, for lists of them.
struct KeptEntry {
  ContentRecord content;
  UtcTime at;
};

class Memory {
 public:
  /// `cached` is what s3-state.json says, up to `end`; if the journal is another one by now, it
  /// does not count.
  static Result<Memory> load(platform::FileSystem& files, const std::string& path,
                             std::optional<Remembered> cached, const JournalEnd& end);

  const Remembered& known() const { return remembered_; }
  const JournalEnd& end() const { return end_; }
  /// Reads what `known()` lacks.
  Result<base::Done> complete();

  /// Counts from now on; is written with the next write().
  void note(const JournalRecord& record, UtcTime at);
  bool has_unwritten() const { return !unwritten_.empty(); }
  Result<base::Done> write(Journal::Durability durability);

  /// The document kept under that revision, held against it; nothing if it is not there.
  std::optional<KeptContent> content_of(const std::string& revision) const;
  bool has_content(const std::string& revision) const;
  /// All contents, newest first, damaged ones among them. A revision may be there several times.
  Result<std::vector<KeptEntry>> contents() const;

  /// Drops what is beyond the limits of journal.h, where enough of it has gathered.
  Result<base::Done> compact_if_due(UtcTime now, platform::Random& random);

 private:
  Memory(platform::FileSystem& files, const std::string& path) : journal_(files, path) {}
  Result<base::Done> read_all();

  Journal journal_;
  JournalEnd end_;
  Remembered remembered_;
  std::vector<std::string> unwritten_;
  std::uint64_t unwritten_bytes_ = 0;
  std::map<std::string, base::SharedText> unwritten_texts_;
};

}  // namespace start_claude::sync
