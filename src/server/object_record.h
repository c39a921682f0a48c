// What the server knows of an object beside its bytes: one small text file.
//
// A record belongs to one body, by its SHA-256. It also names the file that body was in, so that a
// file nobody touched needs no hashing again; after a copy or a restore the hash still finds it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "http/message.h"
#include "platform/filesystem.h"

namespace start_claude::server {

struct ObjectRecord {
  std::string key;
  std::string sha256;  ///< 64 hexadecimal digits: which body this belongs to
  std::string md5;     ///< 32 hexadecimal digits: the ETag without its quotes
  UtcTime last_modified;
  platform::Fingerprint file;  ///< of the file that held the body when the record was written
  /// Content-Type, Cache-Control and the like, and x-amz-meta-*, as they were sent.
  http::Headers headers;
};

std::string format_object_record(const ObjectRecord& record);
/// Nothing for anything but what format_object_record writes.
std::optional<ObjectRecord> parse_object_record(std::string_view text);

}  // namespace start_claude::server
