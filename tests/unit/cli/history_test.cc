// s3-history: what one content says and what it changed; secrets masked.
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
  void save(const std::string& profiles) {
    std::string text = Machine::config("m");
    const auto begin = text.find("[");
    text.replace(begin, text.find("]") + 1 - begin, "[" + profiles + "]");
    lark.files.write_in_place(test_config, text);
    REQUIRE(run({"s3-sync"}) == 0);
  }
  /// What the list says of that number.
  std::string line(const std::string& number) {
    REQUIRE(run({"s3-history", "--offline"}) == 0);
    const auto begin = said.find("\n " + number + "  ");
    REQUIRE(begin != std::string::npos);
    return said.substr(begin + 1, said.find('\n', begin + 1) - begin - 1);
  }

  std::string said;
};

const std::string first = R"({"name":"production","model":"m1", "apiKey":"sk-ant-0123456789ab"})";
const std::string second = R"({"name":"production","model":"m2", "apiKey":"sk-ant-0123456789cd"},)"
                           R"({"name":"staging"})";

TEST_CASE(
    "s3-history --show prints a content as it was kept, without its secrets and the S3 settings") {
  Desk desk;
  desk.save(first);
  desk.save(second);
  REQUIRE(desk.run({"s3-history", "--offline", "--show", "2"}) == 0);
  CHECK(desk.said == R"({"configs":[{"name":"production","model":"m1", "apiKey":"****89ab"}]})"
                     "\nstart-claude: hint: secrets are masked; s3-restore 2 brings all of it "
                     "back\n");
  REQUIRE(desk.run({"s3-history", "--offline", "--json", "--show", "2"}) == 0);
  CHECK_THAT(desk.said, Contains(R"("reason":"shown")") && Contains(R"("number":2)") &&
                            Contains(R"("model":"m1","apiKey":"****89ab")"));
  for (const char* secret : {"0123456789", "hush"}) {
    CHECK(desk.said.find(secret) == std::string::npos);
  }
}

TEST_CASE("s3-history --diff says what a content changed, field by field, secrets masked") {
  Desk desk;
  desk.save(first);
  desk.save(second);
  REQUIRE(desk.run({"s3-history", "--offline", "--diff", "1"}) == 0);
  CHECK_THAT(desk.said, Contains("#1 of ") && Contains(" after #2 of ") &&
                            Contains("\n  production.model m1 -> m2\n") &&
                            Contains("\n  production.apiKey ****89ab -> ****89cd\n") &&
                            Contains("\n  staging added\n"));
  REQUIRE(desk.run({"s3-history", "--offline", "--diff", "2"}) == 0);
  CHECK_THAT(desk.said, Contains(" after nothing: it is the oldest that is kept:\n"
                                 "  production added\n"));
  REQUIRE(desk.run({"s3-history", "--offline", "--json", "--diff", "1"}) == 0);
  CHECK_THAT(desk.said, Contains(R"("reason":"compared")") && Contains(R"("before":{"number":2)") &&
                            Contains(R"({"path":"production.model","kind":"changed",)"
                                     R"("before":"m1","after":"m2"})"));
  CHECK(desk.said.find("0123456789") == std::string::npos);
}

TEST_CASE("a damaged copy has a number: its bytes are shown, and it is neither compared nor base") {
  Desk desk;
  desk.save(first);
  const std::string bytes("{\"configs\":[\0\xFF", 14);
  desk.server.put("c.json", bytes);
  REQUIRE(desk.run({"s3-upload", "--force"}) == 0);
  desk.save(second);
  CHECK_THAT(desk.line("2"), Contains(" -        local, damaged (14 B)"));
  REQUIRE(desk.run({"s3-history", "--offline", "--show", "2"}) == 0);
  CHECK(desk.said == bytes);
  REQUIRE(desk.run({"s3-history", "--offline", "--json", "--show", "2"}) == 0);
  CHECK_THAT(desk.said, Contains(R"("damaged":true,"bytes":14)"));
  CHECK(desk.run({"s3-history", "--offline", "--diff", "2"}) == 7);
  CHECK_THAT(desk.said, Contains("#2 is a damaged copy, not a document: it cannot be compared") &&
                            Contains("start-claude s3-history --offline --show 2 > FILE"));
  REQUIRE(desk.run({"s3-history", "--offline", "--diff", "1"}) == 0);
  CHECK_THAT(desk.said, Contains(" after #3 of "));
  CHECK(desk.run({"s3-restore", "2", "--force"}) == 7);
  CHECK(desk.lark.has_model("m2"));
}

TEST_CASE("a number that the list has not is a usage error") {
  Desk desk;
  desk.save(first);
  for (const char* flag : {"--show", "--diff"}) {
    CHECK(desk.run({"s3-history", "--offline", flag, "7"}) == 2);
    CHECK_THAT(desk.said, Contains("there is no #7; s3-history lists 1"));
  }
  CHECK(std::holds_alternative<ParsedExit>(
      parse_options({"s3-history", "--show", "1", "--diff", "1"})));
}

}  // namespace
}  // namespace start_claude::cli
