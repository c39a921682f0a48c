#include "cli/commands.h"

#include "cli/recording.h"
#include "ui/report.h"

namespace start_claude::cli {
namespace {

Result<int> dispatch(Host& host, ui::Console& console, const Options& options) {
  switch (options.command) {
    case Command::setup: return run_setup(host, console, options);
    case Command::sync:
    case Command::upload:
    case Command::download: return run_sync(host, console, options);
    case Command::status: return run_status(host, console, options);
    case Command::diff: return run_diff(host, console, options);
    case Command::history: return run_history(host, console, options);
    case Command::restore: return run_restore(host, console, options);
    case Command::doctor: return run_doctor(host, console, options);
    case Command::manager: return run_manager(host, console, options);
    case Command::serve: return run_serve(host, console, options);
    case Command::watch: return run_watch(host, console, options);
    case Command::balance: return run_balance(host, console, options);
  }
  return Error{ErrorKind::unexpected, "unknown command"};
}

/// Writes down the run's exchanges as well, whatever becomes of it.
Result<int> dispatch_recorded(Host& host, ui::Console& console, const Options& options) {
  Recording recording;
  Host recorded = host;
  recorded.recording = &recording;
  auto exit_code = dispatch(recorded, console, options);
  auto saved = save_recording(recording, *options.record, host.files, host.random);
  if (saved) return exit_code;
  if (exit_code) return std::move(saved).error();
  console.fail(saved.error());
  return exit_code;
}

ui::Colour colour_for(Host& host, const Options& options) {
  const bool wanted = host.terminal.error_is_tty() && !options.no_color &&
                      !host.environment.variable("NO_COLOR") &&
                      host.environment.variable("TERM") != "dumb";
  return wanted ? ui::Colour::always : ui::Colour::never;
}

}  // namespace

bool can_ask(Host& host, const Options& options) {
  return host.terminal.input_is_tty() && !options.no_input && !options.automatic;
}

int run_command(Host& host, const Options& options) {
  ui::Console console(host.terminal, host.clock,
                      {.quiet = options.quiet,
                       .json = options.json,
                       .verbose = options.verbose,
                       .colour = colour_for(host, options)});
  const auto exit_code =
      options.record ? dispatch_recorded(host, console, options) : dispatch(host, console, options);
  if (!exit_code) {
    console.fail(exit_code.error());
    console.say_json(ui::format_error_json(name_of(options.command), exit_code.error()));
    return base::exit_code(exit_code.error().kind);
  }
  if (console.output_failed()) {
    console.fail({ErrorKind::local_disk, "the result could not be written to stdout"});
    return base::exit_code(ErrorKind::local_disk);
  }
  return *exit_code;
}

}  // namespace start_claude::cli
