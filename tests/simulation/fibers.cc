#include "simulation/fibers.h"

#include <utility>

#include <ucontext.h>

#if defined(__SANITIZE_ADDRESS__)
#define START_CLAUDE_TELLS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define START_CLAUDE_TELLS_SANITIZER
#endif
#endif
#ifdef START_CLAUDE_TELLS_SANITIZER
#include <sanitizer/common_interface_defs.h>
#endif

namespace start_claude::simulation {
namespace {

constexpr std::size_t stack_bytes = 1U << 20U;
using Stack = std::unique_ptr<char[]>;

/// Stacks of fibers that ended, to be used again: fresh ones cost page faults for every seed.
std::vector<Stack>& free_stacks() {
  static std::vector<Stack> stacks;
  return stacks;
}

Stack take_stack() {
  auto& stacks = free_stacks();
  if (stacks.empty()) return Stack(new char[stack_bytes]);
  Stack stack = std::move(stacks.back());
  stacks.pop_back();
  return stack;
}

/// makecontext() passes integers only, so a new fiber finds out here whose it is.
Fibers* starting = nullptr;

}  // namespace

struct Fibers::Fiber {
  std::function<void()> body;
  Stack stack;
  ucontext_t context{};
  bool is_done = false;
  // What the address sanitizer knows this stack by.
  const void* bottom = nullptr;
  std::size_t size = 0;
  void* fake_stack = nullptr;
};

namespace {

#ifdef START_CLAUDE_TELLS_SANITIZER
void leave_stack(void** fake_stack, const void* bottom, std::size_t size) {
  __sanitizer_start_switch_fiber(fake_stack, bottom, size);
}
void enter_stack(void* fake_stack, const void** from_bottom, std::size_t* from_size) {
  __sanitizer_finish_switch_fiber(fake_stack, from_bottom, from_size);
}
#else
void leave_stack(void**, const void*, std::size_t) {}
void enter_stack(void*, const void**, std::size_t*) {}
#endif

}  // namespace

Fibers::Fibers() : main_(std::make_unique<Fiber>()) {}

Fibers::~Fibers() {
  for (auto& fiber : fibers_) free_stacks().push_back(std::move(fiber->stack));
}

void Fibers::start() {
  Fibers& self = *starting;
  Fiber& fiber = *self.running_;
  enter_stack(nullptr, &self.main_->bottom, &self.main_->size);
  fiber.body();
  fiber.is_done = true;
  leave_stack(nullptr, self.main_->bottom, self.main_->size);
  swapcontext(&fiber.context, &self.main_->context);
}

void Fibers::spawn(std::function<void()> body) {
  auto fiber = std::make_unique<Fiber>();
  fiber->body = std::move(body);
  fiber->stack = take_stack();
  fiber->bottom = fiber->stack.get();
  fiber->size = stack_bytes;
  getcontext(&fiber->context);
  fiber->context.uc_stack.ss_sp = fiber->stack.get();
  fiber->context.uc_stack.ss_size = stack_bytes;
  fiber->context.uc_link = nullptr;
  makecontext(&fiber->context, &Fibers::start, 0);
  fibers_.push_back(std::move(fiber));
}

void Fibers::resume(Fiber& fiber) {
  running_ = &fiber;
  starting = this;
  leave_stack(&main_->fake_stack, fiber.bottom, fiber.size);
  swapcontext(&main_->context, &fiber.context);
  enter_stack(main_->fake_stack, nullptr, nullptr);
  running_ = nullptr;
}

void Fibers::run(const std::function<std::size_t(std::size_t)>& pick) {
  std::vector<Fiber*> unfinished;
  for (auto& fiber : fibers_) unfinished.push_back(fiber.get());
  while (!unfinished.empty()) {
    const std::size_t index = pick(unfinished.size());
    resume(*unfinished[index]);
    if (unfinished[index]->is_done) {
      unfinished.erase(unfinished.begin() + static_cast<std::ptrdiff_t>(index));
    }
  }
}

void Fibers::yield() {
  if (running_ == nullptr) return;
  Fiber& fiber = *running_;
  leave_stack(&fiber.fake_stack, main_->bottom, main_->size);
  swapcontext(&fiber.context, &main_->context);
  enter_stack(fiber.fake_stack, &main_->bottom, &main_->size);
}

}  // namespace start_claude::simulation
