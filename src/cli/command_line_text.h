// The command line as CLI11 has it, turned into the plain values that completions are made from.
//
// Internal to the layer: included by the files that know CLI11.
#pragma once

#include "cli/completion.h"

namespace CLI {
class App;
}

namespace start_claude::cli {

/// The program and its commands under their long names, hidden flags left out.
CommandLineText describe_command_line(const CLI::App& app);

}  // namespace start_claude::cli
