// The numbered list that s3-history prints and s3-restore takes its numbers from.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/configuration.h"
#include "cli/host.h"
#include "cli/options.h"
#include "sync/memory.h"
#include "sync/revisions.h"
#include "ui/console.h"

namespace start_claude::cli {

/// Local revisions, and remote ones where this machine is set up and may use the network.
Result<std::vector<sync::Revision>> list_all_revisions(Host& host, ui::Console& console,
                                                       const Options& options,
                                                       const Configuration& configuration,
                                                       const sync::Memory& memory);

/// Where number N stands in the list; a usage error if it does not.
Result<std::size_t> index_of_number(const std::vector<sync::Revision>& all, std::size_t number);

/// Number N is damaged: what that rules out, and how its bytes are had.
Error damaged_copy(std::size_t number, const Options& options, std::string_view consequence);

}  // namespace start_claude::cli
