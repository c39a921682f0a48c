// The commands: each turns options into a run and a run into output and an exit code.
#pragma once

#include "cli/host.h"
#include "cli/options.h"
#include "ui/console.h"

namespace start_claude::cli {

/// Runs the command; prints its result or its one error; returns the exit code.
int run_command(Host& host, const Options& options);

// One file each. A Result's error is printed by run_command.
Result<int> run_setup(Host& host, ui::Console& console, const Options& options);
Result<int> run_sync(Host& host, ui::Console& console, const Options& options);
Result<int> run_status(Host& host, ui::Console& console, const Options& options);
Result<int> run_diff(Host& host, ui::Console& console, const Options& options);
Result<int> run_history(Host& host, ui::Console& console, const Options& options);
Result<int> run_restore(Host& host, ui::Console& console, const Options& options);
Result<int> run_doctor(Host& host, ui::Console& console, const Options& options);
Result<int> run_watch(Host& host, ui::Console& console, const Options& options);
Result<int> run_manager(Host& host, ui::Console& console, const Options& options);
Result<int> run_serve(Host& host, ui::Console& console, const Options& options);
Result<int> run_balance(Host& host, ui::Console& console, const Options& options);

/// True if a person is there and may be asked: a TTY on stdin, and nothing said against it.
bool can_ask(Host& host, const Options& options);

}  // namespace start_claude::cli
