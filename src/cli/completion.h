// Manual page and shell completions, made from the definition of the command line.
//
// Pure functions over describe_commands(): a flag that exists completes and is documented, and no
// other. The scripts depend on nothing but the shell, and never run the program.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace start_claude::cli {

struct FlagText {
  std::vector<std::string> names;  ///< "-q", "--quiet"
  std::string value;               ///< "FILE"; empty if it takes none
  std::string text;
  std::vector<std::string> choices;  ///< all values it takes; empty if they are not listed
};

struct CommandText {
  std::string name;  ///< "s3-sync"; empty for the program itself
  std::string text;
  std::vector<FlagText> flags;
};

/// The program itself and then its commands, each with the flags of its own.
using CommandLineText = std::vector<CommandText>;

std::string format_bash_completion(const CommandLineText& commands);
std::string format_zsh_completion(const CommandLineText& commands);
std::string format_fish_completion(const CommandLineText& commands);
/// start-claude(1), in man(7)'s macros.
std::string format_manual_page(const CommandLineText& commands, std::string_view version);

}  // namespace start_claude::cli
