// A terminal with a person who gives the scripted answers, and a record of what was shown.
//
// Being asked more than was scripted fails the Catch test that runs and reads as end of input; a
// test about that very thing sets `may_run_out`.
#pragma once

#include <catch2/catch.hpp>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "platform/terminal.h"

namespace start_claude::support {

class FakeTerminal final : public platform::Terminal {
 public:
  /// What is still to be typed, a line each, without line ends.
  std::deque<std::string> answers;
  bool may_run_out = false;
  bool input_tty = true;
  bool output_tty = true;
  bool error_tty = true;
  int columns = 80;
  /// The reader of stdout has gone, or the disk behind it is full.
  bool output_broken = false;

  FakeTerminal() = default;
  explicit FakeTerminal(std::deque<std::string> script) : answers(std::move(script)) {}

  bool input_is_tty() const override { return input_tty; }
  bool output_is_tty() const override { return output_tty; }
  bool error_is_tty() const override { return error_tty; }
  int width() const override { return columns; }

  bool write_output(std::string_view text) override {
    if (output_broken) return false;
    output_ += text;
    screen_ += text;
    return true;
  }
  void write_error(std::string_view text) override {
    errors_ += text;
    screen_ += text;
  }

  std::optional<std::string> read_line() override {
    auto answer = next_answer();
    if (answer) screen_ += *answer;
    screen_ += '\n';
    return answer;
  }
  std::optional<std::string> read_secret() override {
    screen_ += '\n';
    ++secrets_read_;
    return next_answer();
  }
  std::string read_all() override {
    std::string all;
    for (const std::string& line : answers) all += line + '\n';
    answers.clear();
    return all;
  }

  const std::string& output() const { return output_; }
  const std::string& errors() const { return errors_; }
  /// Both streams and the echo of what was typed, in order: what a person sees.
  const std::string& screen() const { return screen_; }
  /// How many answers were read without echo.
  int secrets_read() const { return secrets_read_; }

 private:
  std::optional<std::string> next_answer() {
    if (answers.empty()) {
      if (!may_run_out) FAIL_CHECK("asked more than was scripted, after:\n" + screen_);
      return std::nullopt;
    }
    std::string answer = std::move(answers.front());
    answers.pop_front();
    return answer;
  }

  std::string output_;
  std::string errors_;
  std::string screen_;
  int secrets_read_ = 0;
};

}  // namespace start_claude::support
