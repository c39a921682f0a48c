// What s3-doctor found, one line for each thing it looked at: a grade, a text, and the fix.
//
// machine_findings.h words what was found on this machine, store_findings.h what was found at the
// store. This file knows only how lines, JSON and an exit code are made of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "json/value.h"

namespace start_claude::ui {

enum class Grade {
  ok,
  warning,  ///< works, but should be mended or known
  failure,
  not_tried,
};

struct Finding {
  std::string_view check;  ///< "conditional writes"
  Grade grade = Grade::ok;
  std::string text;
  std::string fix = {};  ///< what to do, without a full stop; may be empty
  /// Of a failure: what a command that ran into it would end with.
  ErrorKind kind = ErrorKind::unexpected;
};

/// A failure in the words of the error that says it.
Finding finding_from(std::string_view check, const Error& error);

/// "failure  TLS  the certificate has expired; fix: ...", in columns.
std::vector<std::string> format_findings(const std::vector<Finding>& findings);

/// 0, or what the first failure ends a command with: later ones may be its consequences.
int exit_code_of(const std::vector<Finding>& findings);

/// The checks of s3-doctor --json: [{"check", "grade", "text", "fix"?}...].
json::Value json_of(const std::vector<Finding>& findings);

/// The whole object of s3-doctor --json.
std::string format_findings_json(std::string_view command, const std::vector<Finding>& findings);

}  // namespace start_claude::ui
