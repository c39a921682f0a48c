// The edge: builds the real parts of the machine and hands them to the command.
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.h"
#include "cli/options.h"
#include "platform/posix_clock.h"
#include "platform/posix_desktop.h"
#include "platform/posix_environment.h"
#include "platform/posix_filesystem.h"
#include "platform/posix_folder_watch.h"
#include "platform/posix_interrupt.h"
#include "platform/posix_keys.h"
#include "platform/posix_name_service.h"
#include "platform/posix_program.h"
#include "platform/posix_random.h"
#include "platform/posix_service_manager.h"
#include "platform/posix_terminal.h"
#include "platform/posix_waiter.h"

int main(int argc, char** argv) {
  using namespace start_claude;
  platform::open_standard_streams();
  platform::look_names_up_without_modules();
  // Every step of a run may be its last (docs/never-lose.md), so a signal need not wait for the
  // end.
  platform::end_at_once_when_interrupted();
  platform::PosixTerminal terminal;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  auto parsed = cli::parse_options(arguments);
  if (const auto* ended = std::get_if<cli::ParsedExit>(&parsed)) {
    if (ended->exit_code != 0) {
      terminal.write_error(ended->text);
      return ended->exit_code;
    }
    return terminal.write_output(ended->text) ? 0 : base::exit_code(ErrorKind::local_disk);
  }
  platform::PosixClock clock;
  platform::PosixFileSystem files;
  platform::PosixRandom random;
  platform::PosixEnvironment environment;
  platform::PosixPrograms programs;
  cli::Host host{
      clock, files, random, environment, terminal, programs, [](http::CurlOptions options) {
        return http::make_curl_transport(std::move(options));
      }};
  host.make_waiter = [] { return platform::PosixWaiter::open(); };
  host.open_on_desktop = platform::open_on_desktop;
  host.make_folder_watch = platform::PosixFolderWatch::open;
  host.tell_service_manager = [&environment](std::string_view state) {
    const auto socket = environment.variable("NOTIFY_SOCKET");
    if (socket) (void)platform::tell_service_manager(*socket, state);
  };
  host.make_keys = [] { return platform::PosixKeys::open(); };
  return cli::run_command(host, std::get<cli::Options>(parsed));
}
