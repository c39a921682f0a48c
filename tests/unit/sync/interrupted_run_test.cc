// A run that is stopped at any step: by a kill, a power cut, a full disk, a read-only folder.
#include <algorithm>
#include <catch2/catch.hpp>

#include "crypto/sha256.h"
#include "json/write.h"
#include "platform/in_place.h"
#include "support/device_pair.h"
#include "sync/object_metadata.h"

namespace start_claude::sync {
namespace {

using platform::FileFailure;
using platform::FileFailureKind;
using namespace support;

/// The file is whole: as it was, or as it must be in the end.
void expect_old_or_new(const SyncDevice& device, const std::optional<std::string>& before,
                       const std::string& in_the_end) {
  const auto now = device.local();
  if (now == before) return;
  REQUIRE(now);
  CHECK(parsed(*now) == parsed(in_the_end));
}

/// The next runs finish the work, and leave no trace of the one that was stopped.
void expect_finished(Pair& pair, const std::string& in_the_end) {
  for (SyncDevice* device : {&pair.lark, &pair.heron, &pair.lark}) {
    pair.pass(std::chrono::seconds(1));
    pair.sync(*device);
  }
  const json::Value wanted = parsed(in_the_end);
  CHECK(parsed(pair.remote()) == wanted);
  for (const SyncDevice* device : {&pair.lark, &pair.heron}) {
    CHECK(parsed(device->local().value()) == wanted);
    const auto listing = device->files.list(device->paths.folder);
    for (const std::string& name : std::get<0>(listing)) {
      CHECK_FALSE(name.find(".start-claude-") != std::string::npos);
    }
  }
}

TEST_CASE("a run that is stopped before any of its steps loses nothing, and the next one ends it") {
  const auto index = GENERATE(range(std::size_t{0}, scenarios().size()));
  const Scenario& scenario = scenarios()[index];
  // All in all ways would take longer than it is worth: the merge has every kind of step.
  const bool is_merge = scenario.what == "merge";
  const auto ending = is_merge
                          ? GENERATE(Ending::killed, Ending::power_cut, Ending::power_cut_by_luck)
                          : Ending::power_cut;
  int steps = 0;
  for (bool stopped = true; stopped; ++steps) {
    INFO(scenario.what << ", stopped before step " << steps);
    Pair pair;
    scenario.prepare(pair);
    const auto before = pair.lark.local();
    stopped = stop_before(pair, steps, ending);
    expect_old_or_new(pair.lark, before, scenario.in_the_end);
    expect_finished(pair, scenario.in_the_end);
  }
  CHECK(steps > 10);
}

TEST_CASE("a run that is stopped while it writes in place is ended by the next one") {
  const auto index = GENERATE(range(std::size_t{2}, scenarios().size()));
  const Scenario& scenario = scenarios()[index];
  const auto ending = GENERATE(Ending::killed, Ending::power_cut, Ending::power_cut_by_luck);
  int steps = 0;
  for (bool stopped = true; stopped; ++steps) {
    INFO(scenario.what << ", stopped before step " << steps);
    Pair pair;
    scenario.prepare(pair);
    pair.lark.files.mounted.insert(device_config);
    const auto before = pair.lark.local();
    stopped = stop_before(pair, steps, ending);
    if (!platform::has_file_half_written(pair.lark.files, device_config)) {
      expect_old_or_new(pair.lark, before, scenario.in_the_end);
    }
    expect_finished(pair, scenario.in_the_end);
  }
  CHECK(steps > 10);
}

TEST_CASE("a disk that refuses any one write ends the run with its error, the old file intact") {
  const auto index = GENERATE(range(std::size_t{0}, scenarios().size()));
  const auto kind = GENERATE(FileFailureKind::no_space, FileFailureKind::no_permission);
  const Scenario& scenario = scenarios()[index];
  int errors = 0;
  int writes = 0;
  for (bool refused = true; refused; ++writes) {
    INFO(scenario.what << ", write " << writes << " refused");
    Pair pair;
    scenario.prepare(pair);
    const auto before = pair.lark.local();
    int left = writes;
    refused = false;
    pair.lark.files.refuse = [&](std::string_view operation,
                                 const std::string&) -> std::optional<FileFailure> {
      const bool is_write = operation.starts_with("create") || operation.starts_with("append") ||
                            operation == "rename" || operation == "rename_to_free" ||
                            operation == "exchange" || operation == "make_folder" ||
                            operation == "set_modified";
      if (!is_write || left-- != 0) return std::nullopt;
      refused = true;
      return FileFailure{kind, "refused"};
    };
    const auto report = pair.lark.sync_unattended();
    pair.lark.files.refuse = nullptr;
    if (refused) {
      REQUIRE_FALSE(report);
      CHECK(report.error().kind == ErrorKind::local_disk);
      CHECK(report.error().message.find("refused") != std::string::npos);
      CHECK_FALSE(report.error().hint.empty());
      ++errors;
    }
    expect_old_or_new(pair.lark, before, scenario.in_the_end);
    expect_finished(pair, scenario.in_the_end);
  }
  CHECK(errors > 5);
}

TEST_CASE("what another program writes between any two steps of a run is not lost") {
  const auto index = GENERATE(range(std::size_t{2}, scenarios().size()));
  const Scenario& scenario = scenarios()[index];
  const auto by_rename = GENERATE(false, true);
  int steps = 0;
  for (bool came_in = true; came_in; ++steps) {
    INFO(scenario.what << ", written before step " << steps);
    Pair pair;
    scenario.prepare(pair);
    int left = steps;
    came_in = false;
    json::Value edited;
    pair.lark.files.before_operation = [&](std::string_view, const std::string&) {
      if (left-- != 0) return;
      came_in = true;
      edited = parsed(pair.lark.local().value());
      edited.as_object()->set("typed", "meanwhile");
      const std::string text = json::write_pretty(edited);
      if (by_rename) {
        save(pair.lark, text);
      } else {
        pair.lark.edit(text);
      }
    };
    (void)pair.lark.sync_unattended();
    pair.lark.files.before_operation = nullptr;
    json::Value wanted = parsed(scenario.in_the_end);
    if (came_in) wanted.as_object()->set("typed", "meanwhile");
    expect_finished(pair, json::write_pretty(wanted));
  }
  CHECK(steps > 10);
}

/// Writes `member` into config.json, as an editor does that has it open.
void type(SyncDevice& device, const std::string& member, const std::string& value) {
  json::Value edited = parsed(device.local().value());
  edited.as_object()->set(member, value);
  device.edit(json::write_pretty(edited));
}

/// lark's run, cut off `steps` steps after somebody typed just before the exchange; false if it
/// came to its end before that.
bool stop_after_typing(Pair& pair, int steps) {
  std::optional<int> left;
  pair.lark.files.before_operation = [&](std::string_view operation, const std::string&) {
    if (left && (*left)-- == 0) throw Stopped{};
    if (operation != "exchange" || left) return;
    left = steps;
    type(pair.lark, "typed", "meanwhile");
  };
  bool stopped = false;
  try {
    pair.sync(pair.lark);
  } catch (const Stopped&) {
    stopped = true;
  }
  pair.lark.files.before_operation = nullptr;
  REQUIRE(left.has_value());
  return stopped;
}

TEST_CASE("what was typed in the moment of the exchange survives a run that is then cut off") {
  const auto index = GENERATE(range(std::size_t{3}, scenarios().size()));
  const auto since = GENERATE(as<std::string>{}, "nothing", "another field", "the same field");
  const Scenario& scenario = scenarios()[index];
  int steps = 0;
  for (bool stopped = true; stopped; ++steps) {
    INFO(scenario.what << ", cut off " << steps << " steps after it, edited since: " << since);
    Pair pair;
    scenario.prepare(pair);
    stopped = stop_after_typing(pair, steps);
    json::Value wanted = parsed(scenario.in_the_end);
    wanted.as_object()->set("typed", since == "the same field" ? "since" : "meanwhile");
    if (since == "the same field") type(pair.lark, "typed", "since");
    if (since == "another field") {
      type(pair.lark, "other", "since");
      wanted.as_object()->set("other", "since");
    }
    expect_finished(pair, json::write_pretty(wanted));
  }
  CHECK(steps > 5);
}

TEST_CASE("what was typed in the moment of the exchange by a clock that is late is kept") {
  Pair pair;
  scenarios()[3].prepare(pair);
  bool has_typed = false;
  pair.lark.files.before_operation = [&](std::string_view operation, const std::string&) {
    if (has_typed) throw Stopped{};
    if (operation != "exchange") return;
    has_typed = true;
    pair.lark.clock.set_skew(-std::chrono::hours(24 * 400));
    type(pair.lark, "typed", "meanwhile");
    (void)pair.lark.files.sync_file(device_config);
    (void)pair.lark.files.sync_folder(pair.lark.paths.folder);
  };
  CHECK_THROWS_AS(pair.sync(pair.lark), Stopped);
  pair.lark.files.before_operation = nullptr;
  (void)pair.lark.files.sync_folder(pair.lark.paths.folder);
  pair.lark.clock.set_skew({});
  type(pair.lark, "other", "since");
  pair.sync(pair.lark);
  const bool is_here = pair.lark.local()->find("meanwhile") != std::string::npos;
  CHECK((is_here || pair.lark.has_kept("meanwhile")));
}

TEST_CASE("what a run that was cut off had brought is not taken for an edit made here") {
  int steps = 0;
  for (bool stopped = true; stopped; ++steps) {
    INFO("the download stopped before step " << steps);
    Pair pair;
    agree(pair);
    save(pair.heron, with_models("m1", "m2"));
    pair.sync(pair.heron);
    stopped = stop_before(pair, steps, Ending::killed);
    pair.pass(std::chrono::minutes(1));
    // What came is edited again where it came from, and beside it something else is edited here:
    // there is a change to upload, and no word in the state of what it was made from.
    save(pair.heron, with_models("m1", "m3"));
    pair.sync(pair.heron);
    type(pair.lark, "typed", "since");
    json::Value wanted = parsed(with_models("m1", "m3"));
    wanted.as_object()->set("typed", "since");
    expect_finished(pair, json::write_pretty(wanted));
  }
  CHECK(steps > 10);
}

TEST_CASE("a merge that was cut off and is here alone is not taken for edits made here") {
  int steps = 0;
  for (bool stopped = true; stopped; ++steps) {
    INFO("the merge stopped before step " << steps);
    Pair pair;
    agree(pair);
    save(pair.heron, with_models("m1", "m2"));
    pair.sync(pair.heron);
    save(pair.lark, with_models("m9", "m1"));
    stopped = stop_before(pair, steps, Ending::killed, resolve::Direction::down);
    pair.pass(std::chrono::minutes(1));
    save(pair.heron, with_models("m1", "m3"));
    pair.sync(pair.heron);
    expect_finished(pair, with_models("m9", "m3"));
  }
  CHECK(steps > 10);
}

TEST_CASE(
    "what a cut-off run had uploaded is known as edited here by the next one that is cut off") {
  int steps = 0;
  for (bool stopped = true; stopped; ++steps) {
    INFO("the second run stopped before step " << steps);
    Pair pair;
    save(pair.lark, with_models("m1", "m1"));
    pair.lark.files.before_operation = [](std::string_view, const std::string& path) {
      if (path.find("s3-state.json.") != std::string::npos) throw Stopped{};
    };
    CHECK_THROWS_AS(pair.sync(pair.lark), Stopped);
    pair.lark.files.before_operation = nullptr;
    save(pair.lark, with_models("m9", "m1"));
    stopped = stop_before(pair, steps, Ending::killed);
    pair.pass(std::chrono::minutes(1));
    pair.sync(pair.heron);
    const bool has_arrived = pair.remote().find("m9") != std::string::npos;
    save(pair.heron, with_models(has_arrived ? "m9" : "m1", "m3"));
    pair.sync(pair.heron);
    expect_finished(pair, with_models("m9", "m3"));
  }
  CHECK(steps > 10);
}

TEST_CASE("an edit displaced by a run that was cut off, and opposed since, is told and kept") {
  Pair pair;
  scenarios()[3].prepare(pair);
  REQUIRE(stop_after_typing(pair, 0));
  REQUIRE(parsed(pair.lark.local().value()).find("typed") == nullptr);
  type(pair.lark, "typed", "since");
  pair.sync(pair.lark);
  CHECK(*parsed(pair.lark.local().value()).find("typed") == json::Value("since"));
  CHECK(pair.lark.conversation.lost == std::vector<std::string>{"typed"});
  CHECK(pair.lark.has_kept("meanwhile"));
}

TEST_CASE(
    "the one field a cut-off run had brought is edited beside a displaced edit: no conflict") {
  int steps = 0;
  for (bool stopped = true; stopped; ++steps) {
    INFO("cut off " << steps << " steps after somebody typed");
    Pair pair;
    scenarios()[4].prepare(pair);
    stopped = stop_after_typing(pair, steps);
    const auto their_model = [](json::Value& document) -> json::Value& {
      json::Value& configs = *document.as_object()->find("configs");
      return *(*configs.as_array())[1].as_object()->find("model");
    };
    json::Value edited = parsed(pair.lark.local().value());
    const bool has_come = their_model(edited) == json::Value("m2");
    // Long after it, so that the edit is the newer one even where nothing had come.
    pair.pass(std::chrono::minutes(10));
    their_model(edited) = "m7";
    pair.lark.edit(json::write_pretty(edited));
    const RunReport report = pair.sync(pair.lark);
    CHECK(report.conflicts.size() == (has_come ? 0 : 1));
    CHECK(pair.lark.conversation.lost.empty());
    json::Value wanted = parsed(scenarios()[4].in_the_end);
    their_model(wanted) = "m7";
    wanted.as_object()->set("typed", "meanwhile");
    expect_finished(pair, json::write_pretty(wanted));
  }
  CHECK(steps > 5);
}

TEST_CASE("a merge whose PUT arrives long after it was given up is known by who made it") {
  Pair pair;
  save(pair.lark, SyncDevice::configs({{"own", "o1"}}));
  pair.pass(std::chrono::minutes(10));
  save(pair.heron, with_models("m1", "m1"));
  pair.sync(pair.heron);
  pair.lark.store.set_hook([](const support::StoreCall& call) {
    return call.operation == support::StoreOperation::put ? support::StoreFault::request_lost
                                                          : support::StoreFault::none;
  });
  CHECK_FALSE(pair.lark.sync_unattended());
  pair.lark.store.set_hook({});
  const auto given_up = pair.lark.memory().known().intent;
  REQUIRE(given_up);
  pair.pass(std::chrono::minutes(1));
  // Then it only looked, and the merge is here.
  REQUIRE(pair.lark.run(
      {.direction = resolve::Direction::down, .occasion = resolve::Occasion::unattended}));
  support::MemoryState late = *pair.buckets.find(device_object);
  late.body = pair.lark.local().value();
  late.attributes.metadata = format_object_metadata(
      {.content_sha256 = crypto::sha256_hex(late.body), .clock = given_up->clock});
  pair.buckets.store(device_object, late);
  save(pair.lark, SyncDevice::configs({{"production", "m1"}, {"staging", "m1"}, {"own", "o2"}}));
  const auto report = pair.lark.sync_unattended();
  REQUIRE(report);
  CHECK(report->conflicts.empty());
  CHECK(parsed(pair.remote()).find("configs")->as_array()->size() == 3);
  CHECK(pair.remote().find("o2") != std::string::npos);
}

TEST_CASE("power that goes after the run that followed a killed one undoes nothing") {
  const auto luck = GENERATE(range(std::uint64_t{0}, std::uint64_t{64}));
  Pair pair;
  scenarios()[3].prepare(pair);
  // Killed before what it brought is on the disk.
  bool is_exchanged = false;
  pair.lark.files.before_operation = [&](std::string_view operation, const std::string&) {
    if (is_exchanged && operation == "sync_folder") throw Stopped{};
    is_exchanged = is_exchanged || operation == "exchange";
  };
  CHECK_THROWS_AS(pair.lark.sync_unattended(), Stopped);
  // Power goes somewhere in the next one.
  (void)stop_before(pair, static_cast<int>(luck), Ending::power_cut_by_luck);
  expect_finished(pair, scenarios()[3].in_the_end);
}

/// lark's run, killed before it does that for time `skipped`.
void kill_before(Pair& pair, std::string_view operation, int skipped = 0) {
  pair.lark.files.before_operation = [&](std::string_view done, const std::string&) {
    if (done.starts_with(operation) && --skipped < 0) throw Stopped{};
  };
  CHECK_THROWS_AS(pair.sync(pair.lark), Stopped);
  pair.lark.files.before_operation = nullptr;
}

/// What came is edited where it came from, and something else here: lark has not forgotten that it
/// took over m2.
void expect_remembered(Pair& pair) {
  const auto here = pair.lark.local();
  if (!here || parsed(*here) != parsed(with_models("m1", "m2"))) return;
  save(pair.heron, with_models("m1", "m3"));
  pair.pass(std::chrono::minutes(1));
  pair.sync(pair.heron);
  type(pair.lark, "typed", "since");
  CHECK(pair.sync(pair.lark).conflicts.empty());
  json::Value wanted = parsed(with_models("m1", "m3"));
  wanted.as_object()->set("typed", "since");
  expect_finished(pair, json::write_pretty(wanted));
}

TEST_CASE("power that goes in the run that followed a killed first one takes no memory of it") {
  const auto skipped = GENERATE(range(0, 7));
  const auto ending = GENERATE(Ending::power_cut, Ending::power_cut_by_luck);
  int steps = 0;
  for (bool stopped = true; stopped; ++steps) {
    INFO("killed at step " << skipped << " in the journal, power gone before step " << steps);
    Pair pair;
    scenarios()[1].prepare(pair);
    kill_before(pair, "append", skipped);
    stopped = stop_before(pair, steps, ending);
    expect_remembered(pair);
  }
  CHECK(steps > 10);
}

TEST_CASE("a journal begun by a run that was killed has a name that a power cut does not take") {
  const auto seed = GENERATE(range(std::uint64_t{0}, std::uint64_t{16}));
  INFO("power cut " << seed);
  Pair pair;
  scenarios()[1].prepare(pair);
  kill_before(pair, "append: write", 1);
  kill_before(pair, "sync_folder");
  FakeRandom luck(seed);
  pair.lark.files.crash(luck);
  expect_remembered(pair);
}

TEST_CASE("power that goes after a sync takes back no edit an editor left to the system") {
  Pair pair;
  agree(pair);
  save(pair.lark, with_models("m2", "m1"));
  pair.lark.files.write_in_place(device_config, with_models("m3", "m1"));
  pair.sync(pair.lark);
  pair.lark.files.crash_losing_unsynced();
  pair.sync(pair.lark);
  CHECK(pair.remote().find("m3") != std::string::npos);
  expect_finished(pair, with_models("m3", "m1"));
}

TEST_CASE("a displaced edit and one made since survive a run that is stopped while it joins them") {
  int steps = 0;
  for (bool stopped = true; stopped; ++steps) {
    INFO("stopped before step " << steps);
    Pair pair;
    agree(pair);
    pair.lark.files.write_in_place(
        "/home/me/.start-claude/.config.json.0123456789abcdef.start-claude-old",
        with_models("m1", "typed"));
    save(pair.lark, with_models("since", "m1"));
    stopped = stop_before(pair, steps, Ending::killed);
    expect_finished(pair, with_models("since", "typed"));
  }
  CHECK(steps > 10);
}

TEST_CASE("while a displaced edit cannot be settled nothing else is done") {
  Pair pair;
  agree(pair);
  const std::string beside =
      "/home/me/.start-claude/.config.json.0123456789abcdef.start-claude-old";
  pair.lark.files.write_in_place(beside, with_models("m1", "typed"));
  // Somebody keeps saving while the run wants to.
  int saves = 0;
  pair.lark.files.before_operation = [&](std::string_view operation, const std::string& path) {
    if (operation != "status" || path != device_config) return;
    pair.lark.files.write_in_place(device_config,
                                   with_models("saved " + std::to_string(++saves), "m1"));
  };
  const auto report = pair.lark.sync_unattended();
  pair.lark.files.before_operation = nullptr;
  REQUIRE_FALSE(report);
  CHECK(report.error().kind == ErrorKind::undecided);
  CHECK(parsed(pair.remote()) == parsed(with_models("m1", "m1")));
  // What was displaced is held against what it was edited from, not against what came since.
  expect_finished(pair, with_models("saved " + std::to_string(saves), "typed"));
}

constexpr const char* left_beside =
    "/home/me/.start-claude/.config.json.0123456789abcdef.start-claude-old";

TEST_CASE("a displaced edit is kept beside a config.json that is no document, which stays") {
  const auto now = GENERATE(as<std::string>{}, "", "{\"configs\": [");
  INFO("config.json: " << (now.empty() ? "absent" : now));
  Pair pair;
  if (!now.empty()) pair.lark.files.write_in_place(device_config, now);
  pair.lark.files.write_in_place(left_beside, with_models("m1", "typed"));
  (void)pair.lark.sync_unattended();
  CHECK(pair.lark.local().value_or("") == now);
  CHECK_FALSE(pair.lark.files.text_of(left_beside).has_value());
  CHECK(pair.lark.has_kept("typed"));
}

TEST_CASE("a displaced edit joins a config.json that may not be exchanged") {
  Pair pair;
  agree(pair);
  pair.lark.files.mounted.insert(device_config);
  pair.lark.files.write_in_place(left_beside, with_models("m1", "typed"));
  pair.sync(pair.lark);
  expect_finished(pair, with_models("m1", "typed"));
}

TEST_CASE("a displaced file that is no document is kept, and config.json stays") {
  Pair pair;
  scenarios()[3].prepare(pair);
  const std::string beside =
      "/home/me/.start-claude/.config.json.0123456789abcdef.start-claude-old";
  pair.lark.files.write_in_place(beside, "{\"configs\": [");
  pair.sync(pair.lark);
  CHECK_FALSE(pair.lark.files.text_of(beside).has_value());
  const auto kept = pair.lark.memory().contents();
  REQUIRE(kept);
  CHECK(std::count_if(kept->begin(), kept->end(),
                      [](const KeptEntry& entry) { return entry.content.is_damaged; }) == 1);
}

}  // namespace
}  // namespace start_claude::sync
