// What a profile must be like to be of use: the checks a settings page shows beside its fields.
//
// Only what an edit touched is checked, so that a file with something strange in it can still be
// edited elsewhere.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "json/value.h"

namespace start_claude::config {

struct FieldProblem {
  std::string field;    ///< "baseUrl"; "env.PATH" inside objects
  std::string problem;  ///< "must be an http or https URL"
  bool operator==(const FieldProblem&) const = default;
};

/// What is wrong with the profile at `index` of `after`, as far as it says something else there
/// than `before` did; null for a new one.
std::vector<FieldProblem> profile_problems(const json::Value* before, const json::Value& after,
                                           std::size_t index);

/// The same for the settings outside s3Sync: `balanceMode` and the flags.
std::vector<FieldProblem> settings_problems(const json::Value* before, const json::Value& after);

}  // namespace start_claude::config
