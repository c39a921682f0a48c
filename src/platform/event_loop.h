// Many descriptors and points in time, waited for by one thread (Linux: epoll).
//
// Whatever is called back may watch, forget, schedule and cancel as it likes, itself included: a
// descriptor that was forgotten is not called back any more, not even for what had already
// happened. Everything but post() and stop() is for the loop's own thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "platform/descriptor.h"

namespace start_claude::platform {

/// What is waited for on a descriptor, and what has happened there.
struct Readiness {
  bool read = false;
  bool write = false;
  /// The peer will send no more. A connection that is broken is told whatever is waited for.
  bool closed = false;
  bool operator==(const Readiness&) const = default;
};

class EventLoop {
 public:
  using TimerId = std::uint64_t;  ///< never 0

  EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  ~EventLoop();

  /// Calls `on_ready` whenever some of `interest` is the case; replaces what was said of that
  /// descriptor before.
  void watch(int descriptor, Readiness interest, std::function<void(Readiness)> on_ready);
  /// The same callback, for something else.
  void change_interest(int descriptor, Readiness interest);
  /// Before the descriptor is closed.
  void forget(int descriptor);

  /// Calls `action` once, not before `delay` has passed.
  TimerId call_after(std::chrono::milliseconds delay, std::function<void()> action);
  /// Harmless if it was called already, or for 0.
  void cancel(TimerId timer);
  /// Calls `action` soon, after what is being called back now.
  void call_soon(std::function<void()> action) { (void)call_after({}, std::move(action)); }

  /// Destroys what is scheduled without calling it: for whoever is about to go and does not want to
  /// be called back.
  void drop_timers();

  /// Calls `action` on the loop's thread. From any thread.
  void post(std::function<void()> action);

  /// Until stop().
  void run();
  /// From any thread: run() returns once what is being called back has returned.
  void stop();

  /// The time the loop goes by; never goes back.
  std::chrono::milliseconds now() const;

 private:
  struct Watched {
    std::function<void(Readiness)> on_ready;
    std::uint32_t generation = 0;
    Readiness interest;
  };
  using Deadline = std::pair<std::chrono::steady_clock::time_point, TimerId>;

  void control(int operation, int descriptor, const Watched& watched);
  int milliseconds_to_next_timer() const;
  void dispatch(std::uint64_t tag, std::uint32_t events);
  void run_due_timers();
  void run_posted();

  Descriptor epoll_;
  Descriptor wake_;
  std::unordered_map<int, std::shared_ptr<Watched>> watched_;
  std::uint32_t last_generation_ = 0;
  std::map<Deadline, std::function<void()>> timers_;
  std::unordered_map<TimerId, Deadline> deadlines_;
  TimerId last_timer_ = 0;
  std::mutex mutex_;
  std::vector<std::function<void()>> posted_;  ///< under mutex_
  std::atomic<bool> stopping_ = false;
};

}  // namespace start_claude::platform
