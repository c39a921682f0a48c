#include "support/device_pair.h"

#include <stdexcept>
#include <utility>

#include "json/parse.h"

namespace start_claude::support {

json::Value parsed(const std::string& text) {
  auto value = json::parse(text);
  if (!std::holds_alternative<json::Value>(value)) throw std::runtime_error("no JSON: " + text);
  return std::get<json::Value>(std::move(value));
}

std::string with_models(const std::string& production, const std::string& staging) {
  return SyncDevice::configs({{"production", production}, {"staging", staging}});
}

void save(SyncDevice& device, const std::string& text) {
  const auto saved = platform::replace_file(device.files, device_config, text, {});
  if (const auto* failure = std::get_if<platform::FileFailure>(&saved)) {
    throw std::runtime_error(failure->reason);
  }
}

void Pair::pass(std::chrono::milliseconds time) {
  for (FakeClock* clock : {&server_clock, &lark.clock, &heron.clock}) clock->advance(time);
}

sync::RunReport Pair::sync(SyncDevice& device) {
  auto report = device.sync_unattended();
  if (!report) throw std::runtime_error(report.error().message);
  return *std::move(report);
}

void agree(Pair& pair) {
  save(pair.lark, with_models("m1", "m1"));
  (void)pair.sync(pair.lark);
  (void)pair.sync(pair.heron);
  pair.pass(std::chrono::minutes(10));
}

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> all{
      {"first upload", [](Pair& pair) { save(pair.lark, with_models("m2", "m1")); },
       with_models("m2", "m1")},
      {"first download",
       [](Pair& pair) {
         save(pair.heron, with_models("m1", "m2"));
         (void)pair.sync(pair.heron);
       },
       with_models("m1", "m2")},
      {"upload",
       [](Pair& pair) {
         agree(pair);
         save(pair.lark, with_models("m2", "m1"));
       },
       with_models("m2", "m1")},
      {"download",
       [](Pair& pair) {
         agree(pair);
         save(pair.heron, with_models("m1", "m2"));
         (void)pair.sync(pair.heron);
       },
       with_models("m1", "m2")},
      {"merge",
       [](Pair& pair) {
         agree(pair);
         save(pair.heron, with_models("m1", "m2"));
         (void)pair.sync(pair.heron);
         save(pair.lark, with_models("m2", "m1"));
       },
       with_models("m2", "m2")}};
  return all;
}

bool stop_before(Pair& pair, int steps, Ending ending, resolve::Direction direction) {
  int left = steps;
  pair.lark.files.before_operation = [&left](std::string_view, const std::string&) {
    if (--left < 0) throw Stopped{};
  };
  bool stopped = false;
  try {
    const auto report =
        pair.lark.run({.direction = direction, .occasion = resolve::Occasion::unattended});
    if (!report) throw std::runtime_error(report.error().message);
  } catch (const Stopped&) {
    stopped = true;
  }
  pair.lark.files.before_operation = nullptr;
  FakeRandom luck(static_cast<std::uint64_t>(steps));
  switch (ending) {
    case Ending::killed: break;
    case Ending::power_cut: pair.lark.files.crash_losing_unsynced(); break;
    case Ending::power_cut_by_luck: pair.lark.files.crash(luck); break;
  }
  return stopped;
}

}  // namespace start_claude::support
