// What s3-doctor looks at, in what order, and what comes of it. How each line is worded is for the
// tests of the findings.
#include <catch2/catch.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "json/parse.h"
#include "machine.h"

namespace start_claude::cli {
namespace {

using Catch::Contains;

struct Desk {
  support::FakeClock clock;
  TestServer server{clock};
  Machine lark{clock, server, "lark"};
  http::ConnectionFacts facts{
      .lookup = std::chrono::milliseconds(1),
      .address = "127.0.0.1",
      .is_accepted = true,
      .connect = std::chrono::milliseconds(2),
  };

  Desk() {
    lark.host.probe_connection = [this](const http::CurlOptions&, const http::Uri&,
                                        const http::Limits&) { return facts; };
  }

  int run(Options options) {
    const auto before = lark.terminal.output().size();
    options.no_input = options.no_color = true;
    server.methods.clear();
    const int exit_code = run_command(lark.host, options);
    said = lark.terminal.output().substr(before);
    return exit_code;
  }
  int examine(const DoctorOptions& doctor = {}) {
    return run({.command = Command::doctor, .json = true, .doctor = doctor});
  }
  /// "ok: free", of the last examination; "(none)" if there is no such line.
  std::string line(const std::string& check) const {
    const auto parsed = json::parse(said);
    const auto* document = std::get_if<json::Value>(&parsed);
    REQUIRE(document != nullptr);
    for (const json::Value& each : *document->find("checks")->as_array()) {
      if (*each.find("check")->as_string() != check) continue;
      return *each.find("grade")->as_string() + ": " + *each.find("text")->as_string();
    }
    return "(none)";
  }
  void share() {
    lark.edit("m1");
    REQUIRE(run({.command = Command::sync}) == 0);
  }

  std::string said;
};

TEST_CASE("doctor: a machine in order, from its files to the permissions of its key") {
  Desk desk;
  desk.share();
  CHECK(desk.examine() == 0);
  CHECK(desk.server.count("PUT") == 0);
  INFO(desk.said);
  CHECK_THAT(desk.line("config_file"), Contains("1 configuration"));
  CHECK(desk.line("lock") == "ok: free");
  CHECK_THAT(desk.line("history"),
             Catch::StartsWith("ok: ") && Contains("revision") && !Contains(", 0 B"));
  CHECK_THAT(desk.line("state"), Contains("both sides agreed on a copy"));
  CHECK_THAT(desk.line("settings"), Contains("s3://team/c.json at http://127.0.0.1:9010"));
  CHECK_THAT(desk.line("credentials"), Contains(", from ~/.start-claude/config.json"));
  CHECK(desk.line("dns") == "ok: not needed for 127.0.0.1");
  CHECK(desk.line("tcp") == "ok: connected to port 9010, 2 ms");
  CHECK_THAT(desk.line("tls"), Catch::StartsWith("ok: not used"));
  CHECK(desk.line("clock") == "ok: as the server's");
  CHECK_THAT(desk.line("bucket"), Catch::StartsWith("ok: team, in us-east-1"));
  CHECK(desk.line("read") == "ok: 1 configuration, by lark");
  CHECK(desk.line("write") == "not_tried: only with --write");
  CHECK(desk.line("conditional_writes") == "ok: honoured");
  CHECK_THAT(desk.line("versioning"), Catch::StartsWith("ok: "));
  CHECK_THAT(desk.line("permissions"), Contains("(deleting is tried only with --write)"));
}

TEST_CASE("doctor: with --write it is tried, and nothing is left behind") {
  Desk desk;
  desk.share();
  CHECK(desk.examine({.write = true}) == 0);
  CHECK(desk.server.count("PUT") > 0);
  CHECK(desk.server.count("DELETE") > 0);
  CHECK(desk.line("write") == "ok: allowed");
  CHECK_THAT(desk.line("permissions"), Contains("the key may delete"));
}

TEST_CASE("doctor: the exit code is that of what is wrong, and what lies behind is not tried") {
  Desk desk;
  SECTION("no settings") {
    CHECK(desk.examine() == 3);
    CHECK_THAT(desk.line("settings"), Catch::StartsWith("failure: S3 sync is not configured"));
    CHECK(desk.line("lock") == "ok: free (never used)");
  }
  SECTION("no connection") {
    desk.share();
    desk.facts = {.address = "127.0.0.1"};
    desk.facts.failure = {http::FailureKind::not_connected, "connection refused"};
    CHECK(desk.examine() == 5);
    CHECK(desk.line("tcp") == "failure: connection refused");
    CHECK(desk.line("read") == "(none)");
    CHECK(desk.server.methods.empty());
  }
  SECTION("no permission") {
    desk.share();
    desk.server.denies_put = true;
    CHECK(desk.examine({.write = true}) == 4);
    CHECK_THAT(desk.line("write"), Catch::StartsWith("failure: denied"));
  }
}

TEST_CASE("doctor: what is not in order is a line of its own") {
  Desk desk;
  desk.share();
  SECTION("a run that holds the lock") {
    const std::string path = "/home/me/.start-claude/s3.lock";
    auto lock = desk.lark.files.try_lock(path, "watch of lark");
    REQUIRE(std::get<std::unique_ptr<platform::FileLock>>(lock) != nullptr);
    CHECK(desk.examine() == 0);
    CHECK(desk.line("lock") == "warning: held by watch of lark");
  }
  SECTION("a region that is another one") {
    desk.server.region = "garage";
    CHECK(desk.examine() == 0);
    CHECK(desk.line("bucket") == "warning: team is in garage, not us-east-1");
  }
  SECTION("a damaged state") {
    desk.lark.files.write_in_place("/home/me/.start-claude/s3-state.json", "{");
    desk.examine();
    CHECK_THAT(desk.line("state"), Catch::StartsWith("warning: s3-state.json is damaged"));
  }
}

TEST_CASE("doctor: the policy is for this bucket, this key and what the machine does") {
  Desk desk;
  Options options{.command = Command::doctor, .json = true, .doctor = {.policy = true}};
  const auto policy = [&] {
    CHECK(desk.run(options) == 0);
    return desk.said;
  };
  SECTION("of the settings") {
    desk.lark.edit("m1");
    CHECK_THAT(policy(), Contains(R"("Action":["s3:GetObject","s3:PutObject"])") &&
                             Contains(R"("Resource":"arn:aws:s3:::team/c.json")") &&
                             !Contains("GetObjectVersion"));
    desk.lark.edit("m1", R"(,"readOnly":true)");
    CHECK_THAT(policy(), Contains(R"("Action":["s3:GetObject"])"));
    options.doctor.history = true;
    CHECK_THAT(policy(), Contains("s3:GetObjectVersion") && Contains("s3:ListBucketVersions"));
  }
  SECTION("of flags, where there are none yet") {
    options.setup = {.bucket = "logs", .region = "cn-north-1", .key = "a/b.json"};
    CHECK_THAT(policy(), Contains(R"("arn:aws-cn:s3:::logs/a/b.json")"));
  }
  SECTION("without either it says which to name") {
    CHECK(desk.run(options) == 3);
    CHECK_THAT(desk.lark.terminal.errors(), Contains("name the bucket with --bucket"));
  }
}

}  // namespace
}  // namespace start_claude::cli
