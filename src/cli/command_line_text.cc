#include "cli/command_line_text.h"

#include <CLI/CLI.hpp>

namespace start_claude::cli {
namespace {

/// CLI11 writes what a value may be as "TEXT:{a,b}"; "TEXT" alone is its word for any.
void describe_value(const CLI::Option& option, FlagText& flag) {
  if (option.get_items_expected_max() == 0) return;
  const std::string type = option.get_type_name();
  const auto list = type.find(":{");
  flag.value = list == std::string::npos ? type.substr(0, type.find(':')) : "WORD";
  if (list == std::string::npos) return;
  std::string word;
  for (const char c : type.substr(list + 2)) {
    if (c != ',' && c != '}') {
      word += c;
      continue;
    }
    flag.choices.push_back(word);
    word.clear();
    if (c == '}') break;
  }
}

FlagText describe_flag(const CLI::Option& option) {
  FlagText flag;
  for (const std::string& name : option.get_snames()) flag.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) flag.names.push_back("--" + name);
  flag.text = option.get_description();
  describe_value(option, flag);
  return flag;
}

CommandText describe_command(const CLI::App& app, const std::string& name) {
  CommandText command{name, app.get_description(), {}};
  for (const CLI::Option* option : app.get_options()) {
    // Every command inherits it, and shows with it no more than with --help.
    const bool is_inherited = !name.empty() && option->check_lname("help-all");
    if (!is_inherited && !option->get_positional() && !option->get_group().empty()) {
      command.flags.push_back(describe_flag(*option));
    }
  }
  return command;
}

}  // namespace

CommandLineText describe_command_line(const CLI::App& app) {
  CommandLineText commands = {describe_command(app, "")};
  for (const CLI::App* command : app.get_subcommands({})) {
    // "s3", whose commands are these under other names.
    if (!command->get_subcommands({}).empty()) continue;
    commands.push_back(describe_command(*command, command->get_name()));
  }
  return commands;
}

}  // namespace start_claude::cli
