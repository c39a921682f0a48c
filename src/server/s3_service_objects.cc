// The object side of S3Service: get, head, put, delete.

#include <array>
#include <mutex>

#include "base/text.h"
#include "server/file_result.h"
#include "server/s3_conditions.h"
#include "server/s3_failure.h"
#include "server/s3_service.h"

namespace start_claude::server {
namespace {

constexpr std::string_view metadata_prefix = "x-amz-meta-";
constexpr std::size_t metadata_bytes_max = 2048;
constexpr std::array<std::string_view, 5> kept_headers = {
    "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Expires"};

ObjectPlace place_of(const S3Address& address) { return {address.bucket, address.key}; }

/// What is stored beside the body, or why it cannot be.
std::variant<http::Headers, S3Error> headers_to_keep(const http::Headers& sent) {
  http::Headers kept;
  kept.add("Content-Type", sent.find("Content-Type").value_or("binary/octet-stream"));
  for (const auto name : kept_headers) {
    if (const auto value = sent.find(name)) kept.add(std::string(name), *value);
  }
  std::size_t metadata_bytes = 0;
  for (const auto& header : sent) {
    const std::string name = base::to_lower(header.name);
    if (!name.starts_with(metadata_prefix)) continue;
    metadata_bytes += name.size() - metadata_prefix.size() + header.value.size();
    const auto earlier = kept.find(name);
    kept.set(name, earlier ? *earlier + "," + header.value : header.value);
  }
  if (metadata_bytes <= metadata_bytes_max) return kept;
  return S3Error{S3ErrorCode::metadata_too_large,
                 {},
                 {{"Size", std::to_string(metadata_bytes)},
                  {"MaxSizeAllowed", std::to_string(metadata_bytes_max)}}};
}

http::Headers headers_of(const StoredObject& object) {
  http::Headers headers = object.headers;
  headers.add("ETag", etag_of(object));
  headers.add("Last-Modified", base::format_http_date(object.last_modified));
  headers.add("Accept-Ranges", "bytes");
  return headers;
}

/// 304 repeats what caches need and nothing else (RFC 9110 section 15.4.5).
http::Response not_modified(const StoredObject& object) {
  return {
      304,
      {{"ETag", etag_of(object)}, {"Last-Modified", base::format_http_date(object.last_modified)}},
      {}};
}

S3Error missing_key(const S3Address& address) {
  return {S3ErrorCode::no_such_key, {}, {{"Key", address.key}}};
}

/// Nothing is versioned, so that every object's version is "null".
std::optional<S3Error> check_version(const QueryParameters& query) {
  const auto version = query.find("versionId");
  if (!version || version->empty() || *version == "null") return std::nullopt;
  return S3Error{S3ErrorCode::no_such_version, {}, {{"VersionId", *version}}};
}

http::Response range_of(const StoredObject& object, const ByteRange& range,
                        std::string_view bytes) {
  http::Response response{206, headers_of(object), {}};
  response.body = bytes.substr(range.first, range.size());
  response.headers.add("Content-Range", "bytes " + std::to_string(range.first) + "-" +
                                            std::to_string(range.last) + "/" +
                                            std::to_string(object.size));
  return response;
}

}  // namespace

S3Service::Answer S3Service::answer_for_object(const Call& call) {
  if (const auto other = call.query.first_besides({"versionId"})) {
    return query_not_implemented(*other);
  }
  {
    const std::shared_lock guard(objects_mutex_);
    if (auto error = missing_bucket(call.address.bucket)) return *error;
  }
  if (auto error = check_version(call.query)) return *error;
  const auto& method = call.request.method;
  if (method == "GET") return get_object(call);
  if (method == "HEAD") return head_object(call);
  if (method == "PUT") return put_object(call);
  if (method == "DELETE") return delete_object(call);
  return S3Error{S3ErrorCode::method_not_allowed};
}

S3Service::Answer S3Service::get_object(const Call& call) {
  const std::shared_lock guard(objects_mutex_);
  auto stored = objects_.read(place_of(call.address));
  if (const auto* failure = failure_of(stored)) return disk_failure(*failure);
  if (!value_of(stored)) return missing_key(call.address);
  auto& [object, bytes] = *value_of(stored);

  const auto& headers = call.request.headers;
  const auto decision = check_read_conditions(headers, object);
  if (const auto* error = std::get_if<S3Error>(&decision)) return *error;
  if (std::holds_alternative<NotModified>(decision)) return not_modified(object);
  const auto range = check_range(headers, object);
  if (const auto* error = std::get_if<S3Error>(&range)) return *error;
  if (const auto* part = std::get_if<ByteRange>(&range)) return range_of(object, *part, bytes);
  return http::Response{200, headers_of(object), std::move(bytes)};
}

S3Service::Answer S3Service::head_object(const Call& call) {
  const std::shared_lock guard(objects_mutex_);
  const auto found = objects_.find(place_of(call.address));
  if (const auto* failure = failure_of(found)) return disk_failure(*failure);
  if (!value_of(found)) return missing_key(call.address);
  const auto& object = *value_of(found);

  const auto decision = check_read_conditions(call.request.headers, object);
  if (const auto* error = std::get_if<S3Error>(&decision)) return *error;
  if (std::holds_alternative<NotModified>(decision)) return not_modified(object);
  http::Response response{200, headers_of(object), {}};
  response.headers.add("Content-Length", std::to_string(object.size));
  return response;
}

S3Service::Answer S3Service::put_object(const Call& call) {
  const auto headers = headers_to_keep(call.request.headers);
  if (const auto* error = std::get_if<S3Error>(&headers)) return *error;
  // Written and fsynced before the lock is taken: that is what takes long.
  const auto staged = objects_.stage(call.address.bucket, call.request.body, random_number());
  if (const auto* failure = failure_of(staged)) return disk_failure(*failure);
  auto answer = commit(call, value_of(staged), std::get<http::Headers>(headers));
  if (std::holds_alternative<S3Error>(answer)) objects_.discard(value_of(staged));
  return answer;
}

S3Service::Answer S3Service::commit(const Call& call, const StagedBody& staged,
                                    const http::Headers& headers) {
  const auto place = place_of(call.address);
  const std::unique_lock guard(objects_mutex_);
  const auto current = objects_.find(place);
  if (const auto* failure = failure_of(current)) return disk_failure(*failure);
  const auto* object = value_of(current) ? &*value_of(current) : nullptr;
  if (auto error = check_write_conditions(call.request.headers, object)) return *error;
  const auto stored = objects_.commit(place, staged, headers, clock_.now());
  if (const auto* failure = failure_of(stored)) return disk_failure(*failure);
  return http::Response{200, {{"ETag", etag_of(value_of(stored))}}, {}};
}

S3Service::Answer S3Service::delete_object(const Call& call) {
  const auto place = place_of(call.address);
  const std::unique_lock guard(objects_mutex_);
  const auto current = objects_.find(place);
  if (const auto* failure = failure_of(current)) return disk_failure(*failure);
  const auto* object = value_of(current) ? &*value_of(current) : nullptr;
  if (auto error = check_delete_conditions(call.request.headers, object)) return *error;
  const auto removed = objects_.remove(place);
  if (const auto* failure = failure_of(removed)) return disk_failure(*failure);
  return http::Response{204, {}, {}};
}

}  // namespace start_claude::server
