// One bucket, some devices, people who edit, perhaps a program that knows nothing of us: all of it
// made and driven by one seed.
//
// First chaos: every device edits and syncs, interleaved with the others at every operation on a
// file and every request, while clocks jump, requests fail, disks fill and power goes. Then quiet:
// nothing fails any more, everyone syncs, a person settles what is asked. Then the promises of
// docs/never-lose.md are checked.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "simulation/device.h"
#include "simulation/fibers.h"
#include "simulation/ledger.h"
#include "simulation/mistakes.h"
#include "simulation/simulated_store.h"
#include "support/fake_clock.h"
#include "support/fake_random.h"
#include "support/memory_object_store.h"

namespace start_claude::simulation {

enum class StoreKind {
  conditional,
  create_only,        ///< If-None-Match honoured, If-Match ignored
  create_not_atomic,  ///< the same, and two creations at once both succeed
  ignoring,           ///< conditions are ignored, reads may be stale
  refusing,           ///< conditions are answered 501, reads may be stale
  unquoted,           ///< over HTTP: If-Match honoured without its quotes only
};

struct Scenario {
  StoreKind store = StoreKind::conditional;
  std::uint64_t seed = 1;
  Mistake mistake = Mistake::none;
  /// Keep a line for every step.
  bool traced = false;
};

struct Verdict {
  std::vector<std::string> broken;  ///< promises, in words; empty: all kept
  Excuses excuses;                  ///< for promises that were not kept and need not have been
  std::vector<std::string> trace;
};

class World {
 public:
  explicit World(const Scenario& scenario);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Verdict run();

 private:
  /// How often what goes wrong, in this seed: one in so many; 0 is never.
  struct Odds {
    std::uint64_t switches = 8;
    std::uint64_t store_fault = 0;
    std::uint64_t read_denied = 0;
    std::uint64_t crash = 0;
    std::uint64_t edit_meanwhile = 0;
    std::uint64_t disk_full = 0;
    std::uint64_t clock_jump = 0;
    bool has_one_way_uploads = false;
    bool has_foreigner = false;
    bool foreigner_destroys = false;
    /// Each edits only what nobody else does.
    bool has_own_fields = false;
    std::uint64_t copy = 0;
    std::uint64_t restore = 0;
  };

  void draw_odds();
  void make_store();
  void make_devices();
  void connect(Device& device);
  bool one_in(std::uint64_t n) { return n != 0 && random_.below(n) == 0; }
  void say(const std::string& who, const std::string& what);

  // Chaos.
  void live(Device& device);
  void live_as_foreigner();
  void pass(std::chrono::milliseconds time);
  void pass_some_time();
  void jump(Device& device);
  /// The home of a device becomes a copy of another's, or what it was some time ago.
  void copy_home(Device& device);
  void restore_home(Device& device);
  /// A conflict that is none is told, asked or held nowhere.
  void check_conflict(const Device& device, const resolve::FieldChange& told);
  /// Whether what config.json holds there has been in the bucket.
  bool has_gone_up(const std::map<std::string, std::string>& home) const;
  void doubt_homes();
  /// Every operation of a device comes by here, before its effect: the place for anything to
  /// happen.
  void step(Device& device, std::string_view operation, const std::string& path);
  void edit(Device& device);
  void sync(Device& device, const sync::RunRequest& request);
  void sync_somehow(Device& device);
  void take_down(const Device& device, const Result<sync::RunReport>& report);
  support::StoreFault store_fault(const support::StoreCall& call);
  HttpFault http_fault(const Device& device, const http::Request& request);
  bool denies_read(const std::string& device);
  PutFault put_fault();
  void deliver_late();
  void store_as_foreigner(const std::string& body, const json::Value* seen);

  // Quiet, and the promises.
  bool store_guards() const {
    return scenario_.store == StoreKind::conditional || scenario_.store == StoreKind::unquoted;
  }
  bool has_converged() const;
  void settle();
  void check();
  void check_rest();
  std::size_t changes() const;
  std::string remote_text() const;

  Scenario scenario_;
  support::FakeRandom random_;
  Odds odds_;
  support::FakeClock server_clock_;
  support::MemoryBuckets buckets_{server_clock_};
  support::MemoryObjectStore network_{buckets_, server_clock_, "late"};
  std::vector<std::unique_ptr<Device>> devices_;
  std::deque<LateRequest> late_;
  Fibers fibers_;
  Ledger ledger_;
  Told told_;
  bool is_quiet_ = false;
  Reasons clock_doubts_;
  std::string lost_journals_;  ///< of homes that a person replaced
  Verdict verdict_;
};

Verdict simulate(const Scenario& scenario);

}  // namespace start_claude::simulation
