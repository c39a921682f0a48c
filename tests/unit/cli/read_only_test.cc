// Keys that may only read, keys that may only write, and a machine that shall only read.
#include <catch2/catch.hpp>

#include "cli/automatic_sync.h"
#include "cli/commands.h"
#include "machine.h"

namespace start_claude::cli {
namespace {

using Catch::Contains;

struct Desk {
  support::FakeClock clock;
  TestServer server{clock};
  Machine lark{clock, server, "lark"};
  Machine heron{clock, server, "heron"};

  /// The exit code of an unattended run; what it said is in `said`.
  int run(Machine& machine, Options options) {
    const auto said_before = machine.terminal.screen().size();
    options.no_input = options.no_color = true;
    server.methods.clear();
    const int exit_code = run_command(machine.host, options);
    said = machine.terminal.screen().substr(said_before);
    asked.clear();
    for (const std::string& method : server.methods) asked += (asked.empty() ? "" : " ") + method;
    return exit_code;
  }
  int sync(Machine& machine) { return run(machine, {.command = Command::sync}); }

  void edit(Machine& machine, const std::string& text) {
    clock.advance(std::chrono::hours(1));
    machine.files.write_in_place(test_config, text);
  }
  /// heron has uploaded m1, and lark has it.
  void share_m1() {
    heron.edit("m1");
    REQUIRE(sync(heron) == 0);
    lark.edit("m1");
    REQUIRE(sync(lark) == 0);
  }

  std::string said;
  std::string asked;  ///< the methods of the last run: "GET PUT"
};

/// A second profile, which does not oppose an edit of the first.
std::string with_staging(const std::string& model, const std::string& more = {}) {
  std::string text = Machine::config(model, more);
  const std::string list = R"("configs":[)";
  return text.insert(text.find(list) + list.size(), R"({"name":"staging","model":"s1"},)");
}

constexpr const char* refused = "this key may read the remote copy but not write it";

TEST_CASE("a key that may not write is tried once, told in one line, and remembered") {
  Desk desk;
  desk.share_m1();
  desk.server.denies_put = true;
  desk.edit(desk.lark, with_staging("m1"));
  CHECK(desk.sync(desk.lark) == 4);
  CHECK(desk.asked == "GET PUT GET");
  CHECK(desk.said ==
        "start-claude: error: this key may read the remote copy but not write it; edits made here "
        "stay here\n"
        "start-claude: hint: it needs s3:PutObject; s3-upload tries again, s3-setup --read-only "
        "leaves it so\n");

  SECTION("later runs do not try") {
    CHECK(desk.sync(desk.lark) == 4);
    CHECK(desk.asked == "GET");
    CHECK_THAT(desk.said, Contains(refused));
    const auto automatic = sync_automatically(desk.lark.host, {}, {.by = "watch"});
    REQUIRE(automatic);
    CHECK(desk.server.count("PUT") == 0);
  }
  SECTION("what is new there still comes, and is merged with what stays here") {
    desk.edit(desk.heron, Machine::config("m2"));
    desk.server.denies_put = false;
    REQUIRE(desk.sync(desk.heron) == 0);
    desk.server.denies_put = true;
    CHECK(desk.sync(desk.lark) == 4);
    CHECK(desk.asked == "GET");
    CHECK_THAT(desk.said, Contains("Merged into the local file") && Contains(refused));
    CHECK(desk.lark.has_model("m2"));
    CHECK(desk.lark.has_model("s1"));
  }
  SECTION("without edits there is nothing to complain about") {
    desk.edit(desk.lark, Machine::config("m1"));
    CHECK(desk.sync(desk.lark) == 0);
    CHECK(desk.asked == "GET");
  }
  SECTION("an upload that is asked for tries again") {
    CHECK(desk.run(desk.lark, {.command = Command::upload}) == 4);
    CHECK(desk.asked == "GET PUT GET");
    CHECK_THAT(
        desk.said,
        Contains("not allowed to write s3://team/c.json: \"Said by the server\" (403 AccessDenied); "
                 "nothing was uploaded") &&
            Contains("the key may read it and needs s3:PutObject"));
    desk.server.denies_put = false;
    CHECK(desk.run(desk.lark, {.command = Command::upload}) == 0);
    SECTION("and once it works, everybody writes again") {
      desk.edit(desk.lark, with_staging("m3"));
      CHECK(desk.sync(desk.lark) == 0);
      CHECK(desk.asked == "PUT");
    }
  }
  SECTION("another key is another matter") {
    std::string other = with_staging("m1");
    other.replace(other.find("AKIDEXAMPLE"), 11, "AKIDANOTHER");
    desk.edit(desk.lark, other);
    CHECK(desk.sync(desk.lark) == 0);
    CHECK_THAT(desk.asked, Contains("PUT"));
  }
  SECTION("s3-status says so") {
    CHECK(desk.run(desk.lark, {.command = Command::status}) == 0);
    CHECK_THAT(desk.said, Contains("denied to this key; s3-upload tries again"));
  }
}

TEST_CASE("a key that may do neither is told so, and nothing is remembered") {
  Desk desk;
  desk.server.denies_put = desk.server.denies_get = true;
  desk.lark.edit("m1");
  CHECK(desk.sync(desk.lark) == 4);
  CHECK_THAT(desk.said, Contains("access denied to s3://team/c.json") &&
                            Contains("s3:GetObject and s3:PutObject"));
  CHECK(desk.sync(desk.lark) == 4);
  CHECK_THAT(desk.asked, Contains("PUT"));
}

TEST_CASE("a key that may only write stores the first copy, and says what is lost") {
  Desk desk;
  desk.server.denies_get = true;
  desk.lark.edit("m1");
  CHECK(desk.sync(desk.lark) == 0);
  CHECK_THAT(desk.asked, Contains("GET PUT"));
  CHECK_THAT(desk.said, Contains("this key may write the remote copy but not read it: what others "
                                 "upload is not seen, merged or brought back here") &&
                            Contains("give it s3:GetObject on this object") &&
                            Contains("Uploaded 1 configuration"));
  CHECK(desk.sync(desk.lark) == 4);
  CHECK_THAT(desk.said, Contains("access denied to s3://team/c.json"));
}

TEST_CASE("a machine that shall only read uploads nothing, and is content") {
  const std::string setting = R"(,"readOnly":true)";
  Desk desk;
  desk.share_m1();
  desk.edit(desk.lark, with_staging("m1", setting));
  CHECK(desk.sync(desk.lark) == 0);
  CHECK(desk.asked == "GET");
  CHECK_THAT(desk.said, Contains("edits made here stay here (read-only)"));

  SECTION("what is new there comes") {
    desk.edit(desk.heron, Machine::config("m2"));
    REQUIRE(desk.sync(desk.heron) == 0);
    CHECK(desk.sync(desk.lark) == 0);
    CHECK(desk.asked == "GET");
    CHECK(desk.lark.has_model("m2"));
    CHECK(desk.lark.has_model("s1"));
  }
  SECTION("an upload is refused before anybody is asked") {
    CHECK(desk.run(desk.lark, {.command = Command::upload, .force = true}) == 6);
    CHECK(desk.asked.empty());
    CHECK_THAT(desk.said, Contains("this machine only reads; nothing was uploaded"));
  }
  SECTION("so are automatic uploads") {
    const auto purpose =
        GENERATE(AutomaticRequest::Purpose::check, AutomaticRequest::Purpose::local_change);
    const auto automatic =
        sync_automatically(desk.lark.host, {}, {.by = "watch", .purpose = purpose});
    REQUIRE(automatic);
    CHECK(desk.server.count("PUT") == 0);
  }
  SECTION("an earlier content is restored here only") {
    CHECK(desk.run(desk.lark,
                   {.command = Command::restore, .force = true, .restore = {.last = true}}) == 0);
    CHECK(desk.server.count("PUT") == 0);
    CHECK_THAT(desk.said, !Contains("upload"));
  }
  SECTION("s3-status says so") {
    CHECK(desk.run(desk.lark, {.command = Command::status}) == 0);
    CHECK_THAT(desk.said, Contains("none: this machine only reads"));
  }
  SECTION("the setting can be taken back") {
    Options options{.command = Command::setup};
    options.setup.read_only = false;
    CHECK(desk.run(desk.lark, options) == 0);
    CHECK_THAT(desk.asked, Contains("PUT"));
    CHECK(desk.lark.local().find("readOnly") == std::string::npos);
  }
}

TEST_CASE("one run can be told to only read") {
  Desk desk;
  desk.share_m1();
  desk.edit(desk.lark, with_staging("m1"));
  CHECK(desk.run(desk.lark, {.command = Command::sync, .read_only = true}) == 0);
  CHECK(desk.asked == "GET");
  CHECK(desk.sync(desk.lark) == 0);
  CHECK_THAT(desk.asked, Contains("PUT"));
}

TEST_CASE("setup saves that a machine only reads") {
  Desk desk;
  desk.share_m1();
  desk.edit(desk.lark, with_staging("m1"));
  Options options{.command = Command::setup};
  options.setup.read_only = true;
  CHECK(desk.run(desk.lark, options) == 0);
  CHECK(desk.server.count("PUT") == 0);
  CHECK_THAT(desk.lark.local(), Contains(R"("readOnly":true)"));
}

}  // namespace
}  // namespace start_claude::cli
