// Every symbolic link on the way to a file, in the middle of its path as well as at its end:
// whoever watches a file must watch all of them, because any of them may come to lead elsewhere.
#pragma once

#include <string>
#include <vector>

#include "platform/filesystem.h"

namespace start_claude::platform {

struct LinkTrail {
  /// The places of the links, in the order in which they are followed; none of these paths goes
  /// through a link itself.
  std::vector<std::string> links = {};
  /// Where they lead: a path without links. It need not exist.
  std::string target;
};

/// A loop ends after as many links as the kernel follows.
LinkTrail trace_links(const FileSystem& files, const std::string& path);

}  // namespace start_claude::platform
