#include "cli/machine_memory.h"

namespace start_claude::cli {

MachineMemory::MachineMemory(Host& host, const sync::Paths& paths)
    : paths_(paths),
      host_name_(writer_name(host.environment)),
      parts_{.files = host.files,
             .clock = host.clock,
             .random = host.random,
             .paths = paths_,
             .host_name = host_name_},
      state_(sync::State::load(host.files, paths.state)) {}

Result<std::unique_ptr<MachineMemory>> MachineMemory::open(Host& host, const sync::Paths& paths) {
  std::unique_ptr<MachineMemory> machine(new MachineMemory(host, paths));
  auto memory = sync::open_memory(machine->parts_, machine->state_);
  if (!memory) return std::move(memory).error();
  machine->memory_.emplace(*std::move(memory));
  return machine;
}

}  // namespace start_claude::cli
