// What a key may do beyond reading and writing, and what the bucket keeps: for s3-doctor.
#include "s3/s3_object_store.h"
#include "s3/xml.h"

namespace start_claude::s3 {

Result<Permission> S3ObjectStore::permission_for(const Call& call) {
  auto answer = exchange_.send(call, end_of_call(), options_);
  if (!answer) return std::move(answer).error();
  if (answer->reply == Reply::ok) return Permission::granted;
  // What is refused as unknown, or comes from something else than S3, says nothing about the key.
  if (answer->reply == Reply::access_denied) return Permission::denied;
  if (answer->reply == Reply::no_answer) return exchange_.error_from(call, *answer);
  return Permission::unknown;
}

Result<Permission> S3ObjectStore::may_list_buckets() {
  return permission_for(
      {.asked = {.operation = Operation::list_buckets}, .method = "GET", .object = {}});
}

Result<Permission> S3ObjectStore::may_list_objects(const std::string& bucket) {
  return permission_for({.asked = {.operation = Operation::list_objects},
                         .method = "GET",
                         .object = {.bucket = bucket, .key = ""},
                         .query = "list-type=2&max-keys=1"});
}

Result<Permission> S3ObjectStore::remove(const ObjectLocation& object,
                                         const std::string& version_id) {
  if (auto checked = check_object_key(object.key); !checked) return std::move(checked).error();
  Call call{.asked = {.operation = Operation::delete_object}, .method = "DELETE", .object = object};
  if (!version_id.empty()) call.query = "versionId=" + http::encode_segment(version_id);
  return permission_for(call);
}

Result<Versioning> S3ObjectStore::versioning(const std::string& bucket) {
  const Call call{.asked = {.operation = Operation::get_versioning},
                  .method = "GET",
                  .object = {.bucket = bucket, .key = ""},
                  .query = "versioning="};
  auto answer = exchange_.send(call, end_of_call(), options_);
  if (!answer) return std::move(answer).error();
  if (answer->reply == Reply::no_answer) return exchange_.error_from(call, *answer);
  if (answer->reply != Reply::ok) return Versioning::unknown;
  const auto configuration = find_xml(answer->response.body, "VersioningConfiguration");
  if (!configuration) return Versioning::unknown;
  XmlReader reader(configuration->content);
  while (const auto element = reader.next()) {
    if (element->name != "Status") continue;
    const std::string status = xml_text(element->content);
    if (status == "Enabled") return Versioning::enabled;
    if (status == "Suspended") return Versioning::suspended;
  }
  return Versioning::off;
}

}  // namespace start_claude::s3
