// What a secret must be like that somebody hands in: the checks before an edit is made.
//
// Whoever edits saw masks in place of secrets, and a mask that is saved destroys the secret. So an
// edit names a secret only to replace it, leaves it out to keep it, and null removes it; whatever
// looks like a mask is refused, also where it is this secret's own.
#pragma once

#include <string>
#include <vector>

#include "config/profile_rules.h"
#include "json/value.h"

namespace start_claude::config {

struct CheckedPatch {
  json::Value patch;                   ///< blanks and line ends around its secrets gone
  std::vector<FieldProblem> problems;  ///< fields are named below the path: "env.MY_TOKEN"
};

/// Checks the secrets in `patch`, an edit (as for patched()) of the value `before` at `path`; null
/// for a new one.
CheckedPatch check_secrets(const json::Value& patch, const json::Value& before,
                           const std::vector<std::string>& path);

/// What is wrong with a text that must be one line of visible characters; empty if nothing is.
std::string line_problem(std::string_view text);

}  // namespace start_claude::config
