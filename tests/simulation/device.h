// One machine of the simulation: clock, files, network, and the person in front of it.
#pragma once

#include <functional>
#include <map>
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

inline const std::string journal_path = sync::paths_beside(support::device_config).journal;

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
  void settled_earlier(const std::vector<resolve::FieldChange>& conflicts) override {
    told->about(conflicts);
  }
};

struct Device {
  Device(support::MemoryBuckets& buckets, std::string device_name, std::uint64_t seed);

  /// As a new process: it knows of the store what s3-state.json says.
  void connect_by_http();
  /// A person saves config.json, with an editor that puts it on the disk or leaves that to the
  /// system. An editor that renames puts the new name on the disk in any case.
  void save(const std::string& text, bool by_renaming, bool is_synced = true);
  /// The system has written in time what editors left to it, unless a run vouched for it: what they
  /// lose is not our loss.
  void lose_power(platform::Random& luck);
  /// What they saved is in the bucket by now and was remembered: from here on it is our loss.
  void vouch() { left_to_system_.clear(); }
  /// config.json and what this program keeps beside it.
  std::map<std::string, std::string> home() const;
  void become(const std::map<std::string, std::string>& home);
  /// A mistake: the journal says that what is intended is done.
  void note_done_early();
  json::Value document() const;
  std::string text() const { return files.text_of(support::device_config).value_or(""); }
  /// Whether a content in the journal, or config.json, has it.
  bool remembers(const std::string& value) const;

  std::string name;
  support::FakeClock clock;
  support::FakeRandom random;
  support::MemoryFileSystem files{clock};
  support::MemoryObjectStore network;
  SimulatedFiles simulated_files{files, support::device_config, journal_path};
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
  std::size_t ledger_at_begin = 0;  ///< Ledger::now() when its run began
  /// A backup of its home, by path.
  std::map<std::string, std::string> backup;
  bool is_backup_up = false;  ///< World::has_gone_up()
  /// The last run did not come to its end.
  bool has_unfinished_run = false;
  /// Why conflicts may be told here that are none (docs/never-lose.md, "What is not promised").
  Reasons imprecisions;
  /// Saved since config.json was exchanged in this run; nothing before that.
  std::optional<int> saves_since_exchange;
  bool disk_is_full = false;
  std::size_t file_changes = 0;
  std::size_t saves = 0;

 private:
  void start_system();

  std::uint64_t boots_ = 0;
  /// What was saved and not synced, until a run vouches for it.
  support::Texts left_to_system_;
};

}  // namespace start_claude::simulation
