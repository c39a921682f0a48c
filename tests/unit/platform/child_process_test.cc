// A program in this one's place: what it gets, where signals go, and what its end is called.
#include "platform/child_process.h"

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <future>

#include <sys/wait.h>
#include <unistd.h>

#include "in_child.h"

namespace start_claude::platform {
namespace {

using Started = std::variant<std::unique_ptr<ChildProcess>, NotStarted>;

/// Runs it to its end; its status, or that of what hindered it.
int status_of(const ChildProgram& program) {
  std::promise<void> ended;
  auto started = ChildProcess::start(program, [&ended] { ended.set_value(); });
  if (const auto* failure = std::get_if<NotStarted>(&started)) return failure->exit_status;
  const auto& child = std::get<std::unique_ptr<ChildProcess>>(started);
  ended.get_future().wait();
  return child->exit_status().value_or(-1);
}

ChildProgram shell(const std::string& script) { return {.arguments = {"sh", "-c", script}}; }

TEST_CASE("a program's end is called what a shell calls it") {
  CHECK(status_of(shell("exit 0")) == 0);
  CHECK(status_of(shell("exit 7")) == 7);
  CHECK(status_of(shell("kill -TERM $$")) == 128 + SIGTERM);
  CHECK(status_of(shell("kill -KILL $$")) == 128 + SIGKILL);
  CHECK(status_of({.arguments = {"/no/such/program"}}) == 127);
  CHECK(status_of({.arguments = {"/etc/passwd"}}) == 126);
}

TEST_CASE("a program that cannot be run says why") {
  const Started started = ChildProcess::start({.arguments = {"/no/such/program"}}, [] {});
  REQUIRE(std::holds_alternative<NotStarted>(started));
  CHECK(std::get<NotStarted>(started).reason == "No such file or directory");
}

TEST_CASE("a program has this one's variables, with its own in their place, without some") {
  const int status = run_in_child([] {
    ::setenv("KEPT", "kept", 1);
    ::setenv("REPLACED", "before", 1);
    ::setenv("DROPPED", "before", 1);
    ChildProgram program =
        shell(R"([ "$KEPT" = kept ] && [ "$REPLACED" = after ] && [ "$ADDED" = "a=b" ] &&)"
              R"( [ "${DROPPED-gone}" = gone ] && env | grep -c ^REPLACED | grep -qx 1)");
    program.variables = {{"REPLACED", "after"}, {"ADDED", "a=b"}};
    program.without = {"DROPPED"};
    return status_of(program);
  });
  CHECK(status == 0);
}

TEST_CASE("what this process ignores a program does not") {
  const int status = run_in_child([] {
    (void)std::signal(SIGPIPE, SIG_IGN);
    return status_of(shell("kill -PIPE $$; exit 1")) == 128 + SIGPIPE ? 0 : 1;
  });
  CHECK(status == 0);
}

TEST_CASE("signals that somebody sends to this process go to the program, and to it alone") {
  const int number = GENERATE(SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2);
  CAPTURE(number);
  // It ends by the signal or never; sent before it exists or after, the signal arrives.
  const int status = run_in_child([number] {
    auto started = ChildProcess::start({.arguments = {"sleep", "60"}}, [] {});
    const auto* child = std::get_if<std::unique_ptr<ChildProcess>>(&started);
    if (child == nullptr) return 1;
    ::kill(::getpid(), number);
    while (!(*child)->exit_status()) ::usleep(1000);
    return (*child)->exit_status() == 128 + number ? 0 : 2;
  });
  CHECK(status == 0);
}

TEST_CASE("what this process ignored it goes on ignoring, and handlers come back at the end") {
  const int status = run_in_child([] {
    (void)std::signal(SIGHUP, SIG_IGN);
    static volatile std::sig_atomic_t heard = 0;
    (void)std::signal(SIGUSR1, [](int) { heard = 1; });
    {
      auto started = ChildProcess::start(shell("exit 0"), [] {});
      ::kill(::getpid(), SIGHUP);  // nohup: neither for this process nor for the program
      if (!std::holds_alternative<std::unique_ptr<ChildProcess>>(started)) return 1;
    }
    ::kill(::getpid(), SIGUSR1);
    return heard == 1 ? 0 : 2;
  });
  CHECK(status == 0);
}

}  // namespace
}  // namespace start_claude::platform
