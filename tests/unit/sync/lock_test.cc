// The lock that covers a whole run: who waits how long, and what they are told.
#include "sync/lock.h"

#include <catch2/catch.hpp>

#include "support/fake_clock.h"
#include "support/fake_environment.h"
#include "support/memory_filesystem.h"

namespace start_claude::sync {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string path = "/home/me/.start-claude/s3.lock";

struct Machine {
  support::FakeClock clock;
  support::MemoryFileSystem files{clock};
  support::FakeEnvironment environment;

  auto take(const LockOptions& options) {
    return take_lock(files, clock, environment, path, options);
  }
};

}  // namespace

TEST_CASE("a free lock is taken at once, its folder made for its owner alone") {
  Machine machine;
  REQUIRE(machine.take({.command = "s3-sync"}));
  CHECK(machine.clock.sleeps().empty());
  const auto folder = machine.files.status("/home/me/.start-claude");
  CHECK(std::get<platform::FileStatus>(folder).mode == 0700);
}

TEST_CASE("a lock that stays held is waited for, ten seconds unless told otherwise, and named") {
  Machine machine;
  const auto held = machine.take({.command = "s3-upload"});
  REQUIRE(held);
  const auto began = machine.clock.monotonic();
  LockOptions options{.command = "s3-sync"};
  milliseconds wait = seconds(10);
  SECTION("by default") {}
  SECTION("as told") { wait = options.timeout = milliseconds(1'020); }
  SECTION("not at all") { wait = options.timeout = milliseconds(0); }
  const auto refused = machine.take(options);
  REQUIRE_FALSE(refused);
  CHECK(machine.clock.monotonic() - began == wait);
  CHECK(refused.error().kind == ErrorKind::locked);
  CHECK(refused.error().message.starts_with("another run holds the lock: s3-upload, process "));
  CHECK(refused.error().hint.find("--lock-timeout") != std::string::npos);
}

TEST_CASE("a lock that is let go of meanwhile is taken") {
  Machine machine;
  auto held = machine.take({.command = "s3-upload"});
  REQUIRE(held);
  const auto began = machine.clock.monotonic();
  machine.clock.after_sleep = [&](milliseconds) {
    if (machine.clock.monotonic() - began >= seconds(3)) held->reset();
  };
  REQUIRE(machine.take({.command = "s3-sync"}));
  CHECK(machine.clock.monotonic() - began == seconds(3));
}

}  // namespace start_claude::sync
