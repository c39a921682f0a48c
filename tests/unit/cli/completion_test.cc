#include "cli/completion.h"

#include <catch2/catch.hpp>

#include "cli/options.h"

namespace start_claude::cli {
namespace {

const CommandLineText commands = {
    {"", "Keeps it the same.", {{{"-q", "--quiet"}, "", "Only errors", {}}}},
    {"go",
     "It's .gone: [now]",
     {{{"--kind"}, "WORD", "Which", {"a", "b"}}, {{"--file"}, "FILE|-", "From", {}}}}};

std::string printed(const std::string& shell) {
  const auto result = parse_options({"completion", shell});
  const auto* ended = std::get_if<ParsedExit>(&result);
  REQUIRE(ended != nullptr);
  return ended->text;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("every shell's script has the commands, their flags and what those take") {
  const auto bash = format_bash_completion(commands);
  CHECK(contains(bash, "go) command=$word"));
  CHECK(contains(bash, "go) flags='--kind --file'"));
  CHECK(contains(bash, "--kind) COMPREPLY=($(compgen -W 'a b'"));
  CHECK(contains(bash, "--file) compopt -o filenames"));
  CHECK(contains(bash, "$flags -q --quiet"));

  const auto zsh = format_zsh_completion(commands);
  CHECK(contains(zsh, R"('go:It'\''s .gone\: \[now\]')"));
  CHECK(contains(zsh, "'--kind[Which]:WORD:(a b)'"));
  CHECK(contains(zsh, "'(-q --quiet)-q[Only errors]'"));

  const auto fish = format_fish_completion(commands);
  CHECK(contains(fish, R"(-a go -d 'It\'s .gone: [now]')"));
  CHECK(contains(fish, "-n '__fish_seen_subcommand_from go' -l kind -x -a 'a b' -d 'Which'"));
  CHECK(contains(fish, "complete -c start-claude -s q -l quiet -d 'Only errors'"));
}

TEST_CASE("the manual page escapes what troff would take for itself") {
  const auto page = format_manual_page(commands, "1.2.3");
  CHECK(contains(page, ".SS go\nIt's .gone: [now]\n"));
  CHECK(contains(page, "\\fB\\-q\\fR, \\fB\\-\\-quiet\\fR\nOnly errors"));
  CHECK(contains(page, "start\\-claude 1.2.3"));
}

TEST_CASE("the scripts are made from the command line as it is") {
  for (const std::string shell : {"bash", "zsh", "fish", "man"}) {
    INFO(shell);
    const auto text = printed(shell);
    CHECK(contains(text, shell == "man" ? "s3\\-sync" : "s3-sync"));
    CHECK(
        contains(text, shell == "man" ? "secret\\-access\\-key\\-file" : "secret-access-key-file"));
  }
  CHECK(contains(printed("bash"), "compgen -W 's3 r2 b2 custom'"));
  CHECK(std::get<ParsedExit>(parse_options({"completion", "tcsh"})).exit_code == 2);
}

}  // namespace
}  // namespace start_claude::cli
