// Interrupts, clocks, randomness and the environment of the real process.

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <set>
#include <thread>

#include <poll.h>
#include <unistd.h>

#include "in_child.h"
#include "platform/posix_clock.h"
#include "platform/posix_environment.h"
#include "platform/posix_interrupt.h"
#include "platform/posix_random.h"

namespace start_claude::platform {
namespace {

using namespace std::chrono_literals;

}  // namespace

TEST_CASE("an interrupt is noted, and the run goes on to its next step") {
  const int number = GENERATE(SIGINT, SIGTERM, SIGHUP);
  CHECK(run_in_child([number] {
          const PosixInterrupt interrupt;
          if (interrupt.requested()) return 1;
          ::raise(number);
          return interrupt.requested() ? 0 : 2;
        }) == 0);
}

TEST_CASE("Ctrl+C twice ends at once, a service manager's two signals do not") {
  CHECK(run_in_child([] {
          install_interrupt_handlers();
          ::raise(SIGINT);
          ::raise(SIGINT);
          return 1;
        }) == 130);
  CHECK(run_in_child([] {
          install_interrupt_handlers();
          ::raise(SIGTERM);
          ::raise(SIGHUP);
          ::raise(SIGINT);
          return 0;
        }) == 0);
}

TEST_CASE("what nohup ignores stays ignored") {
  CHECK(run_in_child([] {
          std::signal(SIGHUP, SIG_IGN);
          install_interrupt_handlers();
          ::raise(SIGHUP);
          return interrupted() ? 1 : 0;
        }) == 0);
}

TEST_CASE("a wait ends with an interrupt, whichever thread the signal reaches") {
  const bool from_thread = GENERATE(false, true);
  CHECK(run_in_child([from_thread] {
          install_interrupt_handlers();
          const pid_t self = ::getpid();
          std::thread other([from_thread, self] {
            // raise() reaches this very thread, kill() one of the kernel's choice.
            if (from_thread) {
              ::raise(SIGTERM);
            } else {
              ::kill(self, SIGTERM);
            }
          });
          const auto outcome = wait_for({}, std::nullopt);
          other.join();
          return outcome == WaitOutcome::interrupted ? 0 : 1;
        }) == 0);
}

TEST_CASE("a wait is for the descriptor or for the time") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  CHECK(wait_for({ends[0], POLLIN}, 1ms) == WaitOutcome::timed_out);
  CHECK(wait_for({ends[1], POLLOUT}, std::nullopt) == WaitOutcome::ready);
  ::close(ends[1]);
  CHECK(wait_for({ends[0], POLLIN}, std::nullopt) == WaitOutcome::ready);
  ::close(ends[0]);
}

TEST_CASE("sleeping takes its time, unless interrupted") {
  PosixClock clock;
  const auto before = clock.monotonic();
  clock.sleep_for(20ms);
  CHECK(clock.monotonic() - before >= 20ms);
  clock.sleep_for(-1h);
  clock.sleep_for(0ms);
  CHECK(run_in_child([] {
          install_interrupt_handlers();
          PosixClock().sleep_for(1ms);
          ::raise(SIGTERM);
          PosixClock().sleep_for(1h);
          return 0;
        }) == 0);
}

TEST_CASE("the wall clock agrees with the system's") {
  const auto before = std::chrono::system_clock::now();
  const UtcTime now = PosixClock().now();
  CHECK(std::chrono::floor<std::chrono::milliseconds>(before) <= now);
  CHECK(now <= std::chrono::system_clock::now());
}

TEST_CASE("the offset is that of the zone at that time, in summer and in winter") {
  struct Row {
    const char *zone, *time;
    std::chrono::minutes offset;
  };
  const auto row = GENERATE(values<Row>({
      {"UTC0", "2026-11-22T08:14:03Z", 0min},
      {"CET-1CEST,M3.5.0,M10.5.0/3", "2026-11-22T08:14:03Z", 60min},
      {"CET-1CEST,M3.5.0,M10.5.0/3", "2026-07-01T00:00:00Z", 120min},
      {"NST3:30NDT,M3.2.0,M11.1.0", "2026-12-24T00:00:00Z", -210min},
  }));
  INFO(row.zone);
  CHECK(run_in_child([&] {
          ::setenv("TZ", row.zone, 1);
          const auto time = *base::parse_time(row.time);
          return PosixClock().utc_offset(time) == row.offset ? 0 : 1;
        }) == 0);
}

TEST_CASE("random numbers do not repeat") {
  PosixRandom random;
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random.next());
  CHECK(seen.size() == 1000);
  CHECK(random.below(0) == 0);
  CHECK(random.below(1) == 0);
}

TEST_CASE("an empty variable is one that was not given") {
  const PosixEnvironment environment;
  ::setenv("START_CLAUDE_TEST", "value", 1);
  CHECK(environment.variable("START_CLAUDE_TEST") == "value");
  ::setenv("START_CLAUDE_TEST", "", 1);
  CHECK_FALSE(environment.variable("START_CLAUDE_TEST"));
  ::unsetenv("START_CLAUDE_TEST");
  CHECK_FALSE(environment.variable("START_CLAUDE_TEST"));
  CHECK_FALSE(environment.host_name().empty());
  CHECK(environment.process_id() == ::getpid());
}

}  // namespace start_claude::platform
