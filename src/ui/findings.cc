#include "ui/findings.h"

#include <algorithm>

#include "base/text.h"
#include "json/write.h"
#include "ui/names.h"
#include "ui/table.h"

namespace start_claude::ui {
namespace {

std::string_view name_of(Grade grade) {
  switch (grade) {
    case Grade::ok: return "ok";
    case Grade::warning: return "warning";
    case Grade::failure: return "failure";
    case Grade::not_tried: return "not tried";
  }
  return "ok";
}

/// As machines want their names: "conditional_writes", "not_tried".
std::string identifier(std::string_view name) {
  return base::replace_all(base::to_lower(name), " ", "_");
}

const Finding* first_failure(const std::vector<Finding>& findings) {
  const auto found = std::find_if(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.grade == Grade::failure;
  });
  return found == findings.end() ? nullptr : &*found;
}

}  // namespace

Finding finding_from(std::string_view check, const Error& error) {
  return {.check = check,
          .grade = Grade::failure,
          .text = error.message,
          .fix = error.hint,
          .kind = error.kind};
}

std::vector<std::string> format_findings(const std::vector<Finding>& findings) {
  std::vector<Row> rows;
  for (const Finding& finding : findings) {
    std::string text = finding.text;
    if (!finding.fix.empty()) text += "; fix: " + finding.fix;
    rows.push_back(
        {std::string(name_of(finding.grade)), std::string(finding.check), std::move(text)});
  }
  return format_table(rows, 0);
}

int exit_code_of(const std::vector<Finding>& findings) {
  const Finding* failure = first_failure(findings);
  return failure == nullptr ? 0 : base::exit_code(failure->kind);
}

json::Value json_of(const std::vector<Finding>& findings) {
  json::Array checks;
  for (const Finding& finding : findings) {
    json::Object check{{"check", identifier(finding.check)},
                       {"grade", identifier(name_of(finding.grade))},
                       {"text", finding.text}};
    if (!finding.fix.empty()) check.set("fix", finding.fix);
    checks.emplace_back(std::move(check));
  }
  return checks;
}

std::string format_findings_json(std::string_view command, const std::vector<Finding>& findings) {
  const Finding* failure = first_failure(findings);
  return json::write_compact(
      json::Object{{"command", command},
                   {"result", failure == nullptr ? "ok" : "failed"},
                   {"exit", json::Value::integer(exit_code_of(findings))},
                   {"changed", false},
                   {"local", json::Null{}},
                   {"remote", json::Null{}},
                   {"reason", failure == nullptr ? "checked" : name_of(failure->kind)},
                   {"checks", json_of(findings)}});
}

}  // namespace start_claude::ui
