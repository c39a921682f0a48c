// What watch, manager and balance do with the file: the whole way from settings to server, in
// memory.
#include "cli/automatic_sync.h"

#include <catch2/catch.hpp>

#include "base/text.h"
#include "machine.h"
#include "sync/automatic_run.h"
#include "sync/lock.h"
#include "sync/paths.h"
#include "ui/automatic.h"

namespace start_claude::cli {
namespace {

using Purpose = AutomaticRequest::Purpose;
using sync::RunResult;

struct Fleet {
  support::FakeClock clock;
  TestServer server{clock};
  Machine lark{clock, server, "lark"};
  Machine heron{clock, server, "heron"};
};

AutomaticRequest request(Purpose purpose) { return {.by = "watch", .purpose = purpose}; }

AutomaticOutcome run(Machine& machine, const AutomaticRequest& request) {
  auto outcome = sync_automatically(machine.host, {}, request);
  INFO((outcome ? "" : outcome.error().message));
  REQUIRE(outcome);
  return *std::move(outcome);
}

RunResult result_of(const AutomaticOutcome& outcome) {
  const auto* report = std::get_if<sync::RunReport>(&outcome);
  REQUIRE(report != nullptr);
  return report->result;
}

std::optional<sync::AutomaticRun> record_of(const Machine& machine) {
  return sync::last_automatic_run(machine.files, sync::paths_beside(test_config).automatic);
}

TEST_CASE("an automatic run uploads here, downloads there, and prints nothing") {
  Fleet fleet;
  fleet.lark.edit("m1");
  fleet.heron.files.write_in_place(
      test_config,
      R"({"configs":[],)" + Machine::config("m1").substr(Machine::config("m1").find("\"settings")));
  CHECK(result_of(run(fleet.lark, request(Purpose::local_change))) == RunResult::uploaded);
  CHECK(result_of(run(fleet.heron, request(Purpose::check))) == RunResult::downloaded);
  CHECK(fleet.heron.has_model("m1"));
  CHECK(fleet.lark.terminal.screen().empty());
  CHECK(fleet.heron.terminal.screen().empty());
  const auto record = record_of(fleet.lark);
  REQUIRE(record);
  CHECK(*record == sync::AutomaticRun{.by = "watch",
                                      .at = fleet.clock.now(),
                                      .result = "uploaded",
                                      .reason = "first_upload"});
}

TEST_CASE("what is as agreed is not even asked about, however it was written") {
  Fleet fleet;
  fleet.lark.edit("m1");
  (void)run(fleet.lark, request(Purpose::local_change));
  const auto before = fleet.server.methods.size();
  fleet.clock.advance(std::chrono::minutes(1));
  // Saved again: another mtime, another layout, other settings that never leave the machine.
  fleet.lark.edit("m1", R"(,"autoUpload":true)");
  CHECK(std::holds_alternative<Unchanged>(run(fleet.lark, request(Purpose::local_change))));
  CHECK(fleet.server.methods.size() == before);
  // A check asks, once.
  CHECK(result_of(run(fleet.lark, request(Purpose::check))) == RunResult::in_sync);
  CHECK(fleet.server.methods.size() == before + 1);
}

TEST_CASE("that a store takes ETags without their quotes only is learnt once") {
  Fleet fleet;
  fleet.server.takes_unquoted_only = true;
  fleet.lark.edit("m1");
  (void)run(fleet.lark, request(Purpose::local_change));
  fleet.lark.edit("m2");
  CHECK(result_of(run(fleet.lark, request(Purpose::local_change))) == RunResult::uploaded);
  fleet.server.methods.clear();
  fleet.lark.edit("m3");
  CHECK(result_of(run(fleet.lark, request(Purpose::local_change))) == RunResult::uploaded);
  CHECK(fleet.server.methods == std::vector<std::string>{"PUT"});
}

TEST_CASE("a store that wants ETags spelt otherwise than before costs one run some requests") {
  Fleet fleet;
  for (const char* model : {"m1", "m2"}) {
    fleet.lark.edit(model);
    (void)run(fleet.lark, request(Purpose::local_change));
  }
  fleet.server.takes_unquoted_only = true;
  for (const char* requests : {"PUT GET PUT HEAD PUT", "PUT"}) {
    fleet.server.methods.clear();
    fleet.lark.edit(requests);
    CHECK(result_of(run(fleet.lark, request(Purpose::local_change))) == RunResult::uploaded);
    CHECK(base::join(fleet.server.methods, " ") == requests);
  }
}

TEST_CASE("a run that is held changes nothing and is recorded with its reason") {
  Fleet fleet;
  fleet.lark.edit("m1");
  fleet.heron.edit("m1");
  (void)run(fleet.lark, request(Purpose::check));
  (void)run(fleet.heron, request(Purpose::check));
  fleet.clock.advance(std::chrono::minutes(10));
  fleet.lark.edit("m2");
  fleet.heron.edit("m3");
  (void)run(fleet.lark, request(Purpose::local_change));
  CHECK(result_of(run(fleet.heron, request(Purpose::local_change))) == RunResult::held);
  CHECK(fleet.heron.has_model("m3"));
  const auto record = record_of(fleet.heron);
  REQUIRE(record);
  CHECK(record->result == "held");
  CHECK(record->reason == "conflict");
  fleet.clock.advance(std::chrono::minutes(12));
  CHECK(ui::format_automatic_run(*record, fleet.clock.now()) ==
        "held 12 min ago: production.model changed on both sides");
  const auto path = sync::paths_beside(test_config).automatic;
  CHECK(std::get<platform::FileStatus>(fleet.heron.files.status(path)).mode == 0600);

  SECTION("unless the settings say which side wins") {
    fleet.heron.edit("m3", R"(,"conflictResolution":"remote")");
    CHECK(result_of(run(fleet.heron, request(Purpose::check))) == RunResult::downloaded);
    CHECK(fleet.heron.has_model("m2"));
  }
}

TEST_CASE("a run that finds the lock taken comes later; one that fails says why") {
  Fleet fleet;
  fleet.lark.edit("m1");
  SECTION("the lock") {
    const auto lock = sync::take_lock(fleet.lark.files, fleet.clock, fleet.lark.environment,
                                      sync::paths_beside(test_config).lock, {.command = "s3-sync"});
    REQUIRE(lock);
    const auto outcome = run(fleet.lark, request(Purpose::check));
    REQUIRE(std::holds_alternative<Busy>(outcome));
    CHECK(std::get<Busy>(outcome).lock.message.find("s3-sync") != std::string::npos);
    CHECK(record_of(fleet.lark) == std::nullopt);
  }
  SECTION("the network") {
    fleet.server.is_down = true;
    const auto outcome = sync_automatically(fleet.lark.host, {}, request(Purpose::check));
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().kind == ErrorKind::unreachable);
    const auto record = record_of(fleet.lark);
    REQUIRE(record);
    CHECK(record->result == "failed");
    CHECK(record->reason == "unreachable");
    // The next one finds everything as if nothing had been.
    fleet.server.is_down = false;
    CHECK(result_of(run(fleet.lark, request(Purpose::check))) == RunResult::uploaded);
  }
  SECTION("no settings, or no folder: it may be coming back, and is not made") {
    fleet.lark.files.write_in_place(test_config, R"({"configs":[]})");
    CHECK(sync_automatically(fleet.lark.host, {}, request(Purpose::check)).error().kind ==
          ErrorKind::not_configured);
    fleet.lark.environment.variables["HOME"] = "/home/nobody";
    CHECK(sync_automatically(fleet.lark.host, {}, request(Purpose::check)).error().kind ==
          ErrorKind::not_configured);
    CHECK(fleet.lark.files.status("/home/nobody").index() == 1);
  }
}

TEST_CASE("where a cloud folder syncs config.json, S3 only gets a copy") {
  Fleet fleet;
  const std::string cloud = "/mnt/cloud/.start-claude/config.json";
  fleet.lark.files.write_in_place(
      "/home/me/.start-claude/sync.json",
      R"({"enabled":true,"provider":"onedrive","cloudPath":"/mnt/cloud"})");
  REQUIRE(fleet.lark.files.make_folder("/mnt/cloud/.start-claude", 0700).index() == 0);
  fleet.lark.files.write_in_place(cloud, Machine::config("m1"));
  CHECK(result_of(run(fleet.lark, request(Purpose::local_change))) == RunResult::uploaded);
  // What is this machine's alone is not put where other machines see it.
  const auto beside =
      std::get<std::vector<std::string>>(fleet.lark.files.list("/mnt/cloud/.start-claude"));
  CHECK(beside == std::vector<std::string>{"config.json"});

  fleet.heron.edit("m1");
  (void)run(fleet.heron, request(Purpose::check));
  fleet.heron.edit("m2");
  (void)run(fleet.heron, request(Purpose::check));
  fleet.clock.advance(std::chrono::minutes(10));
  CHECK(result_of(run(fleet.lark, request(Purpose::check))) == RunResult::held);
  CHECK(fleet.lark.files.text_of(cloud) == Machine::config("m1"));
}

}  // namespace
}  // namespace start_claude::cli
