#include "platform/posix_interrupt.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

namespace start_claude::platform {
namespace {

constexpr int interrupted_exit_code = 130;
constexpr std::array<int, 3> signals = {SIGINT, SIGTERM, SIGHUP};

// Globals, because a signal handler has nothing else.
std::atomic<bool> arrived{false};
std::atomic<bool> interrupted_by_person{false};
std::atomic<bool> ends_at_once{false};
std::atomic<void (*)()> last_action{nullptr};
pthread_t waiting_thread;

static_assert(std::atomic<bool>::is_always_lock_free &&
                  std::atomic<void (*)()>::is_always_lock_free,
              "a signal handler must not wait for a lock");

extern "C" void on_signal(int number) {
  if (ends_at_once.load()) end_interrupted();
  if (pthread_equal(pthread_self(), waiting_thread) == 0) {
    pthread_kill(waiting_thread, number);
    return;
  }
  arrived.store(true);
  // A service manager may send SIGTERM and SIGHUP together: only Ctrl+C twice means "now".
  if (number == SIGINT && interrupted_by_person.exchange(true)) end_interrupted();
}

sigset_t interrupt_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : signals) sigaddset(&set, number);
  return set;
}

/// Holds the signals back while it lives; `before()` is what poll() lets through while it waits.
class SignalsHeld {
 public:
  SignalsHeld() {
    const sigset_t held = interrupt_signals();
    pthread_sigmask(SIG_BLOCK, &held, &before_);
  }
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;
  ~SignalsHeld() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  const sigset_t& before() const { return before_; }

 private:
  sigset_t before_{};
};

}  // namespace

void install_interrupt_handlers() {
  waiting_thread = pthread_self();
  struct sigaction handler {};
  handler.sa_handler = on_signal;
  handler.sa_mask = interrupt_signals();
  for (const int number : signals) {
    struct sigaction inherited {};
    sigaction(number, nullptr, &inherited);
    if (inherited.sa_handler != SIG_IGN) sigaction(number, &handler, nullptr);
  }
}

void end_at_once_when_interrupted() {
  ends_at_once.store(true);
  install_interrupt_handlers();
}

bool interrupted() { return arrived.load(); }

void set_last_action(void (*action)()) { last_action.store(action); }

void end_interrupted() {
  if (const auto action = last_action.load()) action();
  ::_exit(interrupted_exit_code);
}

void end_process(int exit_code) {
  if (const auto action = last_action.load()) action();
  ::_exit(exit_code);
}

WaitOutcome wait_for(const Awaited& awaited, std::optional<std::chrono::milliseconds> timeout) {
  timespec limit{};
  if (timeout) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(*timeout);
    limit.tv_sec = static_cast<time_t>(whole.count());
    limit.tv_nsec = static_cast<long>(std::chrono::nanoseconds{*timeout - whole}.count());
  }
  pollfd entry{awaited.descriptor, awaited.events, 0};
  for (;;) {
    const SignalsHeld held;
    if (interrupted()) return WaitOutcome::interrupted;
    const int count = ::ppoll(&entry, 1, timeout ? &limit : nullptr, &held.before());
    if (count == 0) return WaitOutcome::timed_out;
    // Another signal, such as SIGWINCH, must not end a wait for ever; a timed one may end early,
    // and its caller knows by the clock what is left.
    if (count < 0 && errno == EINTR) {
      if (interrupted()) return WaitOutcome::interrupted;
      if (timeout) return WaitOutcome::timed_out;
      continue;
    }
    // Errors count as ready: the read or write that follows says what is wrong.
    return WaitOutcome::ready;
  }
}

}  // namespace start_claude::platform
