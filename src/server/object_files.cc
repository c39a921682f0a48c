#include "server/object_files.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "crypto/sha256.h"
#include "server/file_result.h"
#include "server/object_names.h"

namespace start_claude::server {
namespace {

using base::Done;
using platform::FileContent;
using platform::FileFailure;
using platform::FileFailureKind;
using platform::FileResult;
using platform::FileStatus;
using platform::join_path;

constexpr unsigned folder_mode = 0700;
constexpr unsigned file_mode = 0600;
constexpr std::string_view incoming_folder = "incoming";

/// What is at a path, links not followed.
enum class Node { nothing, folder, file, link };

FileResult<Node> node_at(const platform::FileSystem& files, const std::string& path) {
  const auto status = files.status(path);
  if (const auto* failure = failure_of(status)) {
    if (failure->kind == FileFailureKind::no_such_file) return Node::nothing;
    return *failure;
  }
  const auto& found = value_of(status);
  if (found.is_symlink) return Node::link;
  return found.is_folder ? Node::folder : Node::file;
}

StoredObject object_of(const ObjectRecord& record, std::uint64_t size) {
  return {record.md5, size, record.last_modified, record.headers};
}

const ObjectRecord* record_of_file(const std::vector<ObjectRecord>& records,
                                   const platform::Fingerprint& file) {
  const auto found = std::find_if(records.begin(), records.end(),
                                  [&](const ObjectRecord& record) { return record.file == file; });
  return found == records.end() ? nullptr : &*found;
}

}  // namespace

/// Where an object is, or would be written.
struct ObjectFiles::Spot {
  std::string path;
  bool exists = false;
};

/// The plain path of a key if an object can be there: nothing if a part of it is a file, a link or
/// too long, or if the whole is a folder.
FileResult<std::optional<std::string>> ObjectFiles::plain_path(const ObjectPlace& place) const {
  const auto below = path_from_key(place.key);
  if (!below) return std::nullopt;
  const std::string whole = join_path(bucket_path(place.bucket), *below);
  auto slash = bucket_path(place.bucket).size();
  while ((slash = whole.find('/', slash + 1)) != std::string::npos) {
    const auto node = node_at(files_, whole.substr(0, slash));
    if (const auto* failure = failure_of(node)) return *failure;
    if (value_of(node) == Node::nothing) return whole;
    if (value_of(node) != Node::folder) return std::nullopt;
  }
  const auto node = node_at(files_, whole);
  if (const auto* failure = failure_of(node)) return *failure;
  if (value_of(node) == Node::folder || value_of(node) == Node::link) return std::nullopt;
  return whole;
}

FileResult<ObjectFiles::Spot> ObjectFiles::spot_of(const ObjectPlace& place) const {
  const auto plain = plain_path(place);
  if (const auto* failure = failure_of(plain)) return *failure;
  const auto& path = value_of(plain);
  for (const auto& candidate : {path.value_or(fallback_path(place)), fallback_path(place)}) {
    const auto node = node_at(files_, candidate);
    if (const auto* failure = failure_of(node)) return *failure;
    if (value_of(node) == Node::file) return Spot{candidate, true};
  }
  return Spot{path.value_or(fallback_path(place)), false};
}

FileResult<std::optional<StoredObject>> ObjectFiles::find(const ObjectPlace& place) const {
  const auto spot = spot_of(place);
  if (const auto* failure = failure_of(spot)) return *failure;
  if (!value_of(spot).exists) return std::nullopt;
  const auto status = files_.status(value_of(spot).path);
  if (const auto* failure = failure_of(status)) return *failure;
  const auto known = records(place);
  if (const auto* failure = failure_of(known)) return *failure;
  const auto& file = value_of(status).fingerprint;
  if (const auto* record = record_of_file(value_of(known), file)) {
    return object_of(*record, file.size);
  }
  auto stored = read(place);
  if (const auto* failure = failure_of(stored)) return *failure;
  if (!value_of(stored)) return std::nullopt;
  return std::move(value_of(stored)->object);
}

FileResult<std::optional<StoredBody>> ObjectFiles::read(const ObjectPlace& place) const {
  const auto spot = spot_of(place);
  if (const auto* failure = failure_of(spot)) return *failure;
  if (!value_of(spot).exists) return std::nullopt;
  auto content = files_.read(value_of(spot).path);
  if (const auto* failure = failure_of(content)) return *failure;
  auto stored = described(place, std::move(value_of(content)));
  if (const auto* failure = failure_of(stored)) return *failure;
  return std::move(value_of(stored));
}

FileResult<StoredBody> ObjectFiles::described(const ObjectPlace& place, FileContent content) const {
  const auto known = records(place);
  if (const auto* failure = failure_of(known)) return *failure;
  if (const auto* record = record_of_file(value_of(known), content.fingerprint)) {
    return StoredBody{object_of(*record, content.bytes.size()), std::move(content.bytes)};
  }
  const std::string sha256 = crypto::sha256_hex(content.bytes);
  for (const auto& record : value_of(known)) {
    if (record.sha256 != sha256) continue;
    return StoredBody{object_of(record, content.bytes.size()), std::move(content.bytes)};
  }
  // Nobody put this by way of S3: a person did, with an editor or with cp.
  return StoredBody{{base::to_hex(crypto::md5(content.bytes)),
                     content.bytes.size(),
                     content.modified,
                     {{"Content-Type", "application/octet-stream"}}},
                    std::move(content.bytes)};
}

FileResult<StagedBody> ObjectFiles::stage(const std::string& bucket, std::string_view body,
                                          std::uint64_t unique) {
  const std::string folder = hidden_path(bucket, incoming_folder);
  const auto made = files_.make_folder(folder, folder_mode);
  if (const auto* failure = failure_of(made)) return *failure;
  StagedBody staged{join_path(folder, std::to_string(unique)), crypto::sha256_hex(body),
                    base::to_hex(crypto::md5(body))};
  const auto created = files_.create(staged.path, body, file_mode);
  if (const auto* failure = failure_of(created)) {
    discard(staged);
    return *failure;
  }
  return staged;
}

void ObjectFiles::discard(const StagedBody& staged) { (void)files_.remove(staged.path); }

FileResult<StoredObject> ObjectFiles::commit(const ObjectPlace& place, const StagedBody& staged,
                                             const http::Headers& headers, UtcTime now) {
  const auto spot = spot_of(place);
  if (const auto* failure = failure_of(spot)) return *failure;
  const auto status = files_.status(staged.path);
  if (const auto* failure = failure_of(status)) return *failure;
  const auto& path = value_of(spot).path;
  const auto& file = value_of(status).fingerprint;
  const ObjectRecord record{place.key, staged.sha256, staged.md5, now, file, headers};

  const auto made = files_.make_folder(platform::folder_of(path), folder_mode);
  if (const auto* failure = failure_of(made)) return *failure;
  const auto recorded = write_record(place, record);
  if (const auto* failure = failure_of(recorded)) return *failure;
  const auto renamed = files_.rename(staged.path, path);
  if (const auto* failure = failure_of(renamed)) return *failure;
  const auto synced = files_.sync_folder(platform::folder_of(path));
  if (const auto* failure = failure_of(synced)) return *failure;
  remove_records_but(place, staged.sha256);
  return object_of(record, file.size);
}

FileResult<bool> ObjectFiles::remove(const ObjectPlace& place) {
  bool removed = false;
  // Twice if a person put a plain file where the hidden folder has the object too.
  for (;;) {
    const auto spot = spot_of(place);
    if (const auto* failure = failure_of(spot)) return *failure;
    if (!value_of(spot).exists) break;
    const auto& path = value_of(spot).path;
    const auto gone = files_.remove(path);
    if (const auto* failure = failure_of(gone)) return *failure;
    const auto synced = files_.sync_folder(platform::folder_of(path));
    if (const auto* failure = failure_of(synced)) return *failure;
    removed = true;
    if (path != fallback_path(place)) remove_empty_folders(place, platform::folder_of(path));
  }
  remove_records_but(place, {});
  (void)files_.remove(record_folder(place));
  return removed;
}

/// Folders are only there for the objects in them: an empty one would be in the way of an object of
/// its name.
void ObjectFiles::remove_empty_folders(const ObjectPlace& place, std::string folder) {
  while (folder.size() > bucket_path(place.bucket).size()) {
    if (failure_of(files_.remove(folder)) != nullptr) return;
    folder = platform::folder_of(folder);
  }
}

}  // namespace start_claude::server
