// Waiting on poll(2), with signals by handler and time by timerfd.
//
// A signal handler sets a mark and writes to an eventfd; nothing is blocked, so that whatever the
// thread is doing when a signal arrives goes on. The timer counts the time the machine sleeps.
#pragma once

#include <chrono>
#include <memory>

#include "base/result.h"
#include "platform/descriptor.h"
#include "platform/waiter.h"

namespace start_claude::platform {

struct WaiterOptions {
  /// After Signal::end the process has this long; then it ends as by end_interrupted(). A second
  /// Ctrl+C ends it at once.
  std::chrono::milliseconds grace{5'000};
};

/// There is one at a time: signals belong to the process. While it lives, it replaces the handlers
/// of posix_interrupt.h; signals the parent had set to be ignored stay ignored.
class PosixWaiter final : public Waiter {
 public:
  /// The error (unexpected) says that the system has no descriptors left.
  static Result<std::unique_ptr<Waiter>> open(const WaiterOptions& options = {});
  PosixWaiter(const PosixWaiter&) = delete;
  PosixWaiter& operator=(const PosixWaiter&) = delete;
  ~PosixWaiter() override;

  Awakening wait(const WaitRequest& request) override;
  void wake() override;

 private:
  PosixWaiter(Descriptor event, Descriptor timer, const WaiterOptions& options);
  void set_timer(std::optional<std::chrono::milliseconds> until);

  Descriptor event_;  ///< readable once a signal arrived or wake() was called
  Descriptor timer_;
};

}  // namespace start_claude::platform
