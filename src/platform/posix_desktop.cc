#include "platform/posix_desktop.h"

#include <array>
#include <csignal>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/descriptor.h"

namespace start_claude::platform {
namespace {

#ifdef __APPLE__
constexpr const char* opener = "open";
#else
constexpr const char* opener = "xdg-open";
#endif

/// In the child: only what signal-safety(7) lists, since another thread may have held a lock.
[[noreturn]] void become_opener(char* const* arguments) {
  const int nothing = ::open("/dev/null", O_RDWR);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    (void)::dup2(nothing, stream);
  }
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) (void)std::signal(number, SIG_DFL);
  ::execvp(opener, arguments);
  ::_exit(127);
}

}  // namespace

void open_on_desktop(const std::string& path) {
  std::string name = opener;
  std::string file = path;
  const std::array<char*, 3> arguments{name.data(), file.data(), nullptr};
  const pid_t child = ::fork();
  if (child < 0) return;
  if (child == 0) {
    // The grandchild belongs to nobody here: there is nothing to wait for later, and no terminal
    // whose Ctrl+C would close a browser.
    (void)::setsid();
    const pid_t grandchild = ::fork();
    if (grandchild == 0) become_opener(arguments.data());
    ::_exit(0);
  }
  int status = 0;
  (void)retry_interrupted([&] { return ::waitpid(child, &status, 0); });
}

}  // namespace start_claude::platform
