#include "sync/remote_copy.h"

#include <string_view>

#include "base/text.h"
#include "config/document.h"
#include "sync/object_metadata.h"

namespace start_claude::sync {
namespace {

/// Everything that the text says but its revision.
void take_document(RemoteCopy& copy, json::Value parsed) {
  if (config::shape_of(parsed) == config::Shape::nameless) {
    copy.damage = "has no profile with a name in its \"configs\"";
    return;
  }
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

/// What a body that is no document was compressed with, by what the reply says; empty if nothing.
/// Proxies and Google Cloud Storage compress, or pass on what was stored so, though nobody asked.
std::string_view compression_of(const std::string& content_encoding) {
  const std::string named = base::to_lower(content_encoding);
  for (const std::string_view coding : base::split(named, ',')) {
    for (const std::string_view known : {"gzip", "x-gzip", "deflate", "br", "zstd", "compress"}) {
      if (base::trim(coding) == known) return known;
    }
  }
  return "";
}

/// What is no document may have been one before something on the way changed it.
void doubt_what_came(RemoteCopy& copy, std::string_view compression, bool contradicts_checksum) {
  if (copy.document) return;
  copy.may_be_altered = contradicts_checksum || !compression.empty();
  if (!compression.empty()) {
    copy.damage = "came compressed (Content-Encoding: " + std::string(compression) +
                  "), which nobody asked for";
  } else if (contradicts_checksum) {
    copy.damage =
        "does not match its checksum (x-amz-meta-content-sha256) and is no valid document";
  }
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
  if (!document) return resolve::Damaged{.can_be_kept = !is_unread && !may_be_altered};
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
  doubt_what_came(copy, compression_of(object.attributes.content_encoding),
                  object.contradicts_checksum);
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

RemoteCopy remote_copy_from(s3::GetOutcome outcome) {
  if (auto* object = std::get_if<s3::Object>(&outcome)) {
    return remote_copy_of(std::move(*object));
  }
  RemoteCopy nothing;
  if (auto* denied = std::get_if<s3::ReadDenied>(&outcome)) {
    nothing.denied = std::move(denied->error);
  }
  return nothing;
}

namespace {

/// An object that no read brings, too large as a rule: what can be known of it, so that it can be
/// replaced under a condition.
Result<RemoteCopy> unread_copy(s3::ObjectStore& store, const s3::ObjectLocation& location,
                               Error refusal) {
  auto head = store.head(location);
  if (!head) return refusal;
  auto* attributes = std::get_if<s3::ObjectAttributes>(&*head);
  if (attributes == nullptr) return refusal;
  RemoteCopy copy;
  copy.exists = true;
  copy.is_unread = true;
  copy.last_modified = attributes->last_modified;
  copy.modified = attributes->last_modified;
  copy.writer = parse_object_metadata(attributes->metadata).writer;
  copy.etag = std::move(attributes->etag);
  copy.damage = "cannot be read: " + refusal.message;
  return copy;
}

}  // namespace

Result<RemoteCopy> read_remote(s3::ObjectStore& store, const s3::ObjectLocation& location,
                               const RemoteState& remembered, const Memory& memory) {
  const bool is_kept = !remembered.etag.empty() && memory.has_content(remembered.ancestor);
  auto outcome =
      store.get(location, is_kept ? std::optional(s3::ETag{remembered.etag}) : std::nullopt);
  if (!outcome && outcome.error().kind == ErrorKind::invalid_data) {
    return unread_copy(store, location, std::move(outcome).error());
  }
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
