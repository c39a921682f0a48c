#include "cli/host.h"

namespace start_claude::cli {

std::string writer_name(const platform::Environment& environment) {
  if (auto given = environment.variable("START_CLAUDE_HOST")) return *std::move(given);
  const std::string name = environment.host_name();
  return name.substr(0, name.find('.'));
}

}  // namespace start_claude::cli
