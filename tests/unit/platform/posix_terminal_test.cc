#include "platform/posix_terminal.h"

#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <functional>

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "in_child.h"
#include "platform/descriptor.h"
#include "platform/posix_interrupt.h"

namespace start_claude::platform {
namespace {

/// Both ends of a pipe; what is written is what a PosixTerminal reads, or the other way round.
struct Pipe {
  Descriptor reader{-1};
  Descriptor writer{-1};
  Pipe() {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    reader = Descriptor{ends[0]};
    writer = Descriptor{ends[1]};
  }
};

void type(int descriptor, std::string_view text) {
  REQUIRE(::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

bool echoes(int master) {
  termios settings{};
  REQUIRE(::tcgetattr(master, &settings) == 0);
  return (settings.c_lflag & ECHO) != 0;
}

/// A process on a terminal of its own, seen from the keyboard's side.
class OnTerminal {
 public:
  explicit OnTerminal(const std::function<int(PosixTerminal&)>& body) {
    int master = -1;
    child_ = ::forkpty(&master, nullptr, nullptr, nullptr);
    REQUIRE(child_ >= 0);
    if (child_ == 0) {
      PosixTerminal terminal;
      ::_exit(body(terminal));
    }
    master_ = Descriptor{master};
  }

  int keyboard() const { return master_.number(); }
  pid_t process() const { return child_; }

  /// Reads what the screen shows until `text` has appeared; fails the test after ten seconds.
  void wait_for_text(std::string_view text) {
    while (screen_.find(text) == std::string::npos) {
      pollfd entry{keyboard(), POLLIN, 0};
      REQUIRE(::poll(&entry, 1, 10'000) == 1);
      std::array<char, 512> chunk{};
      const auto count = ::read(keyboard(), chunk.data(), chunk.size());
      REQUIRE(count > 0);
      screen_.append(chunk.data(), static_cast<std::size_t>(count));
    }
  }
  void wait_for_silence() const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (echoes(keyboard())) REQUIRE(std::chrono::steady_clock::now() < deadline);
  }
  /// Everything shown until the process ended, and its exit code.
  int finish() {
    const int code = wait_for_child(child_);
    std::array<char, 512> chunk{};
    pollfd entry{keyboard(), POLLIN, 0};
    while (::poll(&entry, 1, 0) == 1 && (entry.revents & POLLIN) != 0) {
      const auto count = ::read(keyboard(), chunk.data(), chunk.size());
      if (count <= 0) break;
      screen_.append(chunk.data(), static_cast<std::size_t>(count));
    }
    return code;
  }
  const std::string& screen() const { return screen_; }

 private:
  Descriptor master_{-1};
  pid_t child_ = -1;
  std::string screen_;
};

}  // namespace

TEST_CASE("lines come without their ends, the last one with or without") {
  Pipe input;
  type(input.writer.number(), "one\n\ntwo\r\nthree");
  input.writer.close();
  PosixTerminal terminal({.input = input.reader.number()});
  CHECK_FALSE(terminal.input_is_tty());
  CHECK(terminal.read_line() == "one");
  CHECK(terminal.read_line() == "");
  CHECK(terminal.read_secret() == "two");
  CHECK(terminal.read_line() == "three");
  CHECK(terminal.read_line() == std::nullopt);
  CHECK(terminal.read_line() == std::nullopt);
}

TEST_CASE("a line may arrive in pieces, and be longer than any buffer") {
  Pipe input;
  const std::string line(10'000, 'x');
  const pid_t typist = start_child([&] {
    type(input.writer.number(), line.substr(0, 7));
    type(input.writer.number(), line.substr(7) + "\nrest");
    return 0;
  });
  input.writer.close();
  PosixTerminal terminal({.input = input.reader.number()});
  CHECK(terminal.read_line() == line);
  CHECK(terminal.read_all() == "rest");
  CHECK(terminal.read_all().empty());
  CHECK(wait_for_child(typist) == 0);
}

TEST_CASE("an input that does not block is waited for all the same") {
  Pipe input;
  REQUIRE(::fcntl(input.reader.number(), F_SETFL, O_NONBLOCK) == 0);
  const pid_t typist = start_child([&] {
    type(input.writer.number(), "late\n");
    return 0;
  });
  PosixTerminal terminal({.input = input.reader.number()});
  CHECK(terminal.read_line() == "late");
  CHECK(wait_for_child(typist) == 0);
}

TEST_CASE("output that goes nowhere is reported") {
  SECTION("a full disk") {
    const Descriptor full{::open("/dev/full", O_WRONLY)};
    CHECK_FALSE(PosixTerminal({.output = full.number()}).write_output("x"));
  }
  SECTION("a reader that went away, without dying of it") {
    Pipe output;
    output.reader.close();
    PosixTerminal terminal({.output = output.writer.number(), .error = output.writer.number()});
    CHECK_FALSE(terminal.write_output("x"));
    terminal.write_error("x");
  }
  SECTION("a closed stream") {
    const int closed = ::dup(1);
    ::close(closed);
    PosixTerminal terminal({.input = closed, .output = closed, .error = closed});
    CHECK_FALSE(terminal.write_output("x"));
    CHECK(terminal.read_line() == std::nullopt);
    CHECK(terminal.read_secret() == std::nullopt);
    CHECK(terminal.read_all().empty());
    CHECK_FALSE(terminal.output_is_tty());
    CHECK(terminal.width() == 80);
  }
}

TEST_CASE("a slow reader of a non-blocking stdout gets everything") {
  Pipe output;
  REQUIRE(::fcntl(output.writer.number(), F_SETFL, O_NONBLOCK) == 0);
  const std::string text(1'000'000, 'x');
  const pid_t writer = start_child([&] {
    output.reader.close();
    return PosixTerminal({.output = output.writer.number()}).write_output(text) ? 0 : 1;
  });
  output.writer.close();
  CHECK(PosixTerminal({.input = output.reader.number()}).read_all().size() == text.size());
  CHECK(wait_for_child(writer) == 0);
}

TEST_CASE("closed standard streams are filled, so that no file becomes stdout") {
  const auto closed = GENERATE(std::vector<int>{0}, std::vector<int>{1}, std::vector<int>{2},
                               std::vector<int>{0, 1, 2}, std::vector<int>{});
  const int code = run_in_child([&] {
    for (const int descriptor : closed) ::close(descriptor);
    open_standard_streams();
    const int opened = ::open("/dev/null", O_WRONLY);
    PosixTerminal terminal;
    for (const int descriptor : closed) {
      if (descriptor == 0 && terminal.read_line()) return 2;
      if (descriptor == 1 && terminal.write_output("lost\n")) return 3;
      if (descriptor == 2) terminal.write_error("lost\n");
    }
    return opened > 2 ? 0 : 1;
  });
  CHECK(code == 0);
}

TEST_CASE("a secret is not shown, the line before and after it is") {
  OnTerminal session([](PosixTerminal& terminal) {
    if (!terminal.input_is_tty() || !terminal.output_is_tty() || !terminal.error_is_tty()) return 1;
    terminal.write_error("Key: ");
    if (terminal.read_line() != "AKIA") return 2;
    terminal.write_error("Secret: ");
    if (terminal.read_secret() != "hunter2") return 3;
    terminal.write_error("Path: ");
    return terminal.read_line() == "file" ? 0 : 4;
  });
  session.wait_for_text("Key: ");
  type(session.keyboard(), "AKIA\n");
  session.wait_for_text("Secret: ");
  session.wait_for_silence();
  // Ctrl+Z and Ctrl+\ would leave the terminal without echo: they mean nothing here.
  type(session.keyboard(),
       "hun\x1Ater\x1C"
       "2\n");
  session.wait_for_text("Path: ");
  CHECK(echoes(session.keyboard()));
  type(session.keyboard(), "file\n");
  CHECK(session.finish() == 0);
  CHECK(session.screen() == "Key: AKIA\r\nSecret: \r\nPath: file\r\n");
}

TEST_CASE("what was pasted ahead is not thrown away by a secret prompt") {
  OnTerminal session([](PosixTerminal& terminal) {
    if (terminal.read_line() != "AKIA") return 2;
    return terminal.read_secret() == "hunter2" && terminal.read_line() == "file" ? 0 : 3;
  });
  type(session.keyboard(), "AKIA\nhunter2\nfile\n");
  CHECK(session.finish() == 0);
}

TEST_CASE("an interrupt while a secret is typed restores the terminal and exits with 130") {
  const int number = GENERATE(0, SIGINT, SIGTERM, SIGHUP);
  OnTerminal session([](PosixTerminal& terminal) {
    terminal.write_error("Secret: ");
    (void)terminal.read_secret();
    return 1;
  });
  session.wait_for_text("Secret: ");
  session.wait_for_silence();
  if (number == 0) {
    type(session.keyboard(), "hun\x03");
  } else {
    ::kill(session.process(), number);
  }
  CHECK(session.finish() == 130);
  CHECK(echoes(session.keyboard()));
  CHECK(session.screen().find("hun") == std::string::npos);
  CHECK(session.screen().ends_with("\r\n"));
}

TEST_CASE("Ctrl+C at an ordinary question exits with 130") {
  OnTerminal session([](PosixTerminal& terminal) {
    install_interrupt_handlers();
    terminal.write_error("Choose [1]: ");
    (void)terminal.read_line();
    return 1;
  });
  session.wait_for_text("Choose [1]: ");
  type(session.keyboard(), "\x03");
  CHECK(session.finish() == 130);
}

TEST_CASE("Ctrl+D is the end of input") {
  OnTerminal session([](PosixTerminal& terminal) {
    terminal.write_error("? ");
    return terminal.read_secret() == std::nullopt ? 0 : 1;
  });
  session.wait_for_text("? ");
  session.wait_for_silence();
  type(session.keyboard(), "\x04");
  CHECK(session.finish() == 0);
  CHECK(echoes(session.keyboard()));
}

TEST_CASE("the width is the terminal's") {
  int master = -1;
  int slave = -1;
  const winsize size{.ws_row = 24, .ws_col = 132, .ws_xpixel = 0, .ws_ypixel = 0};
  REQUIRE(::openpty(&master, &slave, nullptr, nullptr, &size) == 0);
  const Descriptor keyboard{master};
  const Descriptor screen{slave};
  const Descriptor plain{::open("/dev/null", O_RDWR)};
  const int none = plain.number();
  CHECK(PosixTerminal({none, screen.number(), none}).width() == 132);
  CHECK(PosixTerminal({none, none, screen.number()}).width() == 132);
  CHECK(PosixTerminal({none, none, none}).width() == 80);
}

}  // namespace start_claude::platform
