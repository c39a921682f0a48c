#include "cli/options.h"

#include <catch2/catch.hpp>

namespace start_claude::cli {
namespace {

Options parsed(const std::vector<std::string>& arguments) {
  auto result = parse_options(arguments);
  const auto* ended = std::get_if<ParsedExit>(&result);
  INFO((ended != nullptr ? ended->text : ""));
  REQUIRE(ended == nullptr);
  return std::get<Options>(result);
}

ParsedExit ended(const std::vector<std::string>& arguments) {
  auto result = parse_options(arguments);
  REQUIRE(std::holds_alternative<ParsedExit>(result));
  return std::get<ParsedExit>(result);
}

TEST_CASE("every command has its long name and its spaced alias") {
  const std::pair<std::string, Command> commands[] = {
      {"setup", Command::setup},       {"sync", Command::sync},     {"upload", Command::upload},
      {"download", Command::download}, {"status", Command::status}, {"diff", Command::diff}};
  for (const auto& [word, command] : commands) {
    CHECK(parsed({"s3-" + word}).command == command);
    CHECK(parsed({"s3", word}).command == command);
    CHECK(name_of(command) == "s3-" + word);
  }
  CHECK(parsed({"s3", "serve", "--dir", "/srv"}).serve.folder == "/srv");
}

TEST_CASE("flags for every command stand before or after it") {
  CHECK(parsed({"--config", "/c", "s3-sync"}).config == "/c");
  CHECK(parsed({"s3-sync", "--config", "/c"}).config == "/c");
  CHECK(parsed({"s3", "sync", "-q", "--json", "--no-input"}).quiet);
  CHECK(parsed({"s3-status", "--timeout", "5"}).timeout == std::chrono::seconds(5));
}

TEST_CASE("a recording is for bug reports, so help does not offer it") {
  CHECK(parsed({"s3-sync", "--record", "run.http"}).record == "run.http");
  CHECK(ended({"--help"}).text.find("--record") == std::string::npos);
}

TEST_CASE("s3-setup takes every answer as a flag") {
  const SetupOptions setup = parsed({"s3-setup",
                                     "--service",
                                     "custom",
                                     "--bucket",
                                     "cfg",
                                     "--region",
                                     "eu-1",
                                     "--endpoint",
                                     "http://127.0.0.1:9010",
                                     "--access-key-id",
                                     "AKIA",
                                     "--secret-access-key-file",
                                     "-",
                                     "--key",
                                     "a/b.json",
                                     "--credentials",
                                     "stored",
                                     "--ca-file",
                                     "ca.pem",
                                     "--addressing",
                                     "path",
                                     "--read-only",
                                     "--create-bucket"})
                                 .setup;
  CHECK(setup.service == "custom");
  CHECK(setup.bucket == "cfg");
  CHECK(setup.region == "eu-1");
  CHECK(setup.endpoint == "http://127.0.0.1:9010");
  CHECK(setup.access_key_id == "AKIA");
  CHECK(setup.secret_access_key_file == "-");
  CHECK(setup.key == "a/b.json");
  CHECK(setup.credentials == "stored");
  CHECK(setup.ca_file == "ca.pem");
  CHECK(setup.addressing == "path");
  CHECK(setup.read_only == true);
  CHECK(setup.create_bucket);
}

TEST_CASE("a mistake on the command line is exit 2 and says what is wrong") {
  const std::pair<std::vector<std::string>, std::string> rows[] = {
      {{}, "subcommand"},
      {{"s3-sink"}, "s3-sink"},
      {{"s3"}, "subcommand"},
      {{"s3-sync", "--frobnicate"}, "--frobnicate"},
      {{"s3-setup", "--service", "dropbox"}, "dropbox"},
      {{"s3-status", "--timeout", "soon"}, "--timeout"},
      {{"s3-serve"}, "--dir"},
      {{"s3-sync", "--quiet", "--verbose"}, "--quiet and --verbose"},
      {{"s3-sync", "--ask", "--yes"}, "--ask"},
      {{"s3-upload", "--allow-empty"}, "--force"},
      {{"s3-sync", "s3-upload"}, ""},
  };
  for (const auto& [arguments, told] : rows) {
    const ParsedExit exit = ended(arguments);
    INFO(exit.text);
    CHECK(exit.exit_code == 2);
    CHECK(exit.text.starts_with("start-claude: error: "));
    CHECK(exit.text.find(told) != std::string::npos);
  }
}

TEST_CASE("help and version are results") {
  CHECK(ended({"--version"}).text == version_text() + "\n");
  const ParsedExit help = ended({"--help"});
  CHECK(help.exit_code == 0);
  for (const char* command :
       {"s3-setup", "s3-sync", "s3-upload", "s3-download", "s3-status", "s3-diff", "s3-serve"}) {
    CHECK(help.text.find(command) != std::string::npos);
  }
  CHECK(ended({"s3-upload", "--help"}).text.find("--allow-empty") != std::string::npos);
}

}  // namespace
}  // namespace start_claude::cli
