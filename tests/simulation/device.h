// One machine of the simulation: clock, files, network, and the person in front of it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "json/value.h"
#include "s3/s3_object_store.h"
#include "simulation/ledger.h"
#include "simulation/simulated_files.h"
#include "simulation/simulated_server.h"
#include "simulation/simulated_store.h"
#include "support/sync_device.h"

namespace start_claude::simulation {

inline const sync::RemoteName device_remote{"memory", support::device_object.bucket,
                                            support::device_object.key};

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
  void displaced_lost(const std::vector<resolve::FieldChange>& conflicts) override {
    told->about(conflicts);
  }
};

struct Device {
  Device(support::MemoryBuckets& buckets, std::string device_name, std::uint64_t seed);

  /// As a new process: it knows of the store what s3-state.json says.
  void connect_by_http();
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
  /// Where the store is spoken to over HTTP.
  std::optional<SimulatedServer> server;
  s3::FixedCredentials credentials{{.access_key_id = "KEY", .secret_access_key = Secret("secret")}};
  std::optional<s3::S3ObjectStore> client;
  Person person;

  bool is_running = false;
  /// Cut off: what still runs is only the stack being unwound.
  bool is_down = false;
  /// A person's own file operations are no steps of the run.
  bool is_saving = false;
  /// Somebody saved config.json right before it was exchanged: one step later it would be put back.
  bool typed_at_exchange = false;
  /// The last run did not come to its end.
  bool has_unfinished_run = false;
  bool disk_is_full = false;
  std::size_t file_changes = 0;
  std::size_t saves = 0;
};

}  // namespace start_claude::simulation
