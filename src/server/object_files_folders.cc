// The folders behind ObjectFiles: buckets, the listing of keys, and the records.

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/sha256.h"
#include "s3/endpoint.h"
#include "server/file_result.h"
#include "server/object_files.h"
#include "server/object_names.h"

namespace start_claude::server {
namespace {

using base::Done;
using platform::FileFailureKind;
using platform::FileResult;
using platform::join_path;

constexpr unsigned folder_mode = 0700;
constexpr unsigned file_mode = 0600;
constexpr std::string_view incoming_folder = "incoming";
constexpr std::string_view records_folder = "records";
constexpr std::string_view objects_folder = "objects";

/// The names in a folder; none if there is no such folder.
FileResult<std::vector<std::string>> names_in(const platform::FileSystem& files,
                                              const std::string& folder) {
  auto names = files.list(folder);
  const auto* failure = failure_of(names);
  if (failure == nullptr || failure->kind != FileFailureKind::no_such_file) return names;
  return std::vector<std::string>{};
}

}  // namespace

ObjectFiles::ObjectFiles(platform::FileSystem& files, std::string root)
    : files_(files), root_(std::move(root)) {}

std::string ObjectFiles::bucket_path(const std::string& bucket) const {
  return join_path(root_, bucket);
}

std::string ObjectFiles::hidden_path(const std::string& bucket, std::string_view folder) const {
  return join_path(join_path(bucket_path(bucket), hidden_folder), folder);
}

std::string ObjectFiles::record_folder(const ObjectPlace& place) const {
  return join_path(hidden_path(place.bucket, records_folder), crypto::sha256_hex(place.key));
}

std::string ObjectFiles::fallback_path(const ObjectPlace& place) const {
  return join_path(hidden_path(place.bucket, objects_folder), crypto::sha256_hex(place.key));
}

FileResult<bool> ObjectFiles::has_bucket(const std::string& bucket) const {
  const auto status = files_.status(bucket_path(bucket));
  if (const auto* failure = failure_of(status)) {
    if (failure->kind == FileFailureKind::no_such_file) return false;
    return *failure;
  }
  return value_of(status).is_folder;
}

FileResult<Done> ObjectFiles::create_bucket(const std::string& bucket) {
  return files_.make_folder(bucket_path(bucket), folder_mode);
}

FileResult<std::vector<BucketEntry>> ObjectFiles::buckets() const {
  const auto names = files_.list(root_);
  if (const auto* failure = failure_of(names)) return *failure;
  std::vector<BucketEntry> buckets;
  for (const auto& name : value_of(names)) {
    if (!s3::check_bucket_name(name, true)) continue;
    const auto status = files_.status(bucket_path(name));
    if (failure_of(status) != nullptr || !value_of(status).is_folder) continue;
    buckets.push_back({name, value_of(status).modified});
  }
  return buckets;
}

void ObjectFiles::remove_leftovers() {
  const auto found = buckets();
  if (failure_of(found) != nullptr) return;
  for (const auto& bucket : value_of(found)) {
    const std::string folder = hidden_path(bucket.name, incoming_folder);
    const auto names = names_in(files_, folder);
    if (failure_of(names) != nullptr) continue;
    for (const auto& name : value_of(names)) (void)files_.remove(join_path(folder, name));
  }
}

FileResult<std::vector<ObjectRecord>> ObjectFiles::records(const ObjectPlace& place) const {
  const std::string folder = record_folder(place);
  const auto names = names_in(files_, folder);
  if (const auto* failure = failure_of(names)) return *failure;
  std::vector<ObjectRecord> records;
  for (const auto& name : value_of(names)) {
    const auto content = files_.read(join_path(folder, name));
    if (const auto* failure = failure_of(content)) return *failure;
    auto record = parse_object_record(value_of(content).bytes);
    if (record && record->key == place.key) records.push_back(*std::move(record));
  }
  return records;
}

FileResult<Done> ObjectFiles::write_record(const ObjectPlace& place, const ObjectRecord& record) {
  const std::string folder = record_folder(place);
  const auto made = files_.make_folder(folder, folder_mode);
  if (const auto* failure = failure_of(made)) return *failure;
  const std::string aside =
      join_path(hidden_path(place.bucket, incoming_folder), "record-" + record.sha256);
  (void)files_.remove(aside);
  const auto created = files_.create(aside, format_object_record(record), file_mode);
  if (const auto* failure = failure_of(created)) {
    (void)files_.remove(aside);
    return *failure;
  }
  const auto renamed = files_.rename(aside, join_path(folder, record.sha256));
  if (const auto* failure = failure_of(renamed)) return *failure;
  return files_.sync_folder(folder);
}

/// What cannot be removed now is removed by the next write: a record without its body says nothing.
void ObjectFiles::remove_records_but(const ObjectPlace& place, std::string_view sha256) {
  const std::string folder = record_folder(place);
  const auto names = names_in(files_, folder);
  if (failure_of(names) != nullptr) return;
  for (const auto& name : value_of(names)) {
    if (name != sha256) (void)files_.remove(join_path(folder, name));
  }
}

FileResult<std::vector<std::string>> ObjectFiles::keys(const std::string& bucket,
                                                       std::string_view prefix) const {
  std::vector<std::string> keys;
  const auto plain = collect_plain(bucket, {}, keys);
  if (const auto* failure = failure_of(plain)) return *failure;
  const auto hidden = collect_hidden(bucket, keys);
  if (const auto* failure = failure_of(hidden)) return *failure;
  std::erase_if(keys, [&](const std::string& key) { return !key.starts_with(prefix); });
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

/// `below` is the folder's path in the bucket's: empty, or ending in "/".
FileResult<Done> ObjectFiles::collect_plain(const std::string& bucket, const std::string& below,
                                            std::vector<std::string>& keys) const {
  const std::string folder = bucket_path(bucket);
  const auto names = files_.list(below.empty() ? folder : join_path(folder, below));
  if (const auto* failure = failure_of(names)) return *failure;
  for (const auto& name : value_of(names)) {
    if (below.empty() && name == hidden_folder) continue;
    const std::string path = below + name;
    const auto status = files_.status(join_path(folder, path));
    if (failure_of(status) != nullptr || value_of(status).is_symlink) continue;
    if (value_of(status).is_folder) {
      const auto collected = collect_plain(bucket, path + "/", keys);
      if (const auto* failure = failure_of(collected)) return *failure;
    } else if (auto key = key_from_path(path)) {
      keys.push_back(*std::move(key));
    }
  }
  return Done{};
}

FileResult<Done> ObjectFiles::collect_hidden(const std::string& bucket,
                                             std::vector<std::string>& keys) const {
  const auto names = names_in(files_, hidden_path(bucket, objects_folder));
  if (const auto* failure = failure_of(names)) return *failure;
  for (const auto& name : value_of(names)) {
    const std::string folder = join_path(hidden_path(bucket, records_folder), name);
    const auto records = names_in(files_, folder);
    if (const auto* failure = failure_of(records)) return *failure;
    for (const auto& record_name : value_of(records)) {
      const auto content = files_.read(join_path(folder, record_name));
      if (failure_of(content) != nullptr) continue;
      const auto record = parse_object_record(value_of(content).bytes);
      if (record && crypto::sha256_hex(record->key) == name) keys.push_back(record->key);
    }
  }
  return Done{};
}

}  // namespace start_claude::server
