// The local side: config.json as it is now.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "json/value.h"
#include "platform/filesystem.h"
#include "resolve/resolve.h"

namespace start_claude::sync {

struct LocalCopy {
  bool exists = false;
  std::string text;
  platform::Fingerprint fingerprint;
  UtcTime modified;  ///< mtime, by this machine's clock
  /// The whole document, settings.s3Sync included; nothing if absent or damaged.
  std::optional<json::Value> document = {};
  /// Why it is damaged: "is not valid JSON (line 14, column 3: ...)". Empty if it is not.
  std::string damage = {};

  std::string revision = {};  ///< empty if there is no document
  std::size_t entries = 0;
  std::size_t profiles = 0;

  resolve::Content content() const;
  /// What may leave the machine: the text without settings.s3Sync and without a byte order mark.
  std::string shareable_text() const;
};

/// An absent file is a LocalCopy that does not exist; an unreadable one is an error (local_disk).
Result<LocalCopy> read_local(const platform::FileSystem& files, const std::string& path);

}  // namespace start_claude::sync
