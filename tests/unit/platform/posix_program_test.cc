// Other programs, run for what they write.

#include "platform/posix_program.h"

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "in_child.h"
#include "platform/posix_interrupt.h"
#include "support/temporary_folder.h"

namespace start_claude::platform {
namespace {

using namespace std::chrono_literals;

ProgramResult run(std::vector<std::string> words) {
  return PosixPrograms().run({.words = std::move(words)});
}

/// Through a shell, because that says most in one line.
ProgramResult run_script(const std::string& script, std::chrono::milliseconds timeout = 60s) {
  return PosixPrograms().run({.words = {"sh", "-c", script}, .timeout = timeout});
}

ProgramOutput output_of(const ProgramResult& result) {
  if (const auto* failure = std::get_if<ProgramFailure>(&result)) FAIL(failure->reason);
  return std::get<ProgramOutput>(result);
}

ProgramFailure failure_of(const ProgramResult& result) {
  REQUIRE(std::holds_alternative<ProgramFailure>(result));
  return std::get<ProgramFailure>(result);
}

TEST_CASE("a program gets its words as they are, and its output comes back") {
  const auto result = output_of(run({"printf", "%s|", "a b", "$HOME", "'", ""}));
  CHECK(result.text == "a b|$HOME|'||");
  CHECK(result.exit_code == 0);
}

TEST_CASE("a program's end is told: its exit code, or the signal") {
  CHECK(output_of(run_script("exit 3")).exit_code == 3);
  CHECK(output_of(run_script("kill -9 $$")).exit_code == 128 + SIGKILL);
  CHECK(output_of(run_script("echo out; echo err >&2; exit 1")).text == "out\n");
}

/// A FIFO that somebody else may hold open for writing.
struct HeldOpen {
  HeldOpen() : path(folder.path() + "/held") {
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK);
    REQUIRE(reader >= 0);
  }
  HeldOpen(const HeldOpen&) = delete;
  HeldOpen& operator=(const HeldOpen&) = delete;
  ~HeldOpen() { ::close(reader); }

  /// Waits until nobody has it open for writing any more.
  bool is_let_go() const {
    ::fcntl(reader, F_SETFL, 0);
    char byte = 0;
    return ::read(reader, &byte, 1) == 0;
  }

  support::TemporaryFolder folder;
  std::string path;
  int reader = -1;
};

TEST_CASE("a program that is ended takes along what it started") {
  const HeldOpen held;
  const std::string child = "exec 3>'" + held.path + "'; sleep 600 & ";
  SECTION("because it writes too much") {
    const auto result =
        PosixPrograms().run({.words = {"sh", "-c", child + "yes"}, .output_bytes_max = 10});
    CHECK(failure_of(result).kind == ProgramFailureKind::too_much_output);
  }
  SECTION("because its time is over") {
    CHECK(failure_of(run_script(child + "sleep 600", 100ms)).kind == ProgramFailureKind::timed_out);
  }
  CHECK(held.is_let_go());
}

TEST_CASE("a program that ends by itself may leave something behind") {
  const HeldOpen held;
  const auto result = output_of(run_script("exec 3>'" + held.path + "'; sleep 600 & echo $!"));
  char byte = 0;
  CHECK(::read(held.reader, &byte, 1) == -1);
  CHECK(errno == EAGAIN);
  ::kill(std::stoi(result.text), SIGKILL);
}

TEST_CASE("a program that is not there, or is none") {
  const auto words = GENERATE(std::vector<std::string>{"/no/such/program"},
                              std::vector<std::string>{"no-such-program-in-any-path"},
                              std::vector<std::string>{"/dev/null"}, std::vector<std::string>{});
  const auto failure = failure_of(run(words));
  CHECK(failure.kind == ProgramFailureKind::not_started);
  CHECK_FALSE(failure.reason.empty());
}

TEST_CASE("a program does not read what is meant for this one") {
  CHECK(run_in_child([] {
          std::array<int, 2> ends{};
          if (::pipe(ends.data()) != 0 || ::write(ends[1], "typed ahead", 11) != 11) return 1;
          ::close(ends[1]);
          ::dup2(ends[0], STDIN_FILENO);
          const auto result = run({"cat"});
          const auto* output = std::get_if<ProgramOutput>(&result);
          return output != nullptr && output->text.empty() ? 0 : 2;
        }) == 0);
}

TEST_CASE("a program has no descriptor of ours") {
  // One that would outlive exec, as a parent may leave them behind.
  const int inherited = ::fcntl(STDIN_FILENO, F_DUPFD, 40);
  REQUIRE(inherited >= 40);
  const auto seen = output_of(run_script("cd /proc/self/fd && echo *")).text;
  ::close(inherited);
  // The shell may open its own, from 3 to 10 or so.
  CHECK(seen.starts_with("0 1 2"));
  CHECK(seen.find(std::to_string(inherited)) == std::string::npos);
}

TEST_CASE("a program that does not end is ended") {
  const auto failure = failure_of(run_script("echo $$; exec sleep 1000", 50ms));
  CHECK(failure.kind == ProgramFailureKind::timed_out);
}

TEST_CASE("a program that closes its output is still waited for") {
  CHECK(output_of(run_script("echo x; exec >&-; exit 4")).exit_code == 4);
  const auto failure = failure_of(run_script("exec >&-; exec sleep 1000", 50ms));
  CHECK(failure.kind == ProgramFailureKind::timed_out);
}

TEST_CASE("what a program leaves in the background is not waited for") {
  const auto result = output_of(run_script("sleep 1000 & echo $!"));
  REQUIRE_FALSE(result.text.empty());
  ::kill(std::stoi(result.text), SIGKILL);
}

TEST_CASE("a program's output has a limit") {
  CHECK(
      output_of(PosixPrograms().run({.words = {"printf", "%s", "12345678"}, .output_bytes_max = 8}))
          .text == "12345678");
  const auto failure =
      failure_of(PosixPrograms().run({.words = {"yes"}, .output_bytes_max = 100'000}));
  CHECK(failure.kind == ProgramFailureKind::too_much_output);
}

TEST_CASE("an interrupt ends the wait for a program, and the program") {
  CHECK(run_in_child([] {
          install_interrupt_handlers();
          ::raise(SIGTERM);
          const auto result = PosixPrograms().run({.words = {"sleep", "1000"}});
          const auto* failure = std::get_if<ProgramFailure>(&result);
          if (failure == nullptr) return 1;
          return failure->kind == ProgramFailureKind::interrupted ? 0 : 2;
        }) == 0);
}

TEST_CASE("a program begins without what this one does about signals") {
  CHECK(run_in_child([] {
          sigset_t blocked;
          sigemptyset(&blocked);
          sigaddset(&blocked, SIGUSR1);
          ::sigprocmask(SIG_BLOCK, &blocked, nullptr);
          (void)std::signal(SIGPIPE, SIG_IGN);
          // In its own words, which a shell in between would change.
          const auto result = run({"grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"});
          const auto* output = std::get_if<ProgramOutput>(&result);
          if (output == nullptr) return 1;
          const auto set_of = [&](const std::string& name) {
            return std::stoull(output->text.substr(output->text.find(name) + name.size()), nullptr,
                               16);
          };
          const auto bit = [](int number) { return 1ULL << (static_cast<unsigned>(number) - 1U); };
          if (set_of("SigBlk:") != 0) return 2;
          if ((set_of("SigIgn:") & bit(SIGPIPE)) != 0) return 3;
          // It asks nobody: see become().
          const auto of_terminal = bit(SIGTTIN) | bit(SIGTTOU);
          return (set_of("SigIgn:") & of_terminal) == of_terminal ? 0 : 4;
        }) == 0);
}

TEST_CASE("a program's complaints are not shown") {
  CHECK(run_in_child([] {
          std::array<int, 2> ends{};
          if (::pipe(ends.data()) != 0) return 1;
          ::dup2(ends[1], STDERR_FILENO);
          ::close(ends[1]);
          const auto result = run_script("echo complaint >&2");
          ::close(STDERR_FILENO);
          char byte = 0;
          return ::read(ends[0], &byte, 1) == 0 ? 0 : 2;
        }) == 0);
}

TEST_CASE("a program does not outlive this one") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  ::fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  const int writer = ends[1];
  const pid_t parent = start_child([writer] {
    // The program says through a file of its own that it runs: the pipe is not its to use.
    const std::string path =
        "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(writer);
    run_script("exec 9>" + path + "; echo started >&9; exec sleep 1000");
    return 0;
  });
  ::close(writer);
  std::array<char, 64> text{};
  REQUIRE(::read(ends[0], text.data(), text.size()) > 0);
  ::kill(parent, SIGKILL);
  CHECK(wait_for_child(parent) == 128 + SIGKILL);
  // The end of the pipe comes when the last one who could write has gone.
  CHECK(::read(ends[0], text.data(), text.size()) == 0);
  ::close(ends[0]);
}

}  // namespace
}  // namespace start_claude::platform
