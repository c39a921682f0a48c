// The manager from its first line to its exit code, on scripted time; its page is tested elsewhere.
#include <catch2/catch.hpp>

#include "cli/commands.h"
#include "machine.h"
#include "support/fake_folder_watch.h"
#include "support/fake_waiter.h"

namespace start_claude::cli {
namespace {

using namespace std::chrono_literals;

/// A machine whose manager nobody visits.
struct Alone {
  Alone() {
    lark.host.make_waiter = [this]() -> Result<std::unique_ptr<platform::Waiter>> {
      return std::unique_ptr<platform::Waiter>(std::move(made));
    };
    lark.host.make_folder_watch = [this](const std::string&) {
      return Result<std::unique_ptr<platform::FolderWatch>>(
          std::make_unique<support::FakeFolderWatch>(folder));
    };
  }
  /// On a free port, without a browser.
  int run(std::chrono::minutes idle_exit) {
    return run_command(
        lark.host, {.command = Command::manager, .manager = {.port = 0, .idle_exit = idle_exit}});
  }
  std::string shown() const { return lark.terminal.output(); }

  support::FakeClock clock;
  TestServer server{clock};
  Machine lark{clock, server, "lark"};
  std::shared_ptr<support::FakeFolder> folder = std::make_shared<support::FakeFolder>();
  std::unique_ptr<support::FakeWaiter> made = std::make_unique<support::FakeWaiter>(clock);
  support::FakeWaiter& waiter = *made;
  std::shared_ptr<const int> waits = made->waits();
};

TEST_CASE_METHOD(Alone, "the manager ends by itself when nobody used its page for that long") {
  const auto began = clock.monotonic();
  CHECK(run(30min) == 0);
  CHECK(clock.monotonic() - began == 30min);
  CHECK(shown().find("Nobody used the page for 30 min; stopped.") != std::string::npos);
  CHECK(*waits <= 2);
}

TEST_CASE_METHOD(Alone, "an edit in an editor is no use of the page, but uploads itself first") {
  lark.edit("a", R"(,"autoUpload":true)");
  waiter.script(29min + 59s, [this] {
    lark.edit("b", R"(,"autoUpload":true)");
    folder->change("config.json");
    return platform::Awakening{.readable = {folder->descriptor}};
  });
  const auto began = clock.monotonic();
  CHECK(run(30min) == 0);
  CHECK(clock.monotonic() - began == 30min);
  CHECK(server.count("PUT") > 0);
}

TEST_CASE_METHOD(Alone, "without being told to, it stays until somebody ends it") {
  waiter.script_signal(100h, platform::Signal::end);
  const auto began = clock.monotonic();
  CHECK(run(0min) == 0);
  CHECK(clock.monotonic() - began == 100h);
  CHECK(*waits == 1);
}

}  // namespace
}  // namespace start_claude::cli
