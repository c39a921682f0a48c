// Programs that print what a test wrote down, and keep how they were called.
#pragma once

#include <deque>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "platform/program.h"

namespace start_claude::support {

class FakePrograms final : public platform::Programs {
 public:
  void print(std::string text, int exit_code = 0) {
    results_.emplace_back(platform::ProgramOutput{exit_code, std::move(text)});
  }
  void fail(platform::ProgramFailure failure) { results_.emplace_back(std::move(failure)); }

  platform::ProgramResult run(const platform::ProgramRequest& request) override {
    requests.push_back(request);
    if (results_.empty()) throw std::logic_error("unexpected program: " + request.words.front());
    auto result = std::move(results_.front());
    results_.pop_front();
    return result;
  }

  std::vector<platform::ProgramRequest> requests;

 private:
  std::deque<platform::ProgramResult> results_;
};

}  // namespace start_claude::support
