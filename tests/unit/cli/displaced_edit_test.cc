// An edit that a run which was cut off left beside config.json, and the commands that come next.
#include <catch2/catch.hpp>

#include "cli/automatic_sync.h"
#include "cli/commands.h"
#include "machine.h"

namespace start_claude::cli {
namespace {

using Catch::Contains;

const std::string displaced =
    "/home/me/.start-claude/.config.json.0123456789abcdef.start-claude-old";

struct Desk {
  support::FakeClock clock;
  TestServer server{clock};
  Machine lark{clock, server, "lark"};

  int run(Options options) {
    options.no_input = options.no_color = true;
    clock.advance(std::chrono::minutes(1));
    return run_command(lark.host, options);
  }
  int sync() { return run({.command = Command::sync}); }

  void edit(const std::string& model) {
    clock.advance(std::chrono::hours(1));
    lark.edit(model);
  }
  /// m1 was synced. A run was cut off in the moment in which somebody saved `model`.
  void cut_off(const std::string& model) {
    edit("m1");
    REQUIRE(sync() == 0);
    clock.advance(std::chrono::hours(1));
    lark.files.write_in_place(displaced, Machine::config(model));
  }
};

TEST_CASE("a run that nobody watches tells of a displaced edit that lost, too") {
  Desk desk;
  desk.cut_off("typed");
  desk.edit("since");
  std::vector<std::string> told;
  AutomaticRequest request{.by = "watch"};
  request.notices.warn = [&](const std::string& text) { told.push_back(text); };
  const auto outcome = sync_automatically(desk.lark.host, {}, request);
  REQUIRE(outcome);
  CHECK(desk.lark.has_model("since"));
  CHECK(desk.lark.keeps("typed"));
  REQUIRE(told.size() == 1);
  CHECK_THAT(told[0], Contains("an edit of production.model was lost to another edit"));
}

TEST_CASE("what is restored stays, and an edit displaced before is in history") {
  for (const bool local_only : {true, false}) {
    Desk desk;
    desk.edit("m0");
    REQUIRE(desk.sync() == 0);
    desk.cut_off("typed");
    INFO(desk.lark.terminal.screen());
    Options restore{.command = Command::restore, .force = true};
    restore.restore.number = 2;
    restore.restore.local_only = local_only;
    REQUIRE(desk.run(restore) == 0);
    CHECK(desk.lark.has_model("m0"));
    CHECK(desk.lark.keeps("typed"));
    REQUIRE(desk.sync() == 0);
    CHECK(desk.lark.has_model("m0"));
  }
}

TEST_CASE("s3-restore says which fields a displaced edit lost before it restores") {
  Desk desk;
  desk.cut_off("typed");
  desk.edit("since");
  Options restore{.command = Command::restore, .force = true};
  restore.restore.last = true;
  REQUIRE(desk.run(restore) == 0);
  CHECK_THAT(desk.lark.terminal.screen(),
             Contains("an edit of production.model was lost to another edit"));
  CHECK(desk.lark.keeps("since"));
  CHECK(desk.lark.keeps("typed"));
}

TEST_CASE("s3-restore --dry-run leaves a displaced edit where it is") {
  Desk desk;
  desk.edit("m0");
  REQUIRE(desk.sync() == 0);
  desk.cut_off("typed");
  Options restore{.command = Command::restore, .dry_run = true, .force = true};
  restore.restore.number = 2;
  CHECK(desk.run(restore) == 10);
  CHECK(desk.lark.files.text_of(displaced).has_value());
  CHECK(desk.lark.has_model("m1"));
}

}  // namespace
}  // namespace start_claude::cli
