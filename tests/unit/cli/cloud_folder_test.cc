// Commands where sync.json says that config.json is in a cloud folder: it syncs, S3 keeps copies.
#include <catch2/catch.hpp>

#include "cli/commands.h"
#include "cli/configuration.h"
#include "machine.h"

namespace start_claude::cli {
namespace {

const std::string home_folder = "/home/me/.start-claude/";
const std::string cloud_config = "/mnt/cloud/.start-claude/config.json";

struct Scene {
  support::FakeClock clock;
  TestServer server{clock};
  Machine lark{clock, server, "lark"};

  Scene() {
    lark.terminal.input_tty = false;
    REQUIRE(lark.files.make_folder("/mnt/cloud/.start-claude", 0700).index() == 0);
    lark.files.write_in_place(cloud_config, Machine::config("m1"));
  }
  void sync_json(const std::string& text) {
    lark.files.write_in_place(home_folder + "sync.json", text);
  }
  void enable() { sync_json(R"({"enabled":true,"provider":"custom","customPath":"/mnt/cloud"})"); }
  int run(const Options& options) { return run_command(lark.host, options); }
  std::string cloud() const { return lark.files.text_of(cloud_config).value_or(""); }
};

struct Row {
  std::string shows;
  std::string sync_json;  ///< empty: there is none
  std::string config;
};

TEST_CASE("where config.json is") {
  const std::string own = home_folder + "config.json";
  const auto row = GENERATE_COPY(values<Row>({
      {"no sync.json", "", own},
      {"not enabled", R"({"enabled":false,"provider":"icloud","cloudPath":"/mnt/cloud"})", own},
      {"S3 itself", R"({"enabled":true,"provider":"s3"})", own},
      {"a cloud folder", R"({"enabled":true,"provider":"icloud","cloudPath":"/mnt/cloud"})",
       cloud_config},
      {"one of the user's", R"({"enabled":true,"provider":"custom","customPath":"/mnt/cloud/"})",
       cloud_config},
  }));
  INFO(row.shows);
  Scene scene;
  if (!row.sync_json.empty()) scene.sync_json(row.sync_json);
  const auto paths = find_paths({}, scene.lark.host);
  REQUIRE(paths);
  CHECK(paths->config == row.config);
  CHECK(paths->state == home_folder + "s3-state.json");
  CHECK(paths->role == (row.config == own ? config::S3Role::sync : config::S3Role::backup));
}

TEST_CASE("a file named outright is taken as named, whatever sync.json says") {
  Scene scene;
  scene.enable();
  CHECK(find_paths({.config = "/x/config.json"}, scene.lark.host)->config == "/x/config.json");
  scene.lark.environment.variables["START_CLAUDE_CONFIG"] = "/y/config.json";
  CHECK(find_paths({}, scene.lark.host)->config == "/y/config.json");
}

TEST_CASE("a sync.json that cannot be understood stops everything: the wrong file must not sync") {
  Scene scene;
  const std::string text = GENERATE(as<std::string>(), "{", R"({"enabled":true})",
                                    R"({"enabled":true,"provider":"icloud"})");
  scene.sync_json(text);
  CHECK(scene.run({.command = Command::sync}) == 7);
  CHECK(scene.lark.terminal.errors().find("sync.json") != std::string::npos);
}

TEST_CASE("s3-sync uploads the cloud folder's file and never writes it") {
  Scene scene;
  scene.enable();
  CHECK(scene.run({.command = Command::sync}) == 0);
  Machine heron(scene.clock, scene.server, "heron");
  heron.edit("m1");
  REQUIRE(run_command(heron.host, {.command = Command::sync, .automatic = true}) == 0);
  heron.edit("m2");
  REQUIRE(run_command(heron.host, {.command = Command::sync, .automatic = true}) == 0);

  scene.clock.advance(std::chrono::hours(1));
  CHECK(scene.run({.command = Command::sync}) == 6);
  CHECK(scene.run({.command = Command::download}) == 6);
  CHECK(scene.lark.terminal.errors().find("is synced by its cloud folder") != std::string::npos);
  CHECK(scene.cloud() == Machine::config("m1"));

  SECTION("unless somebody insists") {
    CHECK(scene.run({.command = Command::download, .force = true}) == 0);
    CHECK(scene.cloud().find("\"m2\"") != std::string::npos);
  }
  SECTION("s3-status says so") {
    CHECK(scene.run({.command = Command::status}) == 0);
    CHECK(scene.lark.terminal.output().find("a copy of /mnt/cloud/.start-claude/config.json") !=
          std::string::npos);
  }
}

TEST_CASE("s3-setup keeps the credentials out of the file that the cloud folder hands on") {
  Scene scene;
  scene.enable();
  const bool had_settings = GENERATE(false, true);
  const std::string without = R"({"configs":[{"name":"production"}]})";
  if (!had_settings) scene.lark.files.write_in_place(cloud_config, without);
  scene.lark.files.write_in_place("/secret", "hush");
  CHECK(scene.run({.command = Command::setup,
                   .no_input = true,
                   .setup = {.service = "custom",
                             .bucket = "team",
                             .region = "us-east-1",
                             .endpoint = "http://127.0.0.1:9010",
                             .access_key_id = "AKIDEXAMPLE",
                             .secret_access_key_file = "/secret",
                             .key = "c.json"}}) == 0);
  INFO(scene.lark.terminal.output() << scene.lark.terminal.errors());
  CHECK(scene.cloud().find("s3Sync") == std::string::npos);
  const auto own = scene.lark.files.text_of(home_folder + "s3-config.json").value_or("");
  CHECK(own.find("hush") != std::string::npos);
  CHECK_FALSE(scene.lark.files.text_of(home_folder + "config.json"));
  const bool told =
      scene.lark.terminal.errors().find("hands to other machines") != std::string::npos;
  CHECK(told == had_settings);
  CHECK(scene.run({.command = Command::sync}) == 0);
}

TEST_CASE("what the cloud has only offloaded is neither downloaded over nor uploaded as empty") {
  Scene scene;
  scene.enable();
  REQUIRE(scene.run({.command = Command::sync}) == 0);
  const auto stored = scene.server.count("PUT");
  const std::string placeholder = "/mnt/cloud/.start-claude/.config.json.icloud";
  REQUIRE(std::holds_alternative<base::Done>(scene.lark.files.rename(cloud_config, placeholder)));
  for (const auto& options : std::vector<Options>{{.command = Command::sync},
                                                  {.command = Command::upload, .force = true},
                                                  {.command = Command::download, .force = true},
                                                  {.command = Command::setup, .no_input = true}}) {
    CHECK(scene.run(options) == 7);
  }
  CHECK(scene.lark.terminal.errors().find(".config.json.icloud") != std::string::npos);
  CHECK_FALSE(scene.lark.files.text_of(cloud_config));
  CHECK(scene.server.count("PUT") == stored);
}

}  // namespace
}  // namespace start_claude::cli
