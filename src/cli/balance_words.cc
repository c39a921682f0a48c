#include "cli/balance_words.h"

#include "base/text.h"
#include "base/time.h"

namespace start_claude::cli {

std::string format_state_change(const server::StateChange& change) {
  if (!change.is_banned) return change.name + ": works again";
  return change.name + ": left alone for " + base::format_span(change.banned_for) + ": " +
         base::printable(change.words);
}

std::string format_set(const server::BalanceSet& set) {
  std::vector<std::string> names;
  for (const auto& endpoint : set.endpoints) names.push_back(endpoint->name());
  return base::count_of(names.size(), "profile") + " (" +
         std::string(config::format_strategy(set.settings.strategy)) + ")" +
         (names.empty() ? "" : ": " + base::join(names, ", "));
}

std::vector<std::string> warnings_about(const server::BalanceSet& set) {
  std::vector<std::string> warnings;
  for (const auto& [name, reason] : set.skipped) {
    // Somebody switched it off and knows.
    if (reason == "is disabled") continue;
    warnings.push_back(base::printable(name) + " is left out: it " + base::printable(reason));
  }
  for (const auto& endpoint : set.endpoints) {
    if (endpoint->is_private()) continue;
    warnings.push_back(endpoint->name() + " is not https: its key is readable on the way to " +
                       base::printable(endpoint->authority()));
  }
  return warnings;
}

bool is_same_set(const server::BalanceSet& a, const server::BalanceSet& b) {
  if (a.settings != b.settings || a.skipped != b.skipped) return false;
  if (a.endpoints.size() != b.endpoints.size()) return false;
  for (std::size_t i = 0; i < a.endpoints.size(); ++i) {
    if (a.endpoints[i]->identity() != b.endpoints[i]->identity()) return false;
    if (a.endpoints[i]->order() != b.endpoints[i]->order()) return false;
  }
  return true;
}

}  // namespace start_claude::cli
