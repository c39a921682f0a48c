// Writing a file that must stay the one it is: mounted by itself, as a container has it, or known
// by other names too (hard links), which a replacement would leave behind with the old content.
//
// Nothing can make that one step, so it is made one that can be ended later: before the first byte
// is written over, a file beside `path` holds both contents, old and new, on the disk. A run that
// is cut off leaves that file, and the next one sees from it what of the three the target holds
// now: the old content, the new, or a mixture.
#pragma once

#include <optional>
#include <string>

#include "platform/filesystem.h"

namespace start_claude::platform {

struct InPlaceWrite {
  const std::string& path;    ///< as it is called: what tells of the write is kept beside this name
  const std::string& target;  ///< where the links at its end lead
  const base::TextParts& text;
  const ReplaceOptions& options;
};

/// As replace_file(). What somebody writes in the moment between the last look at the file and the
/// write is overwritten.
FileResult<ReplaceOutcome> write_in_place(FileSystem& files, const InPlaceWrite& write);

/// True if replacing the file would part it from another name it has.
bool has_other_names(const FileSystem& files, const std::string& target);

/// What a run that was cut off in write_in_place(`path`) left.
struct InterruptedWrite {
  std::string record;  ///< the file that tells of it
  std::string before;  ///< what the target held
  std::string after;   ///< what it was to hold
  std::optional<UtcTime> modified = {};
};

/// Nothing if there is none. Removes what is left of one that had not begun. Call only while
/// holding the lock.
std::optional<InterruptedWrite> interrupted_write(FileSystem& files, const std::string& path);

/// True if the file holds such a mixture now. Changes nothing.
bool has_file_half_written(const FileSystem& files, const std::string& path);

/// True if `now` may be what a cut-off write left: at each place a byte of the old content, of the
/// new, or one that never came to the disk. An edit made since looks like that only by chance.
bool is_mixture(std::string_view now, const InterruptedWrite& write);

/// Ends it: writes the rest if the file holds a mixture, leaves alone what somebody wrote since.
FileResult<base::Done> finish_write(FileSystem& files, const std::string& path,
                                    const InterruptedWrite& write);

}  // namespace start_claude::platform
