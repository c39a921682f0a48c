// A program that runs in this one's place, as far as anybody outside can tell: it has the streams
// and the terminal, gets the signals, and its status is the one that counts.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include <sys/types.h>

namespace start_claude::platform {

struct ChildProgram {
  std::vector<std::string> arguments;  ///< the program first, found on PATH as a shell does
  /// Beside this process's own variables, or in their place.
  std::vector<std::pair<std::string, std::string>> variables = {};
  std::vector<std::string> without = {};  ///< variables it does not get
};

/// As shells have it: 127 if there is no such program, 126 if it cannot be run.
struct NotStarted {
  int exit_status = 127;
  std::string reason;
};

/// There is one at a time. While it runs, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2
/// that somebody sends to this process go to it. Those that the terminal sends it gets anyway.
class ChildProcess {
 public:
  /// `on_end` is called from another thread once the program has ended.
  static std::variant<std::unique_ptr<ChildProcess>, NotStarted> start(
      const ChildProgram& program, std::function<void()> on_end);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  /// Waits until the program has ended.
  ~ChildProcess();

  /// 128 and the signal's number if one ended it; nothing while it runs.
  std::optional<int> exit_status() const;

 private:
  explicit ChildProcess(pid_t process, std::function<void()> on_end);
  void wait_for_end();

  pid_t process_;
  std::function<void()> on_end_;
  std::atomic<int> exit_status_ = -1;
  std::thread waiting_;
};

}  // namespace start_claude::platform
