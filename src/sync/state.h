// s3-state.json: a copy of the journal's end, so that a run without a change reads nothing else.
//
//   {"version": 2,
//    "local": {"modified", "changed", "size", "inode", "revision", "entries", "profiles"},
//    "journal": {"inode", "size", "sum"}, "memory": {...},
//    "buckets": {"<endpoint> <bucket>": {"ifMatch", "ifNoneMatch", "etagUnquoted",
//                                         "region", "regionInsteadOf", "writeDeniedTo"}}}
// Version 1, of releases before the journal, has "remotes" instead of "journal" and "memory": what
// each had in common with this machine, kept until the journal has it (history_import.h).
// Losing it is safe, and so is an old one: it says up to where in the journal it reaches, and what
// stores make of conditions is measured again. It is never fsynced.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "platform/filesystem.h"
#include "platform/random.h"
#include "s3/object_store.h"
#include "sync/memory.h"

namespace start_claude::sync {

/// Whether a store honours a condition on PUT, as measured by putting with one that must fail.
enum class Verdict {
  unknown,
  honoured,  ///< it answered 412
  ignored,   ///< it answered 200 and stored
  refused,   ///< it answered 501 or 400
};

/// What is known about the store behind one endpoint and bucket.
struct StoreTraits {
  Verdict if_match = Verdict::unknown;
  Verdict if_none_match = Verdict::unknown;
  /// Wants If-Match without the quotes; nothing: not known.
  std::optional<bool> etag_unquoted = {};
  /// Answers a GET with If-None-Match by an error.
  bool refuses_conditional_get = false;
  /// What the server said to sign for; of use only while the settings say what they said then.
  std::optional<s3::LearntRegion> region = {};
  /// Who may read an object there but not write it, as a digest of the object's key and whoever
  /// signed; empty: nobody was refused.
  std::string write_denied_to = {};
  bool operator==(const StoreTraits&) const = default;
};

/// Which remote: endpoint authority with prefix, bucket, key.
struct RemoteName {
  std::string endpoint;
  std::string bucket;
  std::string key;
  std::string store_text() const { return endpoint + " " + bucket; }
  std::string text() const { return store_text() + " " + key; }
};

/// config.json as it was when its revision was last computed, so that the same file need not be
/// read again. Remembered only for a file that had not been touched for a while: within one tick of
/// a file system's clock a second write would leave the same times.
struct KnownFile {
  platform::Fingerprint fingerprint;
  std::int64_t changed_ns = 0;  ///< see platform::FileStatus
  std::string revision = {};
  std::size_t entries = 0;
  std::size_t profiles = 0;
  bool operator==(const KnownFile&) const = default;
};

class State {
 public:
  /// Reads the file; an absent or damaged one is an empty state.
  static State load(const platform::FileSystem& files, const std::string& path);
  /// Writes it whole, atomically, without putting it on the disk; does nothing if nothing changed
  /// since load or save.
  Result<base::Done> save(platform::FileSystem& files, platform::Random& random);

  /// What the journal amounts to up to `journal_end()`; nothing if the file does not say.
  const std::optional<Remembered>& remembered() const { return remembered_; }
  const JournalEnd& journal_end() const { return journal_end_; }
  void set_remembered(Remembered remembered, JournalEnd end) {
    remembered_ = std::move(remembered);
    journal_end_ = std::move(end);
    is_changed_ = true;
    agreed_before_.clear();
  }
  const std::optional<KnownFile>& local() const { return local_; }
  void set_local(std::optional<KnownFile> file) {
    local_ = std::move(file);
    is_changed_ = true;
  }
  /// By RemoteName::text(), what a release before the journal left, until the journal has it.
  const std::map<std::string, RemoteState>& agreed_before() const { return agreed_before_; }
  /// What is known of that remote up to `journal_end()`.
  RemoteState remote(const RemoteName& name) const;
  StoreTraits traits(const RemoteName& name) const;
  void set_traits(const RemoteName& name, StoreTraits traits);

 private:
  std::string path_;
  std::string saved_text_;
  bool is_changed_ = false;  ///< perhaps, since then
  std::map<std::string, StoreTraits> stores_;
  std::optional<KnownFile> local_;
  std::optional<Remembered> remembered_;
  JournalEnd journal_end_;
  std::map<std::string, RemoteState> agreed_before_;

  std::string text() const;
};

/// What this machine remembers, by the journal and what `state` has of it.
Result<Memory> open_memory(const MemoryParts& parts, const State& state);

}  // namespace start_claude::sync
