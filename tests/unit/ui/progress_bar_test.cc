// What a person sees of a transfer that takes its time.
#include "ui/progress_bar.h"

#include <catch2/catch.hpp>

#include "support/fake_clock.h"
#include "support/fake_terminal.h"

using namespace start_claude;
using namespace start_claude::ui;

namespace {

constexpr std::uint64_t megabyte = 1'000'000;

struct Screen {
  support::FakeTerminal terminal;
  support::FakeClock clock;
  Console console;
  ProgressBar bar;

  explicit Screen(ConsoleOptions options = {})
      : console(terminal, clock, options), bar(console, clock) {}

  void after(std::chrono::milliseconds time, const Transferred& so_far) {
    clock.advance(time);
    bar.show(so_far);
  }
  /// What stands on the line, as a terminal shows it.
  std::string line() const {
    std::string shown;
    std::size_t column = 0;
    for (const char c : terminal.errors()) {
      if (c == '\r') {
        column = 0;
        continue;
      }
      if (column == shown.size()) shown += ' ';
      shown[column++] = c;
    }
    shown.erase(shown.find_last_not_of(' ') + 1);
    return shown;
  }
};

using std::chrono::milliseconds;

}  // namespace

TEST_CASE("nothing shows of what takes less than a second") {
  Screen screen;
  screen.after(milliseconds(0), {});
  screen.after(milliseconds(999), {megabyte, 2 * megabyte, 0, 0});
  screen.bar.end();
  CHECK(screen.terminal.errors().empty());
}

TEST_CASE("after a second an upload shows how far it is, and leaves nothing behind") {
  Screen screen;
  screen.after(milliseconds(0), {});
  screen.after(milliseconds(1000), {megabyte, 4 * megabyte, 0, 0});
  CHECK(screen.line() == "uploading [######..................] 25 % of 4.0 MB, 1.0 MB/s");
  screen.after(milliseconds(1000), {4 * megabyte, 4 * megabyte, 0, 0});
  CHECK(screen.line() == "waiting for the server, 2 s");
  screen.bar.end();
  CHECK(screen.line().empty());
  CHECK(screen.terminal.errors().find('\n') == std::string::npos);
  CHECK(screen.terminal.errors().find('\x1b') == std::string::npos);
}

TEST_CASE("a download shows its part of the whole, where that is known") {
  Screen screen;
  screen.after(milliseconds(0), {});
  screen.after(milliseconds(2000), {0, 0, 3 * megabyte, 6 * megabyte});
  CHECK(screen.line() == "downloading [############............] 50 % of 6.0 MB, 1.5 MB/s");
  screen.after(milliseconds(2000), {0, 0, 4 * megabyte, 0});
  CHECK(screen.line() == "downloading 4.0 MB, 1.0 MB/s");
}

TEST_CASE("every transfer has its own second") {
  Screen screen;
  screen.after(milliseconds(0), {});
  screen.after(milliseconds(900), {});
  screen.bar.end();
  screen.after(milliseconds(0), {});
  screen.after(milliseconds(900), {});
  CHECK(screen.terminal.errors().empty());
}

TEST_CASE("the line is not drawn for every packet") {
  Screen screen;
  screen.after(milliseconds(0), {});
  screen.after(milliseconds(1000), {1, 100, 0, 0});
  const std::string drawn = screen.terminal.errors();
  screen.after(milliseconds(199), {2, 100, 0, 0});
  CHECK(screen.terminal.errors() == drawn);
  screen.after(milliseconds(1), {3, 100, 0, 0});
  CHECK(screen.terminal.errors() != drawn);
}

TEST_CASE("a narrow terminal gets one line, too") {
  Screen screen;
  screen.terminal.columns = 20;
  screen.after(milliseconds(0), {});
  screen.after(milliseconds(1000), {megabyte, 4 * megabyte, 0, 0});
  CHECK(screen.line() == "uploading [######..");
}

TEST_CASE("no progress is shown to a file, with --quiet or with --json") {
  struct Row {
    ConsoleOptions options;
    bool error_tty;
  };
  const Row rows[] = {{{.quiet = true}, true}, {{.json = true}, true}, {{}, false}};
  for (const Row& row : rows) {
    support::FakeTerminal terminal;
    terminal.error_tty = row.error_tty;
    support::FakeClock clock;
    Console console(terminal, clock, row.options);
    ProgressBar bar(console, clock);
    bar.show({});
    clock.advance(std::chrono::hours(1));
    bar.show({1, 2, 0, 0});
    bar.end();
    CHECK(terminal.errors().empty());
  }
}
