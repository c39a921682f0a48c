// An environment of exactly the variables a test names.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "platform/environment.h"

namespace start_claude::support {

class FakeEnvironment final : public platform::Environment {
 public:
  using Variables = std::map<std::string, std::string, std::less<>>;

  Variables variables;
  std::string host = "lark";
  int process = 4711;
  std::string folder = "/home/me/work";

  FakeEnvironment() = default;
  explicit FakeEnvironment(Variables given) : variables(std::move(given)) {}

  std::optional<std::string> variable(std::string_view name) const override {
    const auto found = variables.find(name);
    if (found == variables.end() || found->second.empty()) return std::nullopt;
    return found->second;
  }
  std::string host_name() const override { return host; }
  int process_id() const override { return process; }
  std::string current_folder() const override { return folder; }
};

}  // namespace start_claude::support
