#include "platform/posix_program.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/descriptor.h"
#include "platform/posix_interrupt.h"

namespace start_claude::platform {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

struct Pipe {
  Descriptor reader{-1};
  Descriptor writer{-1};
};

std::optional<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

ProgramFailure not_started(int error_number) {
  return {ProgramFailureKind::not_started, std::strerror(error_number)};
}

/// What this process itself opens is closed by exec already; what it was started with is not.
void close_the_rest_at_exec() {
  constexpr unsigned first = 3;
#ifdef SYS_close_range
  constexpr unsigned close_on_exec = 1U << 2U;
  if (::syscall(SYS_close_range, first, ~0U, close_on_exec) == 0) return;
#endif
  constexpr int usual_max = 1024;
  for (int number = first; number < usual_max; ++number) ::fcntl(number, F_SETFD, FD_CLOEXEC);
}

/// The child's side: only calls that signal-safety(7) lists (and execvp, which allocates nothing)
/// may be made, because other threads of the parent may have held any lock.
[[noreturn]] void become(char* const* words, int output, int failed, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(1);
  std::signal(SIGPIPE, SIG_DFL);
  // A group of its own, so that whatever it starts can be ended with it. Outside of the terminal's
  // foreground a question to a person fails at once, where it would otherwise stop the program.
  ::setpgid(0, 0);
  std::signal(SIGTTIN, SIG_IGN);
  std::signal(SIGTTOU, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  const bool connected = nothing >= 0 && ::dup2(nothing, STDIN_FILENO) >= 0 &&
                         ::dup2(output, STDOUT_FILENO) >= 0 && ::dup2(nothing, STDERR_FILENO) >= 0;
  if (connected) {
    close_the_rest_at_exec();
    ::execvp(words[0], words);
  }
  const int reason = errno;
  if (::write(failed, &reason, sizeof reason) < 0) ::_exit(126);
  ::_exit(127);
}

/// A started program. It is ended when this goes, with all that it started.
class Child {
 public:
  explicit Child(pid_t id) : id_(id) {
#ifdef SYS_pidfd_open
    exited_ = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, id, 0)));
#endif
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (has_ended()) return;
    ::kill(-id_, SIGKILL);
    int status = 0;
    retry_interrupted([&] { return ::waitpid(id_, &status, 0); });
  }

  /// Readable once it has ended; -1 on kernels before 5.3.
  int exited() const { return exited_.number(); }
  bool has_ended() {
    int status = 0;
    if (!ended_ && ::waitpid(id_, &status, WNOHANG) == id_) ended_ = status;
    return ended_.has_value();
  }
  /// Precondition: has_ended().
  int exit_code() const {
    constexpr int by_signal = 128;
    return WIFEXITED(*ended_) ? WEXITSTATUS(*ended_) : by_signal + WTERMSIG(*ended_);
  }

 private:
  pid_t id_;
  Descriptor exited_{-1};
  std::optional<int> ended_;
};

enum class ReadState { open, ended, too_much };

/// Everything that is there, without waiting.
ReadState read_available(int pipe, std::string& text, std::size_t bytes_max) {
  std::array<char, 4096> buffer{};
  for (;;) {
    const auto count =
        retry_interrupted([&] { return ::read(pipe, buffer.data(), buffer.size()); });
    if (count < 0) return errno == EAGAIN ? ReadState::open : ReadState::ended;
    if (count == 0) return ReadState::ended;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() > bytes_max) return ReadState::too_much;
  }
}

/// Becomes readable when one of them does.
Descriptor watch(int pipe, int exited) {
  Descriptor both(::epoll_create1(EPOLL_CLOEXEC));
  for (const int number : {pipe, exited}) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = number;
    if (number >= 0) ::epoll_ctl(both.number(), EPOLL_CTL_ADD, number, &event);
  }
  return both;
}

ProgramResult follow(Child& child, Descriptor output, const ProgramRequest& request) {
  const auto end = steady_clock::now() + request.timeout;
  const Descriptor both = watch(output.number(), child.exited());
  ProgramOutput result;
  ReadState state = ReadState::open;
  for (;;) {
    // In this order: what it wrote before it ended is there when it has ended. What it left behind
    // in the background may hold the pipe open for ever, and is not waited for.
    const bool ended = child.has_ended();
    if (state == ReadState::open) {
      state = read_available(output.number(), result.text, request.output_bytes_max);
    }
    if (state == ReadState::too_much) {
      return ProgramFailure{ProgramFailureKind::too_much_output, "it writes too much"};
    }
    if (ended) break;
    const auto left = std::chrono::ceil<milliseconds>(end - steady_clock::now());
    if (left <= milliseconds{0}) {
      return ProgramFailure{ProgramFailureKind::timed_out, "it did not end in time"};
    }
    if (state == ReadState::ended) ::epoll_ctl(both.number(), EPOLL_CTL_DEL, output.number(), {});
    constexpr milliseconds look_again{20};
    const auto pause = child.exited() < 0 ? std::min(left, look_again) : left;
    if (wait_for({both.number(), EPOLLIN}, pause) == WaitOutcome::interrupted) {
      return ProgramFailure{ProgramFailureKind::interrupted, "interrupted"};
    }
  }
  result.exit_code = child.exit_code();
  return result;
}

}  // namespace

ProgramResult PosixPrograms::run(const ProgramRequest& request) {
  if (request.words.empty()) return not_started(ENOENT);
  std::vector<std::string> words = request.words;
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);

  auto output = make_pipe();
  auto failed = make_pipe();
  if (!output || !failed) return not_started(errno);
  const pid_t self = ::getpid();
  const pid_t id = ::fork();
  if (id < 0) return not_started(errno);
  if (id == 0) {
    become(pointers.data(), output->writer.number(), failed->writer.number(), self);
  }
  // Here as well as in the child, so that there is a group to end whichever of the two runs first.
  // After its exec this fails (EACCES), and it did it by itself.
  ::setpgid(id, id);
  Child child(id);
  output->writer.close();
  failed->writer.close();
  int reason = 0;
  const auto told =
      retry_interrupted([&] { return ::read(failed->reader.number(), &reason, sizeof reason); });
  if (told == sizeof reason) return not_started(reason);
  ::fcntl(output->reader.number(), F_SETFL, O_NONBLOCK);
  return follow(child, std::move(output->reader), request);
}

}  // namespace start_claude::platform
