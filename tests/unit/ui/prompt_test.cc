#include "ui/prompt.h"

#include <catch2/catch.hpp>

#include "support/fake_clock.h"
#include "support/fake_terminal.h"
#include "ui/table.h"

namespace start_claude::ui {
namespace {

struct Dialogue {
  explicit Dialogue(std::deque<std::string> answers) : terminal(std::move(answers)) {}
  support::FakeTerminal terminal;
  support::FakeClock clock;
  Console console{terminal, clock, {}};
  Prompt prompt{console};
};

TEST_CASE("an answer is trimmed, a required one is asked again") {
  Dialogue dialogue({"", "   ", "  my-bucket \r"});
  CHECK(dialogue.prompt.line({.label = "Bucket name"}) == "my-bucket");
  CHECK(dialogue.terminal.errors() == "Bucket name: Bucket name: Bucket name: ");
}

TEST_CASE("Enter takes the suggestion") {
  Dialogue dialogue({""});
  CHECK(dialogue.prompt.line({.label = "Region", .suggested = "us-east-1"}) == "us-east-1");
  CHECK(dialogue.terminal.errors() == "Region [us-east-1]: ");
}

TEST_CASE("a secret is never echoed") {
  Dialogue dialogue({"wJalrXUtnFEMI"});
  CHECK(dialogue.prompt.secret("Secret", false)->reveal() == "wJalrXUtnFEMI");
  CHECK(dialogue.terminal.secrets_read() == 1);
  CHECK(dialogue.terminal.screen().find("wJalr") == std::string::npos);
}

TEST_CASE("yes and no, in any spelling, else asked again") {
  CHECK(Dialogue({"y"}).prompt.yes_or_no("Go?", false) == true);
  CHECK(Dialogue({"NO"}).prompt.yes_or_no("Go?", true) == false);
  CHECK(Dialogue({""}).prompt.yes_or_no("Go?", true) == true);
  CHECK(Dialogue({""}).prompt.yes_or_no("Go?", false) == false);
  CHECK(Dialogue({"maybe", "yes"}).prompt.yes_or_no("Go?", false) == true);
}

TEST_CASE("end of input is never taken for a default") {
  Dialogue dialogue({});
  dialogue.terminal.may_run_out = true;
  CHECK(dialogue.prompt.line({.label = "Region", .suggested = "us-east-1"}) == std::nullopt);
  CHECK(dialogue.prompt.yes_or_no("Go?", true) == std::nullopt);
  CHECK(dialogue.prompt.choose("Choose", {"d", "u"}, "d") == std::nullopt);
  CHECK(dialogue.prompt.secret("Secret", true) == std::nullopt);
}

TEST_CASE("a choice is one of its keys") {
  CHECK(Dialogue({"x", "U"}).prompt.choose("Choose", {"d", "u"}, "d") == 1u);
  CHECK(Dialogue({""}).prompt.choose("Choose", {"d", "u"}, "d") == 0u);
  CHECK(Dialogue({"", "d"}).prompt.choose("Choose", {"d", "u"}, "") == 0u);
}

TEST_CASE("a warning is said once, and not at all when quiet") {
  Dialogue dialogue({});
  dialogue.console.warn("plain http");
  dialogue.console.warn("plain http");
  CHECK(dialogue.terminal.errors() == "start-claude: warning: plain http\n");
  Console quiet(dialogue.terminal, dialogue.clock, {.quiet = true});
  quiet.warn("another");
  CHECK(dialogue.terminal.errors() == "start-claude: warning: plain http\n");
}

TEST_CASE("columns align by code points and end without spaces") {
  CHECK(format_table({{"local", "1", ""}, {"remote", "2", "newer"}, {"größe", "3"}}, 2) ==
        std::vector<std::string>{"  local   1", "  remote  2  newer", "  größe   3"});
}

}  // namespace
}  // namespace start_claude::ui
