// s3-restore: what it says and the code it ends with agree with what it did.
#include <catch2/catch.hpp>

#include "cli/commands.h"
#include "machine.h"

namespace start_claude::cli {
namespace {

using Catch::Contains;

struct Desk {
  support::FakeClock clock;
  TestServer server{clock};
  Machine lark{clock, server, "lark"};

  int run(const std::vector<std::string>& arguments) {
    clock.advance(std::chrono::hours(1));
    const auto said_before = lark.terminal.screen().size();
    auto options = std::get<Options>(parse_options(arguments));
    options.no_input = options.no_color = true;
    const int exit_code = run_command(lark.host, options);
    said = lark.terminal.screen().substr(said_before);
    return exit_code;
  }
  /// m1, m2 and m3 were uploaded from here.
  void sync_three() {
    for (const char* model : {"m1", "m2", "m3"}) {
      clock.advance(std::chrono::hours(1));
      lark.edit(model);
      REQUIRE(run({"s3-sync"}) == 0);
    }
  }
  /// The file without a profile, as it was for a while.
  void empty_file() {
    std::string text = lark.local();
    const auto begin = text.find('[');
    lark.files.write_in_place(test_config, text.erase(begin + 1, text.find(']') - begin - 1));
  }

  std::string said;
};

TEST_CASE("a restore names what it does, and its undo undoes it") {
  Desk desk;
  desk.sync_three();
  CHECK(desk.run({"s3-restore", "--last", "--force"}) == 0);
  CHECK_THAT(desk.said, Contains("Restored 1 profile and uploaded them: production.model "
                                 "m3 -> m2. Undo: start-claude s3-restore --last"));
  CHECK(desk.lark.has_model("m2"));
  CHECK(desk.run({"s3-restore", "--last", "--force"}) == 0);
  CHECK(desk.lark.has_model("m3"));
}

TEST_CASE("a content without profiles is not restored by accident") {
  Desk desk;
  desk.sync_three();
  desk.empty_file();
  REQUIRE(desk.run({"s3-sync"}) == 0);
  REQUIRE(desk.lark.has_model("m3"));
  const std::string before = desk.lark.local();
  REQUIRE(desk.run({"s3-history"}) == 0);
  const auto line = desk.said.find(" 0  ");
  INFO(desk.said);
  REQUIRE(line != std::string::npos);
  const auto start = desk.said.rfind('\n', line) + 1;
  const std::string number = std::to_string(std::stoi(desk.said.substr(start, 3)));

  CHECK(desk.run({"s3-restore", number, "--force"}) == 6);
  CHECK_THAT(desk.said, Contains("nothing changed"));
  CHECK_THAT(desk.said, Contains("s3-restore " + number + " --force --allow-empty"));
  CHECK(desk.lark.local() == before);
  CHECK(desk.run({"s3-restore", number, "--force", "--allow-empty"}) == 0);
  CHECK_FALSE(desk.lark.has_model("m3"));
  // --last is not what was there for want of profiles.
  CHECK(desk.run({"s3-restore", "--last", "--force"}) == 0);
  CHECK(desk.lark.has_model("m3"));
}

TEST_CASE("a restore that cannot be uploaded says that it is here, and not that nothing changed") {
  Desk desk;
  desk.sync_three();
  desk.server.denies_put = true;
  CHECK(desk.run({"s3-restore", "--last", "--force"}) == 4);
  CHECK(desk.lark.has_model("m2"));
  CHECK_THAT(desk.said, Contains("Restored 1 profile here"));
  CHECK_THAT(desk.said, Contains("restored here, but not uploaded: "));
  desk.server.denies_put = false;
  CHECK(desk.run({"s3-restore", "--last", "--force", "--json"}) == 0);
  desk.server.is_down = true;
  CHECK(desk.run({"s3-restore", "--last", "--force", "--json"}) == 5);
  CHECK_THAT(desk.said, Contains("\"result\":\"restored\"") && Contains("\"exit\":5") &&
                            Contains("\"changed\":true") && Contains("\"error\""));
}

TEST_CASE("over a damaged file the restore says how that is found") {
  Desk desk;
  desk.sync_three();
  desk.lark.files.write_in_place(test_config, "{\"configs\":[");
  CHECK(desk.run({"s3-restore", "--last", "--force"}) == 0);
  CHECK(desk.lark.has_model("m3"));
  CHECK_THAT(desk.said,
             Contains("The damaged config.json is kept: start-claude s3-history lists it.\n"));
  CHECK(desk.said.find("Undo") == std::string::npos);
}

TEST_CASE("a content in the journal that came to harm is passed over") {
  Desk desk;
  desk.sync_three();
  const std::string path = sync::paths_beside(test_config).journal;
  std::string journal = *desk.lark.files.text_of(path);
  for (auto at = journal.find("m2"); at != std::string::npos; at = journal.find("m2", at)) {
    journal[at] = '\0';
  }
  desk.lark.files.write_in_place(path, journal);
  CHECK(desk.run({"s3-restore", "--last", "--force"}) == 0);
  CHECK(desk.lark.has_model("m1"));
}

}  // namespace
}  // namespace start_claude::cli
