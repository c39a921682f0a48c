// What was edited on this machine and is not in the bucket yet.
#pragma once

#include <cstddef>
#include <optional>

#include "cli/host.h"
#include "sync/local_copy.h"
#include "sync/paths.h"
#include "sync/state.h"

namespace start_claude::cli {

/// How many fields changed here since the last sync; nothing if there is no telling.
std::optional<std::size_t> changes_not_uploaded(Host& host, const sync::Paths& paths,
                                                const sync::LocalCopy& local,
                                                const sync::RemoteState& remembered);

}  // namespace start_claude::cli
