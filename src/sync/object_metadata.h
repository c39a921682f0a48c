// The x-amz-meta headers of our object, as names and values.
//
// Three are shared with the other writer of this format (local-modified, upload-timestamp,
// config-version), three are ours (content-sha256, writer, clock). All of it is advisory: absent
// or strange values are dropped, and never stop a sync. ASCII only, because other bytes break
// signatures or come back as RFC 2047 words.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "s3/object_store.h"
#include "sync/clock.h"

namespace start_claude::sync {

struct ObjectMetadata {
  /// When the content was edited on the machine that uploaded it.
  std::optional<UtcTime> local_modified = {};
  std::optional<UtcTime> upload_timestamp = {};
  /// A schema number, never a revision.
  std::optional<int> config_version = {};
  std::string content_sha256 = {};  ///< of the body's bytes, 64 hexadecimal digits
  std::string writer = {};          ///< host name
  VersionVector clock = {};         ///< "clock", "clock-2" and so on; empty: none
  bool operator==(const ObjectMetadata&) const = default;
};

ObjectMetadata parse_object_metadata(const s3::Metadata& metadata);
s3::Metadata format_object_metadata(const ObjectMetadata& metadata);

}  // namespace start_claude::sync
