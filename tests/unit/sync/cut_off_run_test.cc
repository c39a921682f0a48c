// A run that is cut off at any step, with somebody editing right after it: nothing is lost, and
// nobody is told of a conflict that is none.
#include <catch2/catch.hpp>

#include "json/write.h"
#include "support/device_pair.h"

namespace start_claude::sync {
namespace {

using namespace support;

enum class Edit { none, in_place, by_rename };

const char* name_of(Ending ending) {
  switch (ending) {
    case Ending::killed: return "killed";
    case Ending::power_cut: return "power cut";
    case Ending::power_cut_by_luck: return "power cut by luck";
  }
  return "";
}

void write(SyncDevice& device, Edit edit, const json::Value& document) {
  const std::string text = json::write_pretty(document);
  if (edit == Edit::by_rename) {
    save(device, text);
  } else {
    device.edit(text);
  }
}

/// Three syncs without a fault; what they told of conflicts.
std::vector<std::string> settle(Pair& pair) {
  std::vector<std::string> told;
  for (SyncDevice* device : {&pair.lark, &pair.heron, &pair.lark}) {
    pair.pass(std::chrono::seconds(1));
    const RunReport report = pair.sync(*device);
    CHECK(report.result != RunResult::held);
    for (const auto& conflict : report.conflicts) {
      told.push_back(resolve::format_path(conflict.path));
    }
  }
  for (const SyncDevice* device : {&pair.lark, &pair.heron}) {
    told.insert(told.end(), device->conversation.lost.begin(), device->conversation.lost.end());
  }
  return told;
}

void expect_everywhere(Pair& pair, const json::Value& wanted) {
  CHECK(parsed(pair.remote()) == wanted);
  CHECK(parsed(pair.lark.local().value()) == wanted);
  CHECK(parsed(pair.heron.local().value()) == wanted);
  const std::size_t writes = pair.buckets.write_count();
  for (SyncDevice* device : {&pair.lark, &pair.heron}) {
    CHECK(pair.sync(*device).result == RunResult::in_sync);
  }
  CHECK(pair.buckets.write_count() == writes);
}

TEST_CASE("cut off at any step, and something else edited at once: it arrives, no conflict") {
  const auto index = GENERATE(range(std::size_t{0}, std::size_t{5}));
  const auto ending = GENERATE(Ending::killed, Ending::power_cut, Ending::power_cut_by_luck);
  const auto edit = GENERATE(Edit::none, Edit::in_place, Edit::by_rename);
  const Scenario& scenario = scenarios()[index];
  int steps = 0;
  for (bool stopped = true; stopped; ++steps) {
    INFO(scenario.what << ", " << name_of(ending) << " before step " << steps << ", edit "
                       << static_cast<int>(edit));
    Pair pair;
    scenario.prepare(pair);
    stopped = stop_before(pair, steps, ending);
    json::Value wanted = parsed(scenario.in_the_end);
    // Where nothing is here yet, there is nothing to edit.
    if (edit != Edit::none && pair.lark.local()) {
      json::Value edited = parsed(*pair.lark.local());
      edited.as_object()->set("typed", "since");
      write(pair.lark, edit, edited);
      wanted.as_object()->set("typed", "since");
    }
    CHECK(settle(pair).empty());
    expect_everywhere(pair, wanted);
  }
  CHECK(steps > 10);
}

TEST_CASE("cut off at any step, and a field edited that it had brought: the edit has seen it") {
  const auto index = GENERATE(range(std::size_t{1}, std::size_t{5}));
  const auto ending = GENERATE(Ending::killed, Ending::power_cut, Ending::power_cut_by_luck);
  const auto edit = GENERATE(Edit::in_place, Edit::by_rename);
  const Scenario& scenario = scenarios()[index];
  int steps = 0;
  for (bool stopped = true; stopped; ++steps) {
    INFO(scenario.what << ", " << name_of(ending) << " before step " << steps << ", edit "
                       << static_cast<int>(edit));
    Pair pair;
    scenario.prepare(pair);
    stopped = stop_before(pair, steps, ending);
    const json::Value in_the_end = parsed(scenario.in_the_end);
    if (!pair.lark.local()) continue;
    const bool has_come = parsed(*pair.lark.local()) == in_the_end;
    // Long after it, so that the edit is the newer one even where nothing had come.
    pair.pass(std::chrono::minutes(10));
    const bool edits_production = scenario.what == "upload";
    const auto with_edit = [&](const std::string& text) {
      json::Value value = parsed(text);
      auto& profiles = *value.as_object()->find("configs")->as_array();
      profiles[edits_production ? 0 : 1].as_object()->set("model", "m7");
      return value;
    };
    write(pair.lark, edit, with_edit(*pair.lark.local()));
    // Without having seen what came meanwhile it opposes that, once.
    CHECK(settle(pair).size() <= (has_come ? 0 : 1));
    expect_everywhere(pair, with_edit(scenario.in_the_end));
  }
  CHECK(steps > 10);
}

TEST_CASE("cut off at any step, edited, and what it brought edited again where it came from") {
  const auto ending = GENERATE(Ending::killed, Ending::power_cut, Ending::power_cut_by_luck);
  const auto index = GENERATE(as<std::size_t>{}, 1, 3, 4);
  const Scenario& scenario = scenarios()[index];
  int steps = 0;
  for (bool stopped = true; stopped; ++steps) {
    INFO(scenario.what << ", " << name_of(ending) << " before step " << steps);
    Pair pair;
    scenario.prepare(pair);
    stopped = stop_before(pair, steps, ending);
    json::Value wanted = parsed(scenario.in_the_end);
    if (!pair.lark.local()) continue;
    pair.pass(std::chrono::minutes(1));
    (void)pair.sync(pair.heron);
    json::Value theirs = parsed(pair.heron.local().value());
    (*theirs.as_object()->find("configs")->as_array())[1].as_object()->set("model", "m3");
    save(pair.heron, json::write_pretty(theirs));
    (void)pair.sync(pair.heron);
    json::Value edited = parsed(*pair.lark.local());
    edited.as_object()->set("typed", "since");
    write(pair.lark, Edit::in_place, edited);
    wanted.as_object()->set("typed", "since");
    (*wanted.as_object()->find("configs")->as_array())[1].as_object()->set("model", "m3");
    CHECK(settle(pair).empty());
    expect_everywhere(pair, wanted);
  }
  CHECK(steps > 10);
}

}  // namespace
}  // namespace start_claude::sync
