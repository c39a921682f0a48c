// A config.json that its cloud has only offloaded: it is neither lost nor empty, it is elsewhere.
//
// To save room, cloud programs leave a placeholder beside the name (iCloud, Nextcloud, ownCloud) or
// a file that has its size and no content (OneDrive, Dropbox). Taken for what it looks like, either
// would be replaced by the bucket's copy, or the bucket's by it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "platform/filesystem.h"

namespace start_claude::sync {

/// For a `path` with no file or an empty one: the error (invalid_data) that says which placeholder
/// is there instead; nothing if there is none.
std::optional<Error> placeholder_instead_of(const platform::FileSystem& files,
                                            const std::string& path);

/// The error for a file whose `bytes` are all a hole; nothing for any other.
std::optional<Error> hole_instead_of(const platform::FileStatus& status, std::string_view bytes,
                                     const std::string& path);

}  // namespace start_claude::sync
