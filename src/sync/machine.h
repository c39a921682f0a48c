// Which installation this is, for the counts in a version vector.
//
// Two installations must never count under one id: their contents would pass for each other's. A
// cloned image, a restored backup or a copied home has another machine-id or another folder.
#pragma once

#include <string>

#include "platform/filesystem.h"
#include "platform/random.h"

namespace start_claude::sync {

/// machine_id_length characters.
std::string drawn_machine_id(platform::Random& random);
/// What a copy of this installation has not in common with it, as a digest: /etc/machine-id, and
/// the inode of the folder the journal is in.
std::string installation_fingerprint(const platform::FileSystem& files, const std::string& folder);

/// Another one after every start of the system; empty if it does not say.
std::string boot_id(const platform::FileSystem& files);

}  // namespace start_claude::sync
