#include "platform/posix_waiter.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "platform/posix_interrupt.h"

namespace start_claude::platform {
namespace {

constexpr std::array<int, 4> signals = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};

// Globals, because a signal handler has nothing else.
std::atomic<bool> end_arrived{false};
std::atomic<bool> grace_began{false};
std::atomic<bool> reload_arrived{false};
std::atomic<bool> check_arrived{false};
std::atomic<bool> ended_by_person{false};
std::atomic<int> event_number{-1};
timer_t grace_timer{};
itimerspec grace{};
std::array<struct sigaction, signals.size()> handlers_before{};
struct sigaction alarm_before {};

static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free,
              "a signal handler must not wait for a lock");

timespec timespec_of(std::chrono::milliseconds span) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(span);
  return {.tv_sec = static_cast<time_t>(whole.count()),
          .tv_nsec = static_cast<long>(std::chrono::nanoseconds{span - whole}.count())};
}

void make_readable(int event) {
  const std::uint64_t one = 1;
  // Full means readable.
  (void)!::write(event, &one, sizeof(one));
}

extern "C" void on_awaited_signal(int number) {
  const int error_before = errno;
  if (number == SIGHUP) {
    reload_arrived.store(true);
  } else if (number == SIGUSR1) {
    check_arrived.store(true);
  } else {
    if (number == SIGINT && ended_by_person.exchange(true)) end_interrupted();
    end_arrived.store(true);
    if (!grace_began.exchange(true)) ::timer_settime(grace_timer, 0, &grace, nullptr);
  }
  make_readable(event_number.load());
  errno = error_before;
}

extern "C" void on_end_of_grace(int) { end_interrupted(); }

void install_handlers() {
  struct sigaction handler {};
  handler.sa_handler = on_awaited_signal;
  // What other threads wait in goes on; poll() ends all the same.
  handler.sa_flags = SA_RESTART;
  for (std::size_t i = 0; i < signals.size(); ++i) {
    ::sigaction(signals[i], nullptr, &handlers_before[i]);
    if (handlers_before[i].sa_handler != SIG_IGN) ::sigaction(signals[i], &handler, nullptr);
  }
  // By the time the process is awake: a machine that sleeps meanwhile takes nothing away.
  sigevent by_signal{};
  by_signal.sigev_notify = SIGEV_SIGNAL;
  by_signal.sigev_signo = SIGALRM;
  ::timer_create(CLOCK_MONOTONIC, &by_signal, &grace_timer);
  struct sigaction end_of_grace {};
  end_of_grace.sa_handler = on_end_of_grace;
  ::sigaction(SIGALRM, &end_of_grace, &alarm_before);
}

void restore_handlers() {
  ::timer_delete(grace_timer);
  for (std::size_t i = 0; i < signals.size(); ++i) {
    ::sigaction(signals[i], &handlers_before[i], nullptr);
  }
  ::sigaction(SIGALRM, &alarm_before, nullptr);
}

int open_timer() {
  const int timer = ::timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
  // Some sandboxes have no such clock; PosixClock falls back likewise.
  return timer >= 0 ? timer : ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
}

}  // namespace

Result<std::unique_ptr<Waiter>> PosixWaiter::open(const WaiterOptions& options) {
  Descriptor event(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  Descriptor timer(open_timer());
  if (!event || !timer) {
    return Error{ErrorKind::unexpected, "cannot wait for events: no file descriptors left",
                 "see ulimit -n"};
  }
  return std::unique_ptr<Waiter>(new PosixWaiter(std::move(event), std::move(timer), options));
}

PosixWaiter::PosixWaiter(Descriptor event, Descriptor timer, const WaiterOptions& options)
    : event_(std::move(event)), timer_(std::move(timer)) {
  for (auto* mark :
       {&end_arrived, &reload_arrived, &check_arrived, &ended_by_person, &grace_began}) {
    mark->store(false);
  }
  event_number.store(event_.number());
  grace.it_value = timespec_of(options.grace);
  install_handlers();
}

PosixWaiter::~PosixWaiter() {
  restore_handlers();
  event_number.store(-1);
}

void PosixWaiter::set_timer(std::optional<std::chrono::milliseconds> until) {
  itimerspec setting{};
  // Zero would switch the timer off.
  if (until) setting.it_value = timespec_of(std::max(*until, std::chrono::milliseconds{1}));
  ::timerfd_settime(timer_.number(), TFD_TIMER_ABSTIME, &setting, nullptr);
}

Awakening PosixWaiter::wait(const WaitRequest& request) {
  set_timer(request.until);
  std::vector<pollfd> entries{{event_.number(), POLLIN, 0}, {timer_.number(), POLLIN, 0}};
  for (const int descriptor : request.readable) entries.push_back({descriptor, POLLIN, 0});
  int count = 0;
  do {
    count = ::poll(entries.data(), entries.size(), -1);
  } while (count < 0 && errno == EINTR);

  Awakening awakening;
  std::uint64_t ignored = 0;
  (void)!::read(event_.number(), &ignored, sizeof(ignored));
  // After the read: a signal from here on makes the next wait end at once.
  if (end_arrived.exchange(false)) awakening.signals.push_back(Signal::end);
  if (reload_arrived.exchange(false)) awakening.signals.push_back(Signal::reload);
  if (check_arrived.exchange(false)) awakening.signals.push_back(Signal::check);
  for (std::size_t i = 2; i < entries.size(); ++i) {
    // Errors count as readable: the read that follows says what is wrong.
    if (count > 0 && entries[i].revents != 0) awakening.readable.push_back(entries[i].fd);
  }
  return awakening;
}

void PosixWaiter::wake() { make_readable(event_.number()); }

}  // namespace start_claude::platform
