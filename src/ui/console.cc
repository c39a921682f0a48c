#include "ui/console.h"

namespace start_claude::ui {
namespace {

constexpr std::string_view red = "\x1b[31m";
constexpr std::string_view yellow = "\x1b[33m";
constexpr std::string_view plain = "\x1b[0m";

}  // namespace

Console::Console(platform::Terminal& terminal, const platform::Clock& clock, ConsoleOptions options)
    : terminal_(terminal), clock_(clock), options_(options) {}

void Console::say(std::string_view line) {
  if (options_.quiet || options_.json) return;
  if (!terminal_.write_output(std::string(line) + "\n")) output_failed_ = true;
}

void Console::say_bytes(std::string_view bytes) {
  if (options_.quiet || options_.json) return;
  if (!terminal_.write_output(bytes)) output_failed_ = true;
}

void Console::say_json(std::string_view object) {
  if (!options_.json) return;
  if (!terminal_.write_output(std::string(object) + "\n")) output_failed_ = true;
}

void Console::explain(std::string_view line) { terminal_.write_error(std::string(line) + "\n"); }

void Console::prompt(std::string_view text) { terminal_.write_error(text); }

void Console::write_labelled(std::string_view label, std::string_view colour_code,
                             std::string_view text) {
  std::string line = "start-claude: ";
  if (options_.colour == Colour::always) line += colour_code;
  line += label;
  if (options_.colour == Colour::always) line += plain;
  line += ' ';
  line += text;
  line += '\n';
  terminal_.write_error(line);
}

void Console::warn(std::string_view message) {
  if (options_.quiet || !warned_.emplace(message).second) return;
  write_labelled("warning:", yellow, message);
}

void Console::fail(const Error& error) {
  write_labelled("error:", red, error.message);
  if (!error.hint.empty()) hint(error.hint);
}

void Console::hint(std::string_view text) { write_labelled("hint:", "", text); }

void Console::trace(std::string_view line) {
  if (options_.verbose) terminal_.write_error(std::string(line) + "\n");
}

std::string Console::time(UtcTime when) const {
  return base::format_local(when, clock_.utc_offset(when));
}

std::string Console::time(const std::optional<UtcTime>& when) const {
  return when ? time(*when) : "time unknown";
}

}  // namespace start_claude::ui
