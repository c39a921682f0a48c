// One machine with the real engine on it: its own clock, files, randomness and view of the bucket.
//
// Devices over the same MemoryBuckets share the remote. A test writes config.json, lets the device
// run, and looks at both sides.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/fake_clock.h"
#include "support/fake_random.h"
#include "support/memory_filesystem.h"
#include "support/memory_object_store.h"
#include "sync/engine.h"

namespace start_claude::support {

/// The revision of this document.
std::string revision_of(const std::string& text);

/// A person who gives scripted answers; nobody, once they have run out.
class ScriptedConversation final : public sync::Conversation {
 public:
  std::deque<resolve::Answer> answers;
  /// Takes the side for every conflict it is asked about.
  std::optional<resolve::Side> takes = {};
  /// What happens while the person thinks about each question.
  std::function<void()> while_asked;
  std::vector<resolve::Topic> asked;
  std::vector<std::string> raced_by;
  std::vector<std::string> lost;

  std::optional<resolve::Answer> ask(const sync::Situation& situation,
                                     const resolve::Question& question) override;
  bool confirm(const sync::Situation& situation, const resolve::Resolution& resolution) override;
  void started_over(const std::string& writer, int round) override;
  void settled_earlier(const std::vector<resolve::FieldChange>& conflicts) override;
};

inline const s3::ObjectLocation device_object{"team", "start-claude-config.json"};
inline const std::string device_config = "/home/me/.start-claude/config.json";

class SyncDevice {
 public:
  SyncDevice(MemoryBuckets& buckets, std::string name, std::uint64_t seed = 1);

  /// Writes config.json as an editor would, at this device's time.
  void edit(const std::string& text);
  /// {"configs":[{"name":"production","model":MODEL}]} and the like, from (name, model) pairs.
  static std::string configs(const std::vector<std::pair<std::string, std::string>>& profiles);

  Result<sync::RunReport> run(const sync::RunRequest& request);
  Result<sync::RunReport> sync_unattended();
  Result<sync::RunReport> sync_by_hand(std::deque<resolve::Answer> answers);

  /// What this machine remembers, as its next run will find it.
  sync::Memory memory();
  /// Whether the journal has a content whose text contains that.
  bool has_kept(std::string_view part);

  /// config.json; nothing if there is none.
  std::optional<std::string> local() const { return files.text_of(device_config); }
  /// Requests sent since this was asked last.
  std::size_t requests();

  FakeClock clock;
  FakeRandom random;
  MemoryFileSystem files{clock};
  MemoryObjectStore store;
  ScriptedConversation conversation;
  std::string name;
  const sync::Paths paths = sync::paths_beside(device_config);
  const sync::RemoteName remote{"memory", device_object.bucket, device_object.key};

  sync::MemoryParts memory_parts() {
    return {.files = files, .clock = clock, .random = random, .paths = paths, .host_name = name};
  }

 private:
  std::size_t requests_told_ = 0;
};

}  // namespace start_claude::support
