#include "server/worker_threads.h"

#include <system_error>
#include <utility>

namespace start_claude::server {

bool WorkerThreads::add(std::function<void()> task) {
  {
    const std::scoped_lock guard(mutex_);
    if (idle_ <= waiting_.size() && threads_.size() < threads_max_) {
      try {
        threads_.emplace_back([this] { work(); });
      } catch (const std::system_error&) {
        if (threads_.empty()) return false;
      }
    }
    waiting_.push_back(std::move(task));
  }
  changed_.notify_one();
  return true;
}

bool WorkerThreads::has_waiting() const {
  const std::scoped_lock guard(mutex_);
  return !waiting_.empty();
}

void WorkerThreads::finish() {
  {
    const std::scoped_lock guard(mutex_);
    finishing_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void WorkerThreads::work() {
  std::unique_lock guard(mutex_);
  for (;;) {
    ++idle_;
    changed_.wait(guard, [this] { return finishing_ || !waiting_.empty(); });
    --idle_;
    if (waiting_.empty()) return;
    const auto task = std::move(waiting_.front());
    waiting_.pop_front();
    guard.unlock();
    task();
    guard.lock();
  }
}

}  // namespace start_claude::server
