// s3-state.json: what this machine remembers about each remote. Losing it is safe.
//
//   {"version": 1,
//    "local": {"modified", "changed", "size", "inode", "revision", "entries", "profiles"},
//    "remotes": {"<endpoint> <bucket> <key>": {"ancestor", "etag", "lastModified", "modified",
//                                              "writer", "lineage": [...], "replaced": {...}}},
//    "buckets": {"<endpoint> <bucket>": {"ifMatch", "ifNoneMatch", "etagUnquoted",
//                                         "region", "regionInsteadOf", "writeDeniedTo"}}}
// Unknown or damaged parts count as absent: the next run then reads instead of remembering.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "platform/filesystem.h"
#include "platform/random.h"
#include "s3/object_store.h"

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
  /// What the server said to sign for; of use only while the settings say what they said then.
  std::optional<s3::LearntRegion> region = {};
  /// Who may read an object there but not write it, as a digest of the object's key and whoever
  /// signed; empty: nobody was refused.
  std::string write_denied_to = {};
  bool operator==(const StoreTraits&) const = default;
};

/// What the last run that wrote something replaced, by revision: see sync/undo.h. The contents are
/// in history.
struct Replaced {
  std::string local = {};     ///< what was here; empty: nothing, or the file was not written
  std::string remote = {};    ///< what was in the bucket; empty: nothing, or it was not written
  std::string became = {};    ///< what stands there since
  std::string ancestor = {};  ///< what both sides came from; empty: nothing known
  std::vector<std::string> lineage = {};  ///< as in RemoteState, before
  bool operator==(const Replaced&) const = default;
};

struct RemoteState {
  std::string ancestor = {};  ///< revision both sides last agreed on; empty: none
  std::string etag = {};      ///< raw, of the object that held it
  std::optional<UtcTime> last_modified = {};
  /// When the ancestor's content was edited, as both sides show it.
  std::optional<UtcTime> modified = {};
  std::string writer = {};
  /// The revisions the local file has taken in, newest first, the ancestor among them.
  std::vector<std::string> lineage = {};
  std::optional<Replaced> replaced = {};
  bool operator==(const RemoteState&) const = default;
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
  /// Writes it whole, atomically; does nothing if nothing changed since load or save.
  Result<base::Done> save(platform::FileSystem& files, platform::Random& random);

  RemoteState remote(const RemoteName& name) const;
  void set_remote(const RemoteName& name, RemoteState state);
  const std::optional<KnownFile>& local() const { return local_; }
  void set_local(std::optional<KnownFile> file) { local_ = std::move(file); }
  StoreTraits traits(const RemoteName& name) const;
  void set_traits(const RemoteName& name, StoreTraits traits);

 private:
  std::string path_;
  std::string saved_text_;
  std::map<std::string, RemoteState> remotes_;
  std::map<std::string, StoreTraits> stores_;
  std::optional<KnownFile> local_;

  std::string text() const;
};

}  // namespace start_claude::sync
