// Two machines with the real engine, what one of them has to do, and a run of it that is stopped.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "json/value.h"
#include "support/sync_device.h"

namespace start_claude::support {

/// A process that ends here.
struct Stopped {};

/// Throws if it is no JSON.
json::Value parsed(const std::string& text);

/// Two profiles, production and staging, with these models.
std::string with_models(const std::string& production, const std::string& staging);

/// Saved as by a careful editor, so that a power cut cannot take the edit itself.
void save(SyncDevice& device, const std::string& text);

struct Pair {
  FakeClock server_clock;
  MemoryBuckets buckets{server_clock};
  SyncDevice lark{buckets, "lark", 1};
  SyncDevice heron{buckets, "heron", 2};

  Pair() { buckets.create(device_object.bucket); }

  void pass(std::chrono::milliseconds time);
  /// An unattended sync; throws what it fails with.
  sync::RunReport sync(SyncDevice& device);
  const std::string& remote() const { return buckets.find(device_object)->body; }
};

/// What lark's run has to do, and what everybody must have in the end.
struct Scenario {
  std::string what;
  std::function<void(Pair&)> prepare;
  std::string in_the_end;
};

/// Both machines and the bucket hold with_models("m1", "m1").
void agree(Pair& pair);
/// First upload, first download, upload, download, merge.
const std::vector<Scenario>& scenarios();

enum class Ending {
  killed,
  power_cut,          ///< nothing unsynced survives
  power_cut_by_luck,  ///< each unsynced thing survives or not
};

/// Stops lark's run before its step `steps`; false if the run has not so many.
bool stop_before(Pair& pair, int steps, Ending ending,
                 resolve::Direction direction = resolve::Direction::both);

}  // namespace start_claude::support
