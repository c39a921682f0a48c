// One machine of the simulation: clock, files, network, and the person in front of it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "json/value.h"
#include "simulation/ledger.h"
#include "simulation/simulated_files.h"
#include "simulation/simulated_store.h"
#include "support/sync_device.h"

namespace start_claude::simulation {

/// Thrown where the process ends: kill -9, or the power goes.
struct CutOff {};

/// Takes a side for every conflict, and lets time pass before each answer.
class Person final : public sync::Conversation {
 public:
  std::function<std::uint64_t(std::uint64_t)> below;
  std::function<void()> think;
  Told* told = nullptr;

  std::optional<resolve::Answer> ask(const sync::Situation& situation,
                                     const resolve::Question& question) override;
  bool confirm(const sync::Situation&, const resolve::Resolution&) override { return true; }
  void started_over(const std::string&, int) override {}
};

struct Device {
  Device(support::MemoryBuckets& buckets, std::string device_name, std::uint64_t seed);

  /// A person saves config.json, durably: what an editor loses in a power cut is not our loss.
  void save(const std::string& text, bool by_renaming);
  json::Value document() const;
  std::string text() const { return files.text_of(support::device_config).value_or(""); }
  /// The texts of everything in history/, and of config.json.
  bool remembers(const std::string& value) const;

  std::string name;
  support::FakeClock clock;
  support::FakeRandom random;
  support::MemoryFileSystem files{clock};
  support::MemoryObjectStore network;
  SimulatedFiles simulated_files{files, support::device_config};
  SimulatedStore store;
  Person person;

  bool is_running = false;
  /// Cut off: what still runs is only the stack being unwound.
  bool is_down = false;
  /// A person's own file operations are no steps of the run.
  bool is_saving = false;
  /// The last run did not come to its end.
  bool has_unfinished_run = false;
  bool disk_is_full = false;
  std::size_t file_changes = 0;
  std::size_t saves = 0;
};

}  // namespace start_claude::simulation
