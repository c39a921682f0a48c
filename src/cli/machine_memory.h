// What this machine remembers, for commands that look it up or bring something back without a sync.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "cli/host.h"
#include "sync/memory.h"
#include "sync/paths.h"
#include "sync/state.h"

namespace start_claude::cli {

class MachineMemory {
 public:
  static Result<std::unique_ptr<MachineMemory>> open(Host& host, const sync::Paths& paths);
  MachineMemory(const MachineMemory&) = delete;
  MachineMemory& operator=(const MachineMemory&) = delete;

  const sync::MemoryParts& parts() const { return parts_; }
  sync::State& state() { return state_; }
  sync::Memory& memory() { return *memory_; }

 private:
  MachineMemory(Host& host, const sync::Paths& paths);

  sync::Paths paths_;
  std::string host_name_;
  sync::MemoryParts parts_;
  sync::State state_;
  std::optional<sync::Memory> memory_;
};

}  // namespace start_claude::cli
