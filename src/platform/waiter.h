// How a command that runs on and on waits: for files, for signals, for a point in time.
//
// The signals that would otherwise end the process are values here, so that a long-running command
// ends when it has put away what it was doing. Between events nothing wakes it up.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

namespace start_claude::platform {

enum class Signal {
  end,     ///< SIGINT, SIGTERM
  reload,  ///< SIGHUP
  check,   ///< SIGUSR1
};

struct WaitRequest {
  std::vector<int> readable = {};  ///< descriptors to wait for
  /// By Clock::monotonic(), which goes on while the machine sleeps; nothing waits for ever.
  std::optional<std::chrono::milliseconds> until = {};
};

/// Why the wait ended. All empty: the time has come, or wake() was called, or for no reason at all;
/// the caller looks at what it knows.
struct Awakening {
  std::vector<int> readable = {};
  /// Each kind once, in the order of the enumeration, however often it arrived.
  std::vector<Signal> signals = {};
  bool has(Signal signal) const;
};

class Waiter {
 public:
  virtual ~Waiter() = default;
  /// From one thread. Signals that arrived before the call end it at once.
  virtual Awakening wait(const WaitRequest& request) = 0;
  /// Ends the wait that is going on, or the next one; from any thread.
  virtual void wake() = 0;
};

}  // namespace start_claude::platform
