#include "platform/event_loop.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace start_claude::platform {
namespace {

constexpr int events_at_once = 64;

std::uint32_t events_for(Readiness interest) {
  std::uint32_t events = 0;
  if (interest.read) events |= EPOLLIN;
  if (interest.write) events |= EPOLLOUT;
  if (interest.closed) events |= EPOLLRDHUP;
  return events;
}

Readiness readiness_from(std::uint32_t events) {
  return {.read = (events & EPOLLIN) != 0,
          .write = (events & EPOLLOUT) != 0,
          .closed = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0};
}

/// A descriptor's number may be another one's by the time an event is looked at.
std::uint64_t tag_of(int descriptor, std::uint32_t generation) {
  return (std::uint64_t{generation} << 32) | static_cast<std::uint32_t>(descriptor);
}

}  // namespace

EventLoop::EventLoop()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  // Without descriptors for these there is nothing a server could do.
  if (!epoll_ || !wake_) std::abort();
  watch(wake_.number(), {.read = true}, [this](Readiness) { run_posted(); });
}

EventLoop::~EventLoop() = default;

void EventLoop::watch(int descriptor, Readiness interest, std::function<void(Readiness)> on_ready) {
  const bool is_known = watched_.count(descriptor) != 0;
  auto watched = std::make_shared<Watched>();
  watched->on_ready = std::move(on_ready);
  watched->interest = interest;
  watched->generation = ++last_generation_;
  control(is_known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, descriptor, *watched);
  watched_[descriptor] = std::move(watched);
}

void EventLoop::change_interest(int descriptor, Readiness interest) {
  const auto found = watched_.find(descriptor);
  if (found == watched_.end()) return;
  Watched& watched = *found->second;
  if (watched.interest == interest) return;
  watched.interest = interest;
  control(EPOLL_CTL_MOD, descriptor, watched);
}

void EventLoop::forget(int descriptor) {
  if (watched_.erase(descriptor) == 0) return;
  (void)::epoll_ctl(epoll_.number(), EPOLL_CTL_DEL, descriptor, nullptr);
}

void EventLoop::control(int operation, int descriptor, const Watched& watched) {
  epoll_event event{};
  event.events = events_for(watched.interest);
  event.data.u64 = tag_of(descriptor, watched.generation);
  if (::epoll_ctl(epoll_.number(), operation, descriptor, &event) == 0) return;
  // It was closed without being forgotten, and its number is another one's now.
  if (errno == ENOENT) (void)::epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, descriptor, &event);
}

EventLoop::TimerId EventLoop::call_after(std::chrono::milliseconds delay,
                                         std::function<void()> action) {
  const Deadline deadline{std::chrono::steady_clock::now() + delay, ++last_timer_};
  timers_.emplace(deadline, std::move(action));
  deadlines_.emplace(deadline.second, deadline);
  return deadline.second;
}

void EventLoop::cancel(TimerId timer) {
  const auto found = deadlines_.find(timer);
  if (found == deadlines_.end()) return;
  timers_.erase(found->second);
  deadlines_.erase(found);
}

void EventLoop::drop_timers() {
  // What an action holds may cancel timers when it goes.
  const auto timers = std::exchange(timers_, {});
  deadlines_.clear();
}

void EventLoop::post(std::function<void()> action) {
  {
    const std::scoped_lock guard(mutex_);
    posted_.push_back(std::move(action));
  }
  const std::uint64_t one = 1;
  (void)!::write(wake_.number(), &one, sizeof(one));
}

void EventLoop::stop() {
  stopping_ = true;
  post([] {});
}

std::chrono::milliseconds EventLoop::now() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
}

void EventLoop::run() {
  std::array<epoll_event, events_at_once> events{};
  while (!stopping_) {
    const int count =
        ::epoll_wait(epoll_.number(), events.data(), events_at_once, milliseconds_to_next_timer());
    for (int i = 0; i < count && !stopping_; ++i) {
      dispatch(events[static_cast<std::size_t>(i)].data.u64,
               events[static_cast<std::size_t>(i)].events);
    }
    run_due_timers();
  }
}

int EventLoop::milliseconds_to_next_timer() const {
  if (timers_.empty()) return -1;
  const auto left = timers_.begin()->first.first - std::chrono::steady_clock::now();
  // Rounded up: waking up too early would only mean to wait again, in a busy loop.
  const auto whole = std::chrono::ceil<std::chrono::milliseconds>(left);
  constexpr std::chrono::milliseconds most = std::chrono::minutes(1);
  return static_cast<int>(std::clamp(whole, std::chrono::milliseconds(0), most).count());
}

void EventLoop::dispatch(std::uint64_t tag, std::uint32_t events) {
  const auto found = watched_.find(static_cast<int>(static_cast<std::uint32_t>(tag)));
  if (found == watched_.end()) return;
  // Held, because it may be forgotten while it runs.
  const auto watched = found->second;
  if (watched->generation == static_cast<std::uint32_t>(tag >> 32)) {
    watched->on_ready(readiness_from(events));
  }
}

void EventLoop::run_due_timers() {
  // Only those that are due now: one that schedules itself again at once has to wait.
  const Deadline limit{std::chrono::steady_clock::now(), last_timer_};
  while (!timers_.empty() && !stopping_ && timers_.begin()->first <= limit) {
    if (timers_.begin()->first.second > limit.second) break;
    auto first = timers_.extract(timers_.begin());
    deadlines_.erase(first.key().second);
    first.mapped()();
  }
}

void EventLoop::run_posted() {
  std::uint64_t count = 0;
  (void)!::read(wake_.number(), &count, sizeof(count));
  std::vector<std::function<void()>> actions;
  {
    const std::scoped_lock guard(mutex_);
    actions.swap(posted_);
  }
  for (const auto& action : actions) action();
}

}  // namespace start_claude::platform
