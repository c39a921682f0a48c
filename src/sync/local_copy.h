// The local side: config.json as it is now.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/shared_text.h"
#include "base/text_parts.h"
#include "base/time.h"
#include "json/value.h"
#include "platform/filesystem.h"
#include "resolve/resolve.h"
#include "sync/state.h"

namespace start_claude::sync {

struct LocalCopy {
  bool exists = false;
  base::SharedText text;
  platform::Fingerprint fingerprint;
  UtcTime modified;             ///< mtime, by this machine's clock or whoever set it: see edit_time
  std::int64_t changed_ns = 0;  ///< ctime, not later than the reading; 0 if unknown
  /// The whole document, settings.s3Sync included; nothing if absent or damaged.
  std::optional<json::Value> document = {};
  /// Why it is damaged: "is not valid JSON (line 14, column 3: ...)". Empty if it is not.
  std::string damage = {};

  std::string revision = {};  ///< empty if there is no document
  std::size_t entries = 0;
  std::size_t profiles = 0;

  resolve::Content content() const;
  /// What may leave the machine: the text without settings.s3Sync and without a byte order mark.
  base::TextParts shareable_text() const;
  /// `other`, a document without settings.s3Sync, in the layout of this one, which there must be.
  base::TextParts shareable_text_of(const json::Value& other) const;
};

/// An absent file is a LocalCopy that does not exist; an unreadable one is an error (local_disk),
/// and so is one that its cloud has offloaded (invalid_data, sync/offloaded.h).
Result<LocalCopy> read_local(const platform::FileSystem& files, const std::string& path);

/// The file as `known` describes it, neither read nor parsed (no text, no document), if it still is
/// the file that was known; nothing if it is not.
std::optional<LocalCopy> known_local(const platform::FileSystem& files, const std::string& path,
                                     const KnownFile& known);

/// What to remember of a file read after `began`; nothing if it changed so shortly before that a
/// later change might not show.
std::optional<KnownFile> known_file(const LocalCopy& local, UtcTime began);

/// config.json and its place are on the disk when this returns, whoever wrote it: most editors
/// leave that to the system, and an older file that a power cut brings back would pass for an edit.
Result<base::Done> make_durable(platform::FileSystem& files, const std::string& path);

/// A new content for the local file.
struct LocalWrite {
  const std::string& path;
  const json::Value& document;      ///< its settings.s3Sync counts only if the file has none
  const base::SharedText& layout;   ///< the text whose layout it takes over
  const json::Value& layout_says;   ///< what that text says, as it was parsed from it
  std::optional<UtcTime> modified;  ///< the file's mtime afterwards; nothing: now
  /// settings.s3Sync for a file that has none of its own because it is lost or broken.
  const std::optional<json::Value>& s3_sync;
  std::uint64_t unique = 0;   ///< see platform::ReplaceOptions
  bool is_journaled = false;  ///< the same
  bool is_prepared = false;   ///< the same
};

/// Replaces the file that was read as `over`, keeping its settings.s3Sync; `changed_meanwhile` if
/// somebody wrote it since.
Result<platform::ReplaceOutcome> write_local(platform::FileSystem& files, const LocalCopy& over,
                                             const LocalWrite& write);
/// platform::prepare_replacement() for that.
Result<std::string> prepare_local(platform::FileSystem& files, const LocalCopy& over,
                                  const LocalWrite& write);

}  // namespace start_claude::sync
