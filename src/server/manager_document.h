// config.json as the manager's page edits it: read, and saved over whatever it has become
// meanwhile.
//
// What is read has a revision, an opaque name for its whole content, and a save says which one it
// was made from. If the file is another by then, the edit is merged into it by resolve::merge, as
// two machines' edits are; what opposes each other is a Clash for a person to settle, and nothing
// is written. Every write is under the lock, with what it replaces in the journal first.
// Thread-safe.
#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "json/value.h"
#include "platform/clock.h"
#include "platform/environment.h"
#include "platform/filesystem.h"
#include "platform/random.h"
#include "resolve/merge.h"
#include "sync/local_copy.h"
#include "sync/memory.h"
#include "sync/paths.h"

namespace start_claude::server {

struct DocumentParts {
  platform::FileSystem& files;
  platform::Clock& clock;
  platform::Random& random;
  const platform::Environment& environment;
  /// As sync::Conversation::settled_earlier(); called by save().
  std::function<void(const std::vector<resolve::FieldChange>&)> settled_earlier;
};

/// One state of the file.
struct DocumentView {
  std::string revision;
  /// With settings.s3Sync as it is in effect, be it from s3-config.json. An empty one for no file.
  json::Value document;
  bool exists = false;
  UtcTime modified;
  std::string damage;            ///< why it cannot be read; then nothing can be saved
  std::string content_revision;  ///< as in the journal; empty without a file
};

/// The choices of a person who was shown a Clash.
struct Settlement {
  std::string seen;  ///< Clash::theirs; choices made over another state do not count
  std::vector<resolve::Choice> choices = {};  ///< local: this edit; remote: what the file says
};

struct Saved {
  DocumentView view;
  std::string before;  ///< the revision that was replaced: what undoing leads back to
  bool changed = false;
  bool profiles_changed = false;  ///< what S3 would carry
  bool merged = false;            ///< with edits that the base did not have
};

struct Clash {
  std::vector<resolve::FieldChange> conflicts;  ///< local: this edit; remote: what the file says
  std::string theirs;                           ///< the file's revision
  UtcTime modified;                             ///< the file's
};

/// What was based on a state that nobody remembers; the page must read anew.
struct UnknownBase {};

using SaveOutcome = std::variant<Saved, Clash, UnknownBase>;

class ManagerDocument {
 public:
  /// From the document as it was to the document as it shall be.
  using Edit = std::function<Result<json::Value>(const json::Value& base)>;

  ManagerDocument(DocumentParts parts, sync::Paths paths, std::string host_name);

  Result<DocumentView> read();
  /// `base` empty means: over the file as it is.
  Result<SaveOutcome> save(const std::string& base, const Edit& edit,
                           const Settlement& settlement = {});
  /// The document that was read, or saved, under that revision.
  std::optional<json::Value> remembered(const std::string& revision) const;

 private:
  struct Files;

  Result<Files> read_files() const;
  DocumentView view_of(const Files& files);
  std::string revision_of(const Files& files) const;
  void remember(const std::string& revision, const json::Value& document);
  Result<platform::ReplaceOutcome> write(const Files& over, const json::Value& document,
                                         sync::Memory& memory);
  sync::MemoryParts memory_parts() const;
  /// In order after a run that was cut off, which would else come back over what is saved.
  Result<sync::Memory> recovered_memory();
  Result<base::Done> write_s3_config(const json::Value& document);

  DocumentParts parts_;
  sync::Paths paths_;
  std::string host_name_;
  std::string revision_key_;  ///< makes revisions tell nothing about what they name
  mutable std::mutex mutex_;
  std::deque<std::pair<std::string, json::Value>> remembered_;
};

}  // namespace start_claude::server
