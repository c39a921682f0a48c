#include "sync/remote_copy.h"

#include "config/document.h"
#include "sync/object_metadata.h"

namespace start_claude::sync {
namespace {

/// Everything that the text says but its revision.
void take_document(RemoteCopy& copy, json::Value parsed) {
  if (config::shape_of(parsed) != config::Shape::document) {
    copy.damage = "is not a configuration: it has no list of \"configs\"";
    return;
  }
  copy.as_read = std::move(parsed);
  copy.had_s3_sync = config::has_s3_sync(copy.as_read);
  copy.document = config::without_s3_sync(copy.as_read);
  copy.entries = config::entry_count(*copy.document);
  copy.profiles = config::profile_count(*copy.document);
}

void read_document(RemoteCopy& copy) {
  auto parsed = config::parse_shared_document(copy.text);
  if (!parsed) {
    copy.damage = parsed.error().message;
    return;
  }
  take_document(copy, *std::move(parsed));
  if (copy.document) copy.revision = config::revision_of(*copy.document);
}

}  // namespace

resolve::Content RemoteCopy::content() const {
  if (!exists) return resolve::Missing{};
  if (!document) return resolve::Damaged{};
  return resolve::Snapshot{*document, revision, entries};
}

RemoteCopy remote_copy_of(s3::Object object) {
  RemoteCopy copy;
  copy.exists = true;
  copy.text = std::move(object.body);
  copy.etag = std::move(object.attributes.etag);
  copy.last_modified = object.attributes.last_modified;
  copy.modified = copy.last_modified;
  // What belongs to another content says nothing about this one: it is a foreign writer's.
  const ObjectMetadata metadata = object.contradicts_checksum
                                      ? ObjectMetadata{}
                                      : parse_object_metadata(object.attributes.metadata);
  // A local-modified is later than the upload by a wrong clock; and without the upload's time
  // nobody can tell.
  if (copy.last_modified) {
    const auto stated = base::plausible(metadata.local_modified, *copy.last_modified);
    if (stated) copy.modified = stated;
  }
  copy.writer = metadata.writer;
  copy.clock = metadata.clock;
  read_document(copy);
  return copy;
}

RemoteCopy remembered_copy(const RemoteState& remembered, KeptContent kept) {
  RemoteCopy copy;
  copy.exists = true;
  copy.text = std::move(kept.text);
  copy.etag = {remembered.etag};
  copy.last_modified = remembered.last_modified;
  copy.modified = remembered.modified ? remembered.modified : remembered.last_modified;
  copy.writer = remembered.writer;
  copy.clock = remembered.clock;
  copy.is_remembered = true;
  // It was held against its name when it was read.
  take_document(copy, std::move(kept.document));
  if (copy.document) copy.revision = remembered.ancestor;
  return copy;
}

Result<RemoteCopy> remote_copy_from(s3::GetOutcome outcome) {
  if (auto* object = std::get_if<s3::Object>(&outcome)) {
    const bool contradicts_checksum = object->contradicts_checksum;
    RemoteCopy copy = remote_copy_of(std::move(*object));
    if (copy.document || !contradicts_checksum) return copy;
    return Error{ErrorKind::invalid_data,
                 "the remote copy " + copy.damage +
                     ", and does not match its checksum (x-amz-meta-content-sha256)",
                 "something on the way changes replies, or the object was edited without its "
                 "metadata; s3-history shows earlier ones"};
  }
  RemoteCopy nothing;
  if (auto* denied = std::get_if<s3::ReadDenied>(&outcome)) {
    nothing.denied = std::move(denied->error);
  }
  return nothing;
}

Result<RemoteCopy> read_remote(s3::ObjectStore& store, const s3::ObjectLocation& location,
                               const RemoteState& remembered, const Memory& memory) {
  const bool is_kept = !remembered.etag.empty() && memory.has_content(remembered.ancestor);
  auto outcome =
      store.get(location, is_kept ? std::optional(s3::ETag{remembered.etag}) : std::nullopt);
  if (!outcome) return std::move(outcome).error();
  if (std::holds_alternative<s3::NotModified>(*outcome)) {
    // Read only now: a large content need not lie beside the one that comes from the store.
    if (auto kept = memory.content_of(remembered.ancestor)) {
      return remembered_copy(remembered, *std::move(kept));
    }
    outcome = store.get(location, std::nullopt);
    if (!outcome) return std::move(outcome).error();
  }
  return remote_copy_from(*std::move(outcome));
}

}  // namespace start_claude::sync
