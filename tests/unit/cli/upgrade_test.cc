// A machine on which a release before the journal was used.
#include <catch2/catch.hpp>

#include "cli/commands.h"
#include "config/document.h"
#include "json/parse.h"
#include "json/write.h"
#include "machine.h"

namespace start_claude::cli {
namespace {

using Catch::Contains;

const std::string old_folder = "/home/me/.start-claude/history";

struct Desk {
  support::FakeClock clock;
  TestServer server{clock};
  Machine lark{clock, server, "lark"};

  Desk() { REQUIRE(lark.files.make_folder(old_folder, 0700).index() == 0); }

  int run(const std::vector<std::string>& arguments) {
    clock.advance(std::chrono::hours(1));
    const auto said_before = lark.terminal.screen().size();
    auto options = std::get<Options>(parse_options(arguments));
    options.no_input = options.no_color = true;
    const int exit_code = run_command(lark.host, options);
    said = lark.terminal.screen().substr(said_before);
    return exit_code;
  }

  std::string said;
};

TEST_CASE("the S3 settings that an older release kept still save a config.json that is gone") {
  Desk desk;
  desk.server.put("c.json", R"({"configs":[{"name":"production","model":"m1"}]})");
  const auto document = config::parse_document(Machine::config("m1"));
  desk.lark.files.write_in_place(old_folder + "/last-s3-settings.json",
                                 json::write_pretty(*document->find("settings")->find("s3Sync")));
  REQUIRE(desk.run({"s3-sync"}) == 0);
  CHECK(desk.lark.has_model("m1"));
  CHECK(desk.lark.has_model("hush"));
  CHECK(desk.lark.files.text_of(sync::paths_beside(test_config).settings));
}

TEST_CASE("what an older release kept is listed, shown and brought back, and taken in once") {
  Desk desk;
  const std::string text = R"({"configs":[{"name":"production","model":"m0"}]})";
  const std::string revision = config::revision_of(*config::parse_document(text));
  desk.lark.files.write_in_place(old_folder + "/" + revision + ".json", text);
  desk.lark.files.write_in_place(
      old_folder + "/index.json",
      R"({"version":1,"entries":[{"revision":")" + revision +
          R"(","saved":"2026-11-01T00:00:00.000Z","by":"lark","origin":"local","entries":1}]})");
  desk.lark.edit("m1");
  const std::string journal = sync::paths_beside(test_config).journal;

  REQUIRE(desk.run({"s3-history", "--offline", "--show", "1"}) == 0);
  CHECK(desk.said == text + "\n");
  CHECK(desk.run({"s3-sync", "--dry-run"}) == 10);
  CHECK(desk.run({"s3-status"}) == 0);
  CHECK_FALSE(desk.lark.files.text_of(journal));

  REQUIRE(desk.run({"s3-sync"}) == 0);
  CHECK(desk.lark.keeps("\"m0\""));
  REQUIRE(desk.lark.files.remove(old_folder + "/index.json").index() == 0);
  REQUIRE(desk.lark.files.remove(old_folder + "/" + revision + ".json").index() == 0);
  REQUIRE(desk.run({"s3-restore", "--last", "--force"}) == 0);
  CHECK(desk.lark.has_model("m0"));
}

}  // namespace
}  // namespace start_claude::cli
