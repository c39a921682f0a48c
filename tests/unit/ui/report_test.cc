#include "ui/report.h"

#include <catch2/catch.hpp>

#include "support/fake_clock.h"
#include "support/fake_terminal.h"

namespace start_claude::ui {
namespace {

TEST_CASE("a damaged copy that was replaced is named beside what was done") {
  const auto result = GENERATE(sync::RunResult::uploaded, sync::RunResult::downloaded);
  support::FakeClock clock;
  support::FakeTerminal terminal;
  const Console console(terminal, clock, {});
  sync::RunReport report{.result = result, .local_changed = true};
  CHECK(format_report(console, report).size() == 1);
  report.kept_damaged = true;
  const auto lines = format_report(console, report);
  REQUIRE(lines.size() == 2);
  CHECK(lines[1] ==
        "The damaged copy that was replaced is kept: start-claude s3-history lists it.");
}

TEST_CASE("a no is no error, and still ends with the code for a decision that is needed") {
  support::FakeClock clock;
  support::FakeTerminal terminal;
  const Console console(terminal, clock, {});
  sync::RunReport report{.result = sync::RunResult::held, .cause = resolve::Cause::remote_newer};
  CHECK(error_of_run(report));
  CHECK(exit_code_of(report) == 6);
  report.found.was_asked = true;
  CHECK_FALSE(error_of_run(report));
  CHECK(exit_code_of(report) == 6);
  CHECK(format_report(console, report) == std::vector<std::string>{"Nothing changed."});
  CHECK(format_report_json("s3-sync", report).find("\"error\"") == std::string::npos);
}

}  // namespace
}  // namespace start_claude::ui
