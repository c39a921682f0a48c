// Which names in a folder changed since somebody last asked.
//
// It watches the folder, because editors write a new file and rename it over the old one; and, of
// the files it is asked to, the file itself, because what is written through another name of it (a
// hard link, the place a bind mount comes from) is no event of the folder. The folder may be
// missing, go, and come back; the watch follows the path, not the folder.
#pragma once

#include <string>
#include <vector>

namespace start_claude::platform {

struct FolderChanges {
  /// Sorted, each once. A name that came, went, was written or renamed.
  std::vector<std::string> names = {};
  /// Anything in the folder may have changed: the system lost count, or the folder itself came or
  /// went.
  bool anything = false;

  bool empty() const { return names.empty() && !anything; }
  /// True if `name` changed, or may have.
  bool concerns(const std::string& name) const;
};

class FolderWatch {
 public:
  virtual ~FolderWatch() = default;
  /// Readable (POLLIN) when there may be changes to take; the same for as long as the watch lives.
  virtual int descriptor() const = 0;
  /// What changed since the last call (or since the watch began), without waiting.
  virtual FolderChanges take_changes() = 0;
  /// From now on also tells what is written to the file `name` of this folder through another name.
  virtual void watch_file(const std::string& name) = 0;
};

}  // namespace start_claude::platform
