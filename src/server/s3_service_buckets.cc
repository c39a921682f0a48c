// The bucket side of S3Service: the service itself, buckets, and what is in them.

#include <mutex>

#include "server/file_result.h"
#include "server/s3_failure.h"
#include "server/s3_listing.h"
#include "server/s3_service.h"

namespace start_claude::server {
namespace {

constexpr std::string_view xml_start = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

http::Response xml_response(std::string body) {
  return {200, {{"Content-Type", "application/xml"}}, std::move(body)};
}

/// A document that says: nothing has been set.
http::Response empty_document(std::string_view root) {
  std::string text(xml_start);
  text.append("<").append(root);
  return xml_response(text + " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"/>");
}

}  // namespace

std::optional<S3Error> S3Service::missing_bucket(const std::string& bucket) const {
  const auto has = objects_.has_bucket(bucket);
  if (const auto* failure = failure_of(has)) return disk_failure(*failure);
  if (value_of(has)) return std::nullopt;
  return S3Error{S3ErrorCode::no_such_bucket, {}, {{"BucketName", bucket}}};
}

S3Service::Answer S3Service::answer_for_service(const Call& call) {
  if (call.request.method != "GET") return S3Error{S3ErrorCode::method_not_allowed};
  if (const auto other = call.query.first_besides({})) return query_not_implemented(*other);
  const std::shared_lock guard(objects_mutex_);
  const auto buckets = objects_.buckets();
  if (const auto* failure = failure_of(buckets)) return disk_failure(*failure);
  return xml_response(format_bucket_listing(value_of(buckets)));
}

S3Service::Answer S3Service::answer_for_bucket(const Call& call) {
  const auto& method = call.request.method;
  if (method == "PUT") return put_bucket(call);
  {
    const std::shared_lock guard(objects_mutex_);
    if (auto error = missing_bucket(call.address.bucket)) return *error;
  }
  if (method == "GET") return get_bucket(call);
  if (method == "HEAD") return http::Response{200, {{"Content-Type", "application/xml"}}, {}};
  if (method == "DELETE" || method == "POST") {
    return S3Error{S3ErrorCode::not_implemented, "This operation on a bucket is not supported."};
  }
  return S3Error{S3ErrorCode::method_not_allowed};
}

S3Service::Answer S3Service::put_bucket(const Call& call) {
  if (const auto other = call.query.first_besides({})) return query_not_implemented(*other);
  const std::unique_lock guard(objects_mutex_);
  const auto has = objects_.has_bucket(call.address.bucket);
  if (const auto* failure = failure_of(has)) return disk_failure(*failure);
  if (value_of(has)) {
    return S3Error{
        S3ErrorCode::bucket_already_owned_by_you, {}, {{"BucketName", call.address.bucket}}};
  }
  const auto created = objects_.create_bucket(call.address.bucket);
  if (const auto* failure = failure_of(created)) return disk_failure(*failure);
  return http::Response{200, {{"Location", "/" + call.address.bucket}}, {}};
}

S3Service::Answer S3Service::get_bucket(const Call& call) {
  if (call.query.contains("location")) return empty_document("LocationConstraint");
  if (call.query.contains("versioning")) return empty_document("VersioningConfiguration");
  if (const auto other =
          call.query.first_besides({"list-type", "prefix", "delimiter", "max-keys", "encoding-type",
                                    "start-after", "continuation-token", "fetch-owner", "marker",
                                    "versions", "key-marker", "version-id-marker"})) {
    return query_not_implemented(*other);
  }
  return list(call);
}

S3Service::Answer S3Service::list(const Call& call) {
  auto parsed = parse_listing_request(call.address.bucket, call.query);
  if (const auto* error = std::get_if<S3Error>(&parsed)) return *error;
  Listing listing{.request = std::get<ListingRequest>(std::move(parsed))};

  const std::shared_lock guard(objects_mutex_);
  const auto keys = objects_.keys(call.address.bucket, listing.request.prefix);
  if (const auto* failure = failure_of(keys)) return disk_failure(*failure);
  listing.page = select_page(value_of(keys), listing.request);
  for (const auto& key : listing.page.keys) {
    auto object = objects_.find({call.address.bucket, key});
    if (const auto* failure = failure_of(object)) return disk_failure(*failure);
    if (value_of(object)) listing.objects.push_back({key, *std::move(value_of(object))});
  }
  if (call.query.contains("versions")) return xml_response(format_version_listing(listing));
  return xml_response(format_object_listing(listing));
}

}  // namespace start_claude::server
