// Keys without Enter: on a terminal, in its foreground, and with the mode put back afterwards.
#include "platform/posix_keys.h"

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <functional>

#include <poll.h>
#include <pty.h>
#include <unistd.h>

#include "in_child.h"
#include "platform/descriptor.h"

namespace start_claude::platform {
namespace {

/// A process on a terminal of its own, which says a letter for each thing it has done.
class Typist {
 public:
  explicit Typist(const std::function<int(int said)>& body) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    int master = -1;
    child_ = ::forkpty(&master, nullptr, nullptr, nullptr);
    REQUIRE(child_ >= 0);
    if (child_ == 0) ::_exit(body(ends[1]));
    keyboard_ = Descriptor{master};
    heard_ = Descriptor{ends[0]};
    (void)::close(ends[1]);
  }

  void type(std::string_view keys) const {
    REQUIRE(::write(keyboard_.number(), keys.data(), keys.size()) ==
            static_cast<ssize_t>(keys.size()));
  }
  char hear() const {
    char letter = 0;
    pollfd entry{heard_.number(), POLLIN, 0};
    REQUIRE(::poll(&entry, 1, 10'000) == 1);
    REQUIRE(::read(heard_.number(), &letter, 1) == 1);
    return letter;
  }
  tcflag_t mode() const {
    termios settings{};
    REQUIRE(::tcgetattr(keyboard_.number(), &settings) == 0);
    return settings.c_lflag & static_cast<tcflag_t>(ICANON | ECHO | ISIG);
  }
  int finish() const { return wait_for_child(child_); }

 private:
  pid_t child_ = -1;
  Descriptor keyboard_{-1};
  Descriptor heard_{-1};
};

void say(int said, char letter) { (void)!::write(said, &letter, 1); }

/// The next key, waited for.
char next(Keys& keys) {
  pollfd entry{keys.descriptor(), POLLIN, 0};
  (void)::poll(&entry, 1, 10'000);
  return keys.take().value_or('?');
}

TEST_CASE("keys come one by one, unechoed, without Enter; the mode is put back") {
  const Typist typist([](int said) {
    {
      const auto keys = PosixKeys::open();
      if (!keys || keys->take()) return 1;
      say(said, 'o');
      for (int i = 0; i < 2; ++i) say(said, next(*keys));
      if (keys->take()) return 2;
      char until_told = 0;
      (void)!::read(0, &until_told, 1);
    }
    say(said, 'c');
    return 0;
  });
  const tcflag_t before = ICANON | ECHO | ISIG;
  CHECK(typist.hear() == 'o');
  CHECK(typist.mode() == ISIG);
  typist.type("yn");
  CHECK(typist.hear() == 'y');
  CHECK(typist.hear() == 'n');
  typist.type("x");
  CHECK(typist.hear() == 'c');
  CHECK(typist.mode() == before);
  CHECK(typist.finish() == 0);
}

TEST_CASE("Ctrl+C interrupts as ever") {
  const Typist typist([](int said) {
    const auto keys = PosixKeys::open();
    say(said, 'o');
    (void)next(*keys);
    return 0;
  });
  CHECK(typist.hear() == 'o');
  typist.type("\x03");
  CHECK(typist.finish() == 128 + SIGINT);
}

TEST_CASE("without a terminal there are no keys") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const Descriptor reader{ends[0]};
  const Descriptor writer{ends[1]};
  CHECK(PosixKeys::open(reader.number()) == nullptr);
}

TEST_CASE("from the background the terminal is left as it is") {
  const Typist typist([](int) {
    // A job of its own, which the terminal's foreground does not change to.
    return run_in_child([] {
      (void)::setpgid(0, 0);
      return PosixKeys::open() == nullptr ? 0 : 1;
    });
  });
  CHECK(typist.finish() == 0);
}

}  // namespace
}  // namespace start_claude::platform
