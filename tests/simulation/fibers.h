// Several computations in one thread, each with its own stack, of which exactly one goes on at a
// time. Who goes on is the caller's choice, so a seed decides every interleaving, and a seed
// repeats it. Hand-over costs less than a microsecond, which is what makes many seeds affordable.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace start_claude::simulation {

class Fibers {
 public:
  Fibers();
  Fibers(const Fibers&) = delete;
  Fibers& operator=(const Fibers&) = delete;
  /// Precondition: run() has returned, or was never called.
  ~Fibers();

  /// A body must not let an exception out, and must not yield while it handles one.
  void spawn(std::function<void()> body);
  /// Runs all of them to their end; `pick(n)` says which of the n unfinished ones goes on next.
  void run(const std::function<std::size_t(std::size_t)>& pick);
  /// From inside a body: somebody else may go on. Outside of them it does nothing.
  void yield();

 private:
  struct Fiber;
  static void start();
  void resume(Fiber& fiber);

  std::vector<std::unique_ptr<Fiber>> fibers_;
  std::unique_ptr<Fiber> main_;
  Fiber* running_ = nullptr;
};

}  // namespace start_claude::simulation
