// Waiting in a real process. Signals change a process for good, so each case has its own.
#include "platform/posix_waiter.h"

#include <array>
#include <catch2/catch.hpp>
#include <csignal>

#include <unistd.h>

#include "in_child.h"
#include "platform/posix_clock.h"

namespace start_claude::platform {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<Waiter> waiter(std::chrono::milliseconds grace = 60s) {
  auto opened = PosixWaiter::open({.grace = grace});
  return opened ? *std::move(opened) : nullptr;
}

struct Row {
  int number;
  Signal signal;
};

TEST_CASE("a signal ends the wait, even one that came before, and is told once") {
  const auto row = GENERATE(values<Row>({{SIGINT, Signal::end},
                                         {SIGTERM, Signal::end},
                                         {SIGHUP, Signal::reload},
                                         {SIGUSR1, Signal::check}}));
  CHECK(run_in_child([&row] {
          const auto waiting = waiter();
          ::raise(row.number);
          const Awakening first = waiting->wait({});
          if (first.signals != std::vector<Signal>{row.signal}) return 1;
          const auto now = PosixClock().monotonic();
          return waiting->wait({.until = now}).signals.empty() ? 0 : 2;
        }) == 0);
}

TEST_CASE("several signals are told together, each kind once") {
  CHECK(run_in_child([] {
          const auto waiting = waiter();
          for (const int number : {SIGUSR1, SIGTERM, SIGHUP, SIGUSR1}) ::raise(number);
          const std::vector<Signal> all{Signal::end, Signal::reload, Signal::check};
          return waiting->wait({}).signals == all ? 0 : 1;
        }) == 0);
}

TEST_CASE("what is readable ends the wait, what is not does not") {
  std::array<int, 2> full{};
  std::array<int, 2> empty{};
  REQUIRE(::pipe(full.data()) == 0);
  REQUIRE(::pipe(empty.data()) == 0);
  REQUIRE(::write(full[1], "x", 1) == 1);
  CHECK(run_in_child([&] {
          const auto waiting = waiter();
          const Awakening awakening = waiting->wait({.readable = {empty[0], full[0]}});
          return awakening.readable == std::vector<int>{full[0]} ? 0 : 1;
        }) == 0);
  for (const int end : {full[0], full[1], empty[0], empty[1]}) ::close(end);
}

TEST_CASE("a point in time ends the wait, and one that has passed does at once") {
  CHECK(run_in_child([] {
          const auto waiting = waiter();
          const PosixClock clock;
          const auto until = clock.monotonic() + 20ms;
          const Awakening awakening = waiting->wait({.until = until});
          if (!awakening.signals.empty() || !awakening.readable.empty()) return 1;
          if (clock.monotonic() < until) return 2;
          (void)waiting->wait({.until = 0ms});
          (void)waiting->wait({.until = -5ms});
          return 0;
        }) == 0);
}

TEST_CASE("wake ends the wait that comes next") {
  CHECK(run_in_child([] {
          const auto waiting = waiter();
          waiting->wake();
          return waiting->wait({}).signals.empty() ? 0 : 1;
        }) == 0);
}

TEST_CASE("what nohup ignores stays ignored while waiting, too") {
  CHECK(run_in_child([] {
          std::signal(SIGHUP, SIG_IGN);
          const auto waiting = waiter();
          ::raise(SIGHUP);
          waiting->wake();
          return waiting->wait({}).signals.empty() ? 0 : 1;
        }) == 0);
}

TEST_CASE("a second Ctrl+C ends the process at once, a second SIGTERM does not") {
  CHECK(run_in_child([] {
          const auto waiting = waiter();
          ::raise(SIGINT);
          ::raise(SIGINT);
          return 1;
        }) == 130);
  CHECK(run_in_child([] {
          const auto waiting = waiter();
          ::raise(SIGTERM);
          ::raise(SIGTERM);
          return waiting->wait({}).has(Signal::end) ? 0 : 1;
        }) == 0);
}

TEST_CASE("after the grace the process ends, whatever it is doing") {
  CHECK(run_in_child([] {
          const auto waiting = waiter(10ms);
          ::raise(SIGTERM);
          for (;;) ::pause();
          return 1;
        }) == 130);
}

TEST_CASE("the handlers from before are back afterwards") {
  CHECK(run_in_child([] {
          std::signal(SIGTERM, SIG_DFL);
          (void)waiter();
          ::raise(SIGTERM);
          return 1;
        }) == 128 + SIGTERM);
}

}  // namespace
}  // namespace start_claude::platform
