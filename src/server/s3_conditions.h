// If-Match and its kin, and Range: what a request asks for depends on what is there.
//
// RFC 9110 sections 13 and 14, with S3's answers: 404 to If-Match on nothing, and no other
// If-None-Match than "*" on a write. ETags are taken with quotes or without.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "http/message.h"
#include "server/object_files.h"
#include "server/s3_error.h"

namespace start_claude::server {

/// The ETag of an object as it is sent: its MD5 in quotes.
std::string etag_of(const StoredObject& object);

struct NotModified {};
struct MayRead {};
using ReadDecision = std::variant<MayRead, NotModified, S3Error>;

/// For GET and HEAD of an object that exists.
ReadDecision check_read_conditions(const http::Headers& headers, const StoredObject& object);

/// For PUT; nothing means: go on. Null: there is no object.
std::optional<S3Error> check_write_conditions(const http::Headers& headers,
                                              const StoredObject* object);
/// For DELETE, where only If-Match makes sense.
std::optional<S3Error> check_delete_conditions(const http::Headers& headers,
                                               const StoredObject* object);

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;  ///< included
  std::uint64_t size() const { return last - first + 1; }
};
struct WholeBody {};
using RangeDecision = std::variant<WholeBody, ByteRange, S3Error>;

/// One range is honoured; several, or what is no range of bytes, mean the whole body.
RangeDecision check_range(const http::Headers& headers, const StoredObject& object);

}  // namespace start_claude::server
