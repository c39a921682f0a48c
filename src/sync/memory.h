// What this machine remembers: what the records of its journal amount to, and the journal itself.
//
// A record counts at once and is written with the next write(). s3-state.json keeps a copy of the
// sum (remembered.h) and says up to where in the journal it reaches, so that a run reads only what
// is behind that.
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
#include "platform/clock.h"
#include "platform/filesystem.h"
#include "platform/random.h"
#include "sync/journal.h"
#include "sync/paths.h"
#include "sync/remembered.h"

namespace start_claude::sync {

struct LocalCopy;

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

/// Where the memory is, and who remembers. Must outlive it.
struct MemoryParts {
  platform::FileSystem& files;
  platform::Clock& clock;
  platform::Random& random;
  const Paths& paths;
  const std::string& host_name;
};

class Memory {
 public:
  /// `cached` is what s3-state.json says, up to `end`; if the journal is another one by now, it
  /// does not count. See also open_memory() in state.h.
  static Result<Memory> load(const MemoryParts& parts, std::optional<Remembered> cached,
                             const JournalEnd& end);

  const Remembered& known() const { return remembered_; }
  const JournalEnd& end() const { return end_; }
  /// Reads what `known()` lacks.
  Result<base::Done> complete();

  /// Counts from now on; is written with the next write().
  void note(const JournalRecord& record) { note(record, parts_.clock.now()); }
  /// The same for what happened then.
  void note(const JournalRecord& record, UtcTime at);
  /// Notes what config.json holds, be it damaged, if that is new.
  void note_local(const LocalCopy& local);
  /// Of what config.json holds; empty if that is no document.
  VersionVector clock_of(const LocalCopy& local) const;
  /// The next count of this machine's own.
  std::uint64_t next_count() const { return remembered_.count + 1; }
  /// An id of this installation's own: drawn where there is none yet, where this is a copy of
  /// another, and where it has gone back in time: the bucket has seen contents of ours that this
  /// installation never put there.
  void ensure_machine(const VersionVector& remote_clock = {});
  bool has_unwritten() const { return !unwritten_.empty(); }
  Result<base::Done> write(Journal::Durability durability);

  /// The document kept under that revision, held against it; nothing if it is not there.
  std::optional<KeptContent> content_of(const std::string& revision) const;
  bool has_content(const std::string& revision) const;
  /// All contents, newest first, damaged ones among them. A revision may be there several times.
  Result<std::vector<KeptEntry>> contents() const;

  /// Drops what is beyond the limits of journal.h, where enough of it has gathered.
  Result<base::Done> compact_if_due();

 private:
  explicit Memory(const MemoryParts& parts)
      : parts_(parts), journal_(parts.files, parts.paths.journal) {}
  Result<base::Done> read_all();

  MemoryParts parts_;
  Journal journal_;
  JournalEnd end_;
  Remembered remembered_;
  std::vector<std::string> unwritten_;
  std::uint64_t unwritten_bytes_ = 0;
  std::map<std::string, base::SharedText> unwritten_texts_;
};

}  // namespace start_claude::sync
