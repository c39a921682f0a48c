// What a command says, and where: results on stdout, everything else on stderr.
//
// Knows --quiet, --json and colour, and nothing about what is said. Errors are printed here, once.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "platform/clock.h"
#include "platform/terminal.h"

namespace start_claude::ui {

enum class Colour { never, always };

struct ConsoleOptions {
  bool quiet = false;  ///< no results and no warnings, only errors
  bool json = false;   ///< stdout carries one JSON object and nothing else
  bool verbose = false;
  Colour colour = Colour::never;  ///< of stderr
};

class Console {
 public:
  Console(platform::Terminal& terminal, const platform::Clock& clock, ConsoleOptions options);

  /// A line of the result, to stdout; nothing with --quiet or --json.
  void say(std::string_view line);
  /// Bytes of the result as they are, to stdout; nothing with --quiet or --json.
  void say_bytes(std::string_view bytes);
  /// The JSON object of --json, to stdout; nothing without.
  void say_json(std::string_view object);
  /// A line that belongs to a question, to stderr, whatever the options: without it the question
  /// could not be understood.
  void explain(std::string_view line);
  /// Part of a line, for prompts.
  void prompt(std::string_view text);
  /// "start-claude: warning: ..." to stderr, each warning once; nothing with --quiet.
  void warn(std::string_view message);
  /// "start-claude: error: ..." and, if there is one, "start-claude: hint: ...".
  void fail(const Error& error);
  void hint(std::string_view text);
  /// A line to stderr with --verbose only.
  void trace(std::string_view line);

  /// "2026-11-22 09:14:03 +0100", in this machine's zone.
  std::string time(UtcTime when) const;
  /// The same, or "time unknown".
  std::string time(const std::optional<UtcTime>& when) const;

  bool verbose() const { return options_.verbose; }
  bool json() const { return options_.json; }
  bool quiet() const { return options_.quiet; }
  /// True if stdout could not be written: the result was not delivered.
  bool output_failed() const { return output_failed_; }
  platform::Terminal& terminal() { return terminal_; }

 private:
  void write_labelled(std::string_view label, std::string_view colour_code, std::string_view text);

  platform::Terminal& terminal_;
  const platform::Clock& clock_;
  ConsoleOptions options_;
  bool output_failed_ = false;
  std::set<std::string, std::less<>> warned_;
};

}  // namespace start_claude::ui
