#include "config/profile_rules.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "base/text.h"
#include "config/api_profile.h"
#include "config/profile.h"
#include "config/secret_rules.h"

namespace start_claude::config {
namespace {

constexpr std::size_t name_bytes_max = 100;
constexpr std::size_t digits_max = 15;

using Check = std::optional<std::string> (*)(const json::Value& value);

std::optional<std::string> check_text(const json::Value& value) {
  if (value.as_string() == nullptr) return "must be a text";
  return std::nullopt;
}

std::optional<std::string> check_truth(const json::Value& value) {
  if (value.as_bool() == nullptr) return "must be on or off";
  return std::nullopt;
}

/// http or https, a host, and no blanks.
std::optional<std::string> check_url(const json::Value& value) {
  const std::string* text = value.as_string();
  if (text == nullptr) return "must be a text";
  if (text->empty()) return std::nullopt;
  const auto scheme_end = text->find("://");
  const std::string scheme = base::to_lower(text->substr(0, std::min(scheme_end, text->size())));
  const bool is_web = scheme_end != std::string::npos && (scheme == "http" || scheme == "https");
  if (!is_web) return "must begin with http:// or https://";
  const std::string_view rest = std::string_view(*text).substr(scheme_end + 3);
  if (rest.empty() || rest.front() == '/' || rest.front() == ':') return "names no host";
  const bool is_plain = std::all_of(rest.begin(), rest.end(), [](char c) {
    return static_cast<unsigned char>(c) > ' ' && c != '\x7f';
  });
  if (!is_plain) return "must not have blanks in it";
  if (auto problem = line_problem(*text); !problem.empty()) return problem;
  return std::nullopt;
}

std::optional<std::string> check_headers(const json::Value& value) {
  if (custom_headers_from(value)) return std::nullopt;
  return "must be headers, \"Name: value\", of names that a profile may set";
}

std::optional<std::string> check_whole_number(const json::Value& value) {
  const json::Number* number = value.as_number();
  const bool is_whole = number != nullptr && number->spelling.size() <= digits_max &&
                        base::parse_unsigned(number->spelling).has_value();
  if (!is_whole) return "must be a whole number, 0 or more";
  return std::nullopt;
}

std::optional<std::string> check_positive(const json::Value& value) {
  if (auto problem = check_whole_number(value)) return "must be a whole number above 0";
  if (base::parse_unsigned(value.as_number()->spelling) == 0) {
    return "must be a whole number above 0";
  }
  return std::nullopt;
}

template <std::uint64_t min, std::uint64_t max>
std::optional<std::string> check_between(const json::Value& value) {
  const auto problem = check_whole_number(value);
  const auto number = problem ? std::nullopt : base::parse_unsigned(value.as_number()->spelling);
  if (number && *number >= min && *number <= max) return std::nullopt;
  return "must be between " + std::to_string(min) + " and " + std::to_string(max);
}

std::optional<std::string> check_strategy(const json::Value& value) {
  const std::string* text = value.as_string();
  const bool is_known =
      text != nullptr && (*text == "Fallback" || *text == "Polling" || *text == "Speed First");
  if (!is_known) return "must be Fallback, Polling or Speed First";
  return std::nullopt;
}

struct Rule {
  std::string_view field;
  Check check;
};

constexpr std::array<Rule, 18> profile_rules{{{"baseUrl", check_url},
                                              {"httpProxy", check_url},
                                              {"httpsProxy", check_url},
                                              {"noProxy", check_text},
                                              {"apiKey", check_text},
                                              {"authToken", check_text},
                                              {"model", check_text},
                                              {"smallFastModel", check_text},
                                              {"permissionMode", check_text},
                                              {"customHeaders", check_headers},
                                              {"profileType", check_text},
                                              {"order", check_whole_number},
                                              {"maxOutputTokens", check_positive},
                                              {"maxThinkingTokens", check_whole_number},
                                              {"enabled", check_truth},
                                              {"isDefault", check_truth},
                                              {"isDeleted", check_truth},
                                              {"deletedAt", check_text}}};

constexpr std::array<Rule, 3> balance_rules{{{"enableByDefault", check_truth},
                                             {"port", check_between<1, 65535>},
                                             {"strategy", check_strategy}}};
// The limits within which balance_settings_from() takes a number as it is.
constexpr std::uint64_t hour_ms = 3'600'000;
constexpr std::array<Rule, 2> health_rules{
    {{"enabled", check_truth}, {"intervalMs", check_between<1'000, hour_ms>}}};
constexpr std::array<Rule, 1> failed_rules{{{"banDurationSeconds", check_between<1, 86'400>}}};
constexpr std::array<Rule, 2> speed_rules{{{"responseTimeWindowMs", check_between<1'000, hour_ms>},
                                           {"minSamples", check_between<1, 100>}}};
constexpr std::array<Rule, 3> timeout_rules{{{"connectMs", check_between<100, hour_ms>},
                                             {"firstByteMs", check_between<100, hour_ms>},
                                             {"stallMs", check_between<100, hour_ms>}}};
constexpr std::array<Rule, 1> settings_rules{{{"overrideClaudeCommand", check_truth}}};

const json::Value* member(const json::Value* value, std::string_view name) {
  return value != nullptr ? value->find(name) : nullptr;
}

bool is_same(const json::Value* before, const json::Value& now) {
  return before != nullptr && *before == now;
}

template <class Rules>
void apply(const Rules& rules, std::string_view prefix, const json::Value* before,
           const json::Value* after, std::vector<FieldProblem>& problems) {
  for (const Rule& rule : rules) {
    const json::Value* now = member(after, rule.field);
    if (now == nullptr || is_same(member(before, rule.field), *now)) continue;
    if (auto problem = rule.check(*now)) {
      problems.push_back({std::string(prefix) + std::string(rule.field), *std::move(problem)});
    }
  }
}

std::optional<std::string> name_problem(const json::Value& document, std::size_t index) {
  const json::Array& entries = *document.find("configs")->as_array();
  const std::string name = name_of(entries[index]);
  if (base::trim(name).empty()) return "is required";
  if (base::trim(name).size() != name.size()) return "must not begin or end with a blank";
  if (name.size() > name_bytes_max) return "is too long";
  if (base::printable(name) != name) return "has characters that cannot be shown";
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const bool is_other = i != index && !is_tombstone(entries[i]);
    if (is_other && base::equal_ignoring_case(name_of(entries[i]), name)) {
      return "is the name of another configuration";
    }
  }
  return std::nullopt;
}

void check_env(const json::Value* before, const json::Value* after,
               std::vector<FieldProblem>& problems) {
  if (after == nullptr || is_same(before, *after)) return;
  const json::Object* variables = after->as_object();
  if (variables == nullptr) {
    problems.push_back({"env", "must be an object of names and texts"});
    return;
  }
  for (const json::Member& variable : variables->members()) {
    const std::string& name = variable.name;
    if (is_same(member(before, name), variable.value)) continue;
    const bool is_name = !name.empty() && name.find_first_of("= \t\n") == std::string::npos;
    if (!is_name) problems.push_back({"env." + name, "is no name for a variable"});
    if (auto problem = check_text(variable.value)) {
      problems.push_back({"env." + name, *std::move(problem)});
    }
  }
}

}  // namespace

std::vector<FieldProblem> profile_problems(const json::Value* before, const json::Value& after,
                                           std::size_t index) {
  std::vector<FieldProblem> problems;
  const json::Value& profile = (*after.find("configs")->as_array())[index];
  if (before == nullptr || name_of(*before) != name_of(profile)) {
    if (auto problem = name_problem(after, index)) problems.push_back({"name", *problem});
  }
  apply(profile_rules, "", before, &profile, problems);
  check_env(member(before, "env"), profile.find("env"), problems);
  return problems;
}

std::vector<FieldProblem> settings_problems(const json::Value* before, const json::Value& after) {
  std::vector<FieldProblem> problems;
  apply(settings_rules, "", before, &after, problems);
  const json::Value* was = member(before, "balanceMode");
  const json::Value* now = after.find("balanceMode");
  const std::string prefix = "balanceMode.";
  apply(balance_rules, prefix, was, now, problems);
  apply(health_rules, prefix + "healthCheck.", member(was, "healthCheck"),
        member(now, "healthCheck"), problems);
  apply(failed_rules, prefix + "failedEndpoint.", member(was, "failedEndpoint"),
        member(now, "failedEndpoint"), problems);
  apply(speed_rules, prefix + "speedFirst.", member(was, "speedFirst"), member(now, "speedFirst"),
        problems);
  apply(timeout_rules, prefix + "timeouts.", member(was, "timeouts"), member(now, "timeouts"),
        problems);
  return problems;
}

}  // namespace start_claude::config
