// What a run that was cut off had already brought into the local file.
//
// The state file is written last, so a run that ends between replacing config.json and writing
// s3-state.json leaves a file that came from a content nothing names as its ancestor. What the run
// kept in history, and the file itself, tell.
#pragma once

#include <optional>
#include <string>

#include "sync/history.h"
#include "sync/local_copy.h"
#include "sync/remote_copy.h"

namespace start_claude::sync {

/// The newest content that was kept since `ancestor` (or ever, if that is empty), that the remote
/// came from, and that the local file was edited from, or from a merge with it; nothing if there is
/// none.
std::optional<std::string> unremembered_ancestor(const History& history, const LocalCopy& local,
                                                 const RemoteCopy& remote,
                                                 const std::string& ancestor);

/// True if anything of the other side was kept since `ancestor`: a run that was cut off may have
/// brought it here. One read of the index.
bool may_be_unremembered(const History& history, const std::string& ancestor);

/// The contents the local file was found with since `ancestor` was kept, newest first.
std::vector<std::string> held_since(const History& history, const std::string& ancestor);

}  // namespace start_claude::sync
