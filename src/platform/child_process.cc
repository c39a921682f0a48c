#include "platform/child_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/descriptor.h"

extern char** environ;

namespace start_claude::platform {
namespace {

constexpr std::array<int, 6> relayed = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};

// Globals, because a signal handler has nothing else.
std::atomic<pid_t> child{0};
std::array<std::atomic<bool>, relayed.size()> early{};  ///< arrived before there was a child
std::array<struct sigaction, relayed.size()> handlers_before{};

static_assert(std::atomic<pid_t>::is_always_lock_free, "a signal handler must not wait for a lock");

extern "C" void relay(int number, siginfo_t* information, void*) {
  // The terminal sends to every process of its foreground, the child among them: twice Ctrl+C is
  // another thing to many programs than once.
  if (information->si_code == SI_KERNEL) return;
  const int error_before = errno;
  if (const pid_t process = child.load(); process > 0) {
    ::kill(process, number);
  } else {
    for (std::size_t i = 0; i < relayed.size(); ++i) {
      if (relayed[i] == number) early[i].store(true);
    }
  }
  errno = error_before;
}

void install_relay() {
  struct sigaction handler {};
  handler.sa_sigaction = relay;
  handler.sa_flags = SA_SIGINFO | SA_RESTART;
  for (std::size_t i = 0; i < relayed.size(); ++i) {
    early[i].store(false);
    ::sigaction(relayed[i], nullptr, &handlers_before[i]);
    if (handlers_before[i].sa_handler != SIG_IGN) ::sigaction(relayed[i], &handler, nullptr);
  }
}

void remove_relay() {
  child.store(0);
  for (std::size_t i = 0; i < relayed.size(); ++i) {
    ::sigaction(relayed[i], &handlers_before[i], nullptr);
  }
}

std::vector<std::string> environment_for(const ChildProgram& program) {
  const auto is_replaced = [&program](std::string_view name) {
    const auto& [variables, without] = std::tie(program.variables, program.without);
    return std::any_of(variables.begin(), variables.end(),
                       [name](const auto& variable) { return variable.first == name; }) ||
           std::find(without.begin(), without.end(), name) != without.end();
  };
  std::vector<std::string> lines;
  for (char** line = environ; line != nullptr && *line != nullptr; ++line) {
    const std::string_view text(*line);
    if (!is_replaced(text.substr(0, text.find('=')))) lines.emplace_back(text);
  }
  for (const auto& [name, value] : program.variables) lines.push_back(name + "=" + value);
  return lines;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// What this process ignores for its own sake is not the program's habit.
int spawn(pid_t& process, const ChildProgram& program) {
  auto arguments = program.arguments;
  auto variables = environment_for(program);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  const int error = ::posix_spawnp(&process, arguments.front().c_str(), nullptr, &attributes,
                                   pointers_to(arguments).data(), pointers_to(variables).data());
  posix_spawnattr_destroy(&attributes);
  return error;
}

}  // namespace

std::variant<std::unique_ptr<ChildProcess>, NotStarted> ChildProcess::start(
    const ChildProgram& program, std::function<void()> on_end) {
  install_relay();
  pid_t process = 0;
  if (const int error = spawn(process, program); error != 0) {
    remove_relay();
    return NotStarted{error == ENOENT ? 127 : 126, std::strerror(error)};
  }
  child.store(process);
  for (std::size_t i = 0; i < relayed.size(); ++i) {
    if (early[i].exchange(false)) ::kill(process, relayed[i]);
  }
  return std::unique_ptr<ChildProcess>(new ChildProcess(process, std::move(on_end)));
}

ChildProcess::ChildProcess(pid_t process, std::function<void()> on_end)
    : process_(process), on_end_(std::move(on_end)), waiting_([this] { wait_for_end(); }) {}

ChildProcess::~ChildProcess() {
  waiting_.join();
  remove_relay();
}

std::optional<int> ChildProcess::exit_status() const {
  const int status = exit_status_.load();
  if (status < 0) return std::nullopt;
  return status;
}

void ChildProcess::wait_for_end() {
  // Left a zombie until no signal can be sent to its number any more.
  siginfo_t ended{};
  retry_interrupted(
      [&] { return ::waitid(P_PID, static_cast<id_t>(process_), &ended, WEXITED | WNOWAIT); });
  child.store(0);
  int status = 0;
  retry_interrupted([&] { return ::waitpid(process_, &status, 0); });
  exit_status_.store(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
  on_end_();
}

}  // namespace start_claude::platform
