#include "server/balance_set.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace start_claude::server {
namespace {

bool is_wished(const std::vector<std::string>& names, const std::string& name) {
  if (names.empty()) return true;
  return std::any_of(names.begin(), names.end(), [&name](const std::string& wished) {
    return base::fold_case(wished) == base::fold_case(name);
  });
}

void add_unknown_names(const config::ApiProfiles& profiles, const BalanceWishes& wishes,
                       BalanceSet& set) {
  for (const std::string& wished : wishes.names) {
    const auto has_it = [&wished](const auto& profile) {
      return is_wished({wished}, profile.name);
    };
    const bool exists = std::any_of(profiles.usable.begin(), profiles.usable.end(), has_it) ||
                        std::any_of(profiles.skipped.begin(), profiles.skipped.end(), has_it);
    if (!exists) set.skipped.push_back({wished, "is not in config.json"});
  }
}

}  // namespace

Result<std::shared_ptr<const BalanceSet>> balance_set_from(const json::Value& document,
                                                           const BalanceWishes& wishes) {
  auto settings = config::balance_settings_from(document);
  if (!settings) return std::move(settings).error();
  auto set = std::make_shared<BalanceSet>();
  set->settings = *std::move(settings);
  if (wishes.strategy) set->settings.strategy = *wishes.strategy;
  const auto profiles = config::api_profiles_from(document);
  for (const auto& profile : profiles.usable) {
    if (!is_wished(wishes.names, profile.name)) continue;
    auto made = BalanceEndpoint::make(profile, wishes.proxies);
    if (auto* skipped = std::get_if<config::SkippedProfile>(&made)) {
      set->skipped.push_back(std::move(*skipped));
    } else {
      set->endpoints.push_back(std::get<std::shared_ptr<const BalanceEndpoint>>(std::move(made)));
    }
  }
  for (const auto& skipped : profiles.skipped) {
    if (is_wished(wishes.names, skipped.name)) set->skipped.push_back(skipped);
  }
  add_unknown_names(profiles, wishes, *set);
  return std::shared_ptr<const BalanceSet>(std::move(set));
}

}  // namespace start_claude::server
