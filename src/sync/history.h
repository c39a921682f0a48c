// Earlier contents, kept on this machine: ancestors for merges, backups before every overwrite.
//
// A folder of files named by what they hold, "REVISION.json" (the document without
// settings.s3Sync, in its author's layout) or "SHA256.damaged" (bytes that were no document), and
// "index.json", which says when and why each was kept:
//   {"version": 1, "entries": [{"revision", "saved", "by", "origin", "entries", "damaged"?}...]}
// newest last. The files are the truth: a lost or broken index is made again from them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/shared_text.h"
#include "base/text_parts.h"
#include "base/time.h"
#include "json/value.h"
#include "platform/clock.h"
#include "platform/filesystem.h"
#include "platform/random.h"
#include "sync/local_copy.h"

namespace start_claude::sync {

/// The newest this many are kept, and all that are younger than `history_age_min`.
inline constexpr std::size_t history_entries_max = 50;
inline constexpr std::chrono::hours history_age_min{24 * 30};

/// Which side a content was seen on when it was kept.
enum class Origin { local, remote, merged };

struct HistoryEntry {
  std::string revision;  ///< 64 hexadecimal digits
  UtcTime saved;         ///< when it was kept, by this machine's clock
  std::string by;        ///< the host that wrote it, as far as known; may be empty
  Origin origin = Origin::local;
  std::size_t entries = 0;       ///< of `configs`
  bool damaged = false;          ///< not a document: kept byte for byte, never an ancestor
  std::string merged_with = {};  ///< of a merge of both sides: the bucket's revision; else empty
  bool is_indexed = true;  ///< false: only its file is there; `origin` and `saved` are guessed
};

/// A document out of history, and the text it was read from.
struct KeptContent {
  base::SharedText text;
  json::Value document;
};

class History {
 public:
  History(platform::FileSystem& files, const platform::Clock& clock, platform::Random& random,
          std::string folder);

  /// Keeps `text`, durably, before it may be overwritten anywhere. Known content costs one read of
  /// the index. After success text_of() finds it, whatever crashes next.
  Result<base::Done> keep(const base::TextParts& text, const HistoryEntry& entry);
  Result<base::Done> keep(std::string_view text, const HistoryEntry& entry) {
    return keep(base::TextParts(base::SharedText::borrowed(text)), entry);
  }

  /// The text kept under that revision, checked against its name; nothing if it is not there, or
  /// not what its name says.
  std::optional<base::SharedText> text_of(const std::string& revision) const;
  /// The same for what is a document.
  std::optional<KeptContent> document_of(const std::string& revision) const;
  bool contains(const std::string& revision) const;
  /// The same, by the name alone: its content is looked at when it is needed.
  bool has_file(const std::string& revision) const;
  /// The whole revision of the document that lineage names by its first digits; nothing if it is
  /// not there.
  std::optional<std::string> whole_revision(std::string_view first_digits) const;

  /// Newest first. Made from the files themselves where the index is lost. A content that was here
  /// and was seen on the other side since is there twice: once for each, at its time.
  std::vector<HistoryEntry> entries() const;

  /// The file that an entry is kept in.
  std::string path_of(const HistoryEntry& entry) const {
    return file_of(entry.revision, entry.damaged);
  }
  /// The file that bytes which are no document are kept in.
  std::string path_of_damaged(std::string_view bytes) const;

  /// Drops what is beyond the limits above; `pinned` revisions stay. Failures are left for the
  /// next time: an entry too many harms nobody.
  void prune(const std::vector<std::string>& pinned);

 private:
  struct Index {
    platform::Fingerprint fingerprint = {};
    std::vector<HistoryEntry> entries = {};
  };

  /// What the index says, oldest first. Read again only when its file is another one: a run asks
  /// some ten times, and months of edits are hundreds of entries.
  std::vector<HistoryEntry> load_index() const;
  /// The same, made good from the files; but a file that the caller is about to index is not read.
  std::vector<HistoryEntry> load(std::string_view just_kept = {}) const;
  Index read_index(const std::string& path) const;
  Result<base::Done> save(const std::vector<HistoryEntry>& entries);
  std::string file_of(const std::string& revision, bool damaged) const;
  Result<base::Done> write_content(const std::string& path, const base::TextParts& text);

  platform::FileSystem& files_;
  const platform::Clock& clock_;
  platform::Random& random_;
  std::string folder_;
  mutable std::optional<Index> index_ = {};  ///< as it was read last
};

/// When something was kept, and by which host.
struct KeptBy {
  UtcTime when;
  const std::string& host;
};

/// Keeps the local file as it is, damaged or not; nothing to do for an absent or empty one.
Result<base::Done> keep_local(History& history, const LocalCopy& local, const KeptBy& by,
                              Origin origin = Origin::local);
/// Whether that has been done, as whatever it was; true if there is nothing to do.
bool is_kept(const History& history, const LocalCopy& local);

}  // namespace start_claude::sync
