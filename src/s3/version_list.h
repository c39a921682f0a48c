// The reply to GET ?versions (ListObjectVersions) as values, for one object.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "s3/object_store.h"

namespace start_claude::s3 {

struct VersionPage {
  std::vector<ObjectVersion> versions;  ///< of this object, in the store's order
  /// Where the next page begins; nothing if this was the last one that can name this object.
  std::optional<std::string> next_key_marker = {};
  std::string next_version_id_marker = {};
};

/// Entries of other keys with the same prefix are left out. Nothing if `body` is something else,
/// as from stores that ignore "versions" and list the objects.
std::optional<VersionPage> parse_version_list(std::string_view body, std::string_view key);

/// The query that asks for a page, encoded; `after` is the page before it.
std::string version_list_query(std::string_view key, const VersionPage* after);

}  // namespace start_claude::s3
