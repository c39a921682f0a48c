// history/ and what s3-state.json said, as releases before the journal left them: taken into the
// journal once.
//
// The folder has files named by what they hold, "REVISION.json" (a document without
// settings.s3Sync) or "SHA256.damaged" (bytes that were no document), and "index.json", which says
// when and why each was kept, newest last. Nothing in it is changed or removed: an older release
// finds what it left.
#pragma once

#include <map>
#include <string>

#include "sync/memory.h"

namespace start_claude::sync {

/// Where those releases kept S3 settings for a config.json that lost its own: Paths::settings.
std::string old_settings_path(const Paths& paths);

/// Does nothing where there is a journal. Else notes the contents of history/, and by `agreed` what
/// each remote had in common with this machine; the next Memory::write() makes that last. The
/// contents have no clock, so that they are found by whoever names them and never pass for what
/// another machine has seen. What cannot be read is left out.
void import_history(const MemoryParts& parts, const std::map<std::string, RemoteState>& agreed,
                    Memory& memory);

}  // namespace start_claude::sync
