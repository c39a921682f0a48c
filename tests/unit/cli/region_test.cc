// A server that signs for a region of its own: the settings are put right by setup, and a run that
// had to be told remembers it for the next one.
#include <catch2/catch.hpp>

#include "cli/commands.h"
#include "config/document.h"
#include "config/s3_settings.h"
#include "machine.h"

namespace start_claude::cli {
namespace {

struct Desk {
  support::FakeClock clock;
  TestServer server{clock};
  Machine lark{clock, server, "lark"};

  int run(Command command) {
    Options options{.command = command, .no_input = true};
    return run_command(lark.host, options);
  }
  /// The methods since this was asked last: "GET GET".
  std::string taken() {
    std::string text;
    for (const std::string& method : server.methods) text += (text.empty() ? "" : " ") + method;
    server.methods.clear();
    return text;
  }
};

TEST_CASE("a region that the server names is asked for once and remembered") {
  Desk desk;
  desk.server.region = "garage";
  desk.lark.edit("m1");
  CHECK(desk.run(Command::sync) == 0);
  // One more GET than on a server that takes any region: the one that was refused.
  CHECK(desk.taken() == "GET GET PUT PUT HEAD PUT");
  CHECK(desk.lark.terminal.errors().find("the server 127.0.0.1:9010 is in region garage, not "
                                         "us-east-1") != std::string::npos);
  const std::string told = desk.lark.terminal.errors();

  SECTION("the next run needs one request, and says nothing") {
    CHECK(desk.run(Command::sync) == 0);
    CHECK(desk.taken() == "GET");
    CHECK(desk.lark.terminal.errors() == told);
  }
  SECTION("so does the next upload") {
    desk.clock.advance(std::chrono::minutes(1));
    desk.lark.edit("m2");
    CHECK(desk.run(Command::sync) == 0);
    CHECK(desk.taken() == "PUT");
  }
  SECTION("it is about the region that was configured, and no other") {
    desk.server.region = "eu-1";
    std::string changed = Machine::config("m1");
    changed.replace(changed.find("us-east-1"), 9, "eu-1");
    desk.clock.advance(std::chrono::minutes(1));
    desk.lark.files.write_in_place(test_config, changed);
    CHECK(desk.run(Command::sync) == 0);
    CHECK(desk.taken() == "GET");
  }
  SECTION("a server that changed its mind is believed again, in a run without a change too") {
    desk.server.region = "us-east-1";
    CHECK(desk.run(Command::sync) == 0);
    CHECK(desk.taken() == "GET GET");
    CHECK(desk.run(Command::sync) == 0);
    CHECK(desk.taken() == "GET");
  }
}

TEST_CASE("a region is also learnt by a run that does not even read the file") {
  Desk desk;
  desk.lark.edit("m1");
  CHECK(desk.run(Command::sync) == 0);
  desk.clock.advance(std::chrono::minutes(1));
  CHECK(desk.run(Command::sync) == 0);
  desk.server.region = "garage";
  desk.taken();
  CHECK(desk.run(Command::sync) == 0);
  CHECK(desk.taken() == "GET GET");
  CHECK(desk.run(Command::sync) == 0);
  CHECK(desk.taken() == "GET");
}

TEST_CASE("setup saves the region that the server names") {
  Desk desk;
  desk.server.region = "garage";
  (void)desk.lark.files.make_folder("/run", 0700);
  desk.lark.files.write_in_place("/run/secret", "hush");
  Options options{.command = Command::setup, .no_input = true};
  options.setup.service = "custom";
  options.setup.bucket = test_bucket;
  options.setup.endpoint = "http://127.0.0.1:9010";
  options.setup.access_key_id = "AKIDEXAMPLE";
  options.setup.secret_access_key_file = "/run/secret";
  CHECK(run_command(desk.lark.host, options) == 0);
  const auto document = config::parse_document(desk.lark.local());
  REQUIRE(document);
  const auto settings = config::s3_settings_from(*document);
  REQUIRE(settings);
  REQUIRE(*settings);
  CHECK((*settings)->region == "garage");
  desk.taken();
  CHECK(desk.run(Command::sync) == 0);
  CHECK(desk.taken() == "GET");
}

}  // namespace
}  // namespace start_claude::cli
