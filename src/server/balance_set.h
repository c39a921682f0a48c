// The endpoints of one reading of config.json, and the rules for choosing between them.
//
// Never changed once made: a request works on the set it began with, whatever is read meanwhile.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/balance_settings.h"
#include "json/value.h"
#include "server/balance_endpoint.h"
#include "server/balance_selection.h"

namespace start_claude::server {

struct BalanceSet {
  std::vector<std::shared_ptr<const BalanceEndpoint>> endpoints;
  config::BalanceSettings settings;
  std::vector<config::SkippedProfile> skipped;

  SelectionRules rules() const {
    return {.strategy = settings.strategy,
            .response_time_window = settings.response_time_window,
            .samples_min = settings.samples_min};
  }
};

/// What the command line says about the set.
struct BalanceWishes {
  /// Only profiles of these names; empty for all.
  std::vector<std::string> names = {};
  /// Instead of the one in the settings.
  std::optional<config::BalanceStrategy> strategy = {};
  /// This machine's proxies.
  http::CurlOptions proxies = {};
};

/// A wished name that no profile has is among the skipped ones. The error is that of
/// config::balance_settings_from().
Result<std::shared_ptr<const BalanceSet>> balance_set_from(const json::Value& document,
                                                           const BalanceWishes& wishes);

}  // namespace start_claude::server
