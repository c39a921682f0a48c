// Threads that take tasks from one queue. As many are started as there are tasks at one time, up to
// a limit; they stay until the end.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace start_claude::server {

class WorkerThreads {
 public:
  explicit WorkerThreads(std::size_t threads_max) : threads_max_(threads_max) {}
  WorkerThreads(const WorkerThreads&) = delete;
  WorkerThreads& operator=(const WorkerThreads&) = delete;
  ~WorkerThreads() { finish(); }

  /// False if there is no thread for it and none can be started: it is then not done.
  bool add(std::function<void()> task);
  /// Whether a task waits that no thread has taken up yet.
  bool has_waiting() const;
  /// Returns when all tasks are done. None may be added from here on.
  void finish();

 private:
  void work();

  const std::size_t threads_max_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  std::size_t idle_ = 0;
  bool finishing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace start_claude::server
