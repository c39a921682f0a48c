// Buckets as folders, objects as files.
//
// An object is the plain file of its name, where the file system allows that; "a" beside "a/b" is
// kept in the bucket's hidden folder instead. Bytes and metadata never mismatch, whatever dies
// when: a record names the body it belongs to by hash, is written first, and the rename of the body
// is the one moment in which the object changes. A file that a person put there is an object too.
// Symbolic links are no objects. Not thread-safe but for stage(): the caller holds a lock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "http/message.h"
#include "platform/filesystem.h"
#include "server/object_record.h"

namespace start_claude::server {

/// An object's attributes. Never absent by mistake: what cannot be read is a FileFailure.
struct StoredObject {
  std::string md5;  ///< 32 hexadecimal digits
  std::uint64_t size = 0;
  UtcTime last_modified;
  http::Headers headers;  ///< Content-Type and the like, and x-amz-meta-*
};

struct StoredBody {
  StoredObject object;
  std::string bytes;
};

struct BucketEntry {
  std::string name;
  UtcTime created;
};

/// A body on disk that is no object yet: commit or discard it.
struct StagedBody {
  std::string path;
  std::string sha256;
  std::string md5;
};

struct ObjectPlace {
  std::string bucket;  ///< an existing bucket
  std::string key;     ///< not empty
};

class ObjectFiles {
 public:
  template <class T>
  using FileResult = platform::FileResult<T>;

  /// `root` is the folder that holds the buckets; `files` must live longer.
  ObjectFiles(platform::FileSystem& files, std::string root);

  FileResult<bool> has_bucket(const std::string& bucket) const;
  /// Precondition: there is none of that name.
  FileResult<base::Done> create_bucket(const std::string& bucket);
  /// Every folder with the name of a bucket, sorted.
  FileResult<std::vector<BucketEntry>> buckets() const;
  /// Removes what killed runs left half-way.
  void remove_leftovers();

  FileResult<std::optional<StoredObject>> find(const ObjectPlace& place) const;
  FileResult<std::optional<StoredBody>> read(const ObjectPlace& place) const;
  /// All keys that start with `prefix`, in the order of their bytes.
  FileResult<std::vector<std::string>> keys(const std::string& bucket,
                                            std::string_view prefix) const;

  /// Writes and fsyncs a body aside. Thread-safe if every call has another `unique`.
  FileResult<StagedBody> stage(const std::string& bucket, std::string_view body,
                               std::uint64_t unique);
  void discard(const StagedBody& staged);
  /// Makes the staged body the object, durably. On failure the object is as it was, except that
  /// a failure of the last fsync leaves it new but maybe not durable.
  FileResult<StoredObject> commit(const ObjectPlace& place, const StagedBody& staged,
                                  const http::Headers& headers, UtcTime now);
  /// False if there was no such object.
  FileResult<bool> remove(const ObjectPlace& place);

 private:
  struct Spot;

  std::string bucket_path(const std::string& bucket) const;
  std::string hidden_path(const std::string& bucket, std::string_view folder) const;
  std::string record_folder(const ObjectPlace& place) const;
  std::string fallback_path(const ObjectPlace& place) const;
  FileResult<std::optional<std::string>> plain_path(const ObjectPlace& place) const;
  FileResult<Spot> spot_of(const ObjectPlace& place) const;
  FileResult<std::vector<ObjectRecord>> records(const ObjectPlace& place) const;
  FileResult<base::Done> write_record(const ObjectPlace& place, const ObjectRecord& record);
  void remove_records_but(const ObjectPlace& place, std::string_view sha256);
  FileResult<StoredBody> described(const ObjectPlace& place, platform::FileContent content) const;
  FileResult<base::Done> collect_plain(const std::string& bucket, const std::string& below,
                                       std::vector<std::string>& keys) const;
  FileResult<base::Done> collect_hidden(const std::string& bucket,
                                        std::vector<std::string>& keys) const;
  void remove_empty_folders(const ObjectPlace& place, std::string folder);

  platform::FileSystem& files_;
  std::string root_;
};

}  // namespace start_claude::server
