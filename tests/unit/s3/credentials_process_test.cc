#include "s3/credentials_process.h"

#include <catch2/catch.hpp>

#include "base/text.h"
#include "credentials_fixture.h"
#include "s3/credentials_json.h"

namespace start_claude::s3 {
namespace {

TEST_CASE("credential_process: its words, as botocore splits them") {
  const auto [command, words] = GENERATE(table<std::string, std::string>({
      {"tool", "tool"},
      {"  /opt/a tool  x ", "/opt/a|tool|x"},
      {"'/opt/my tool/run' --user kim", "/opt/my tool/run|--user|kim"},
      {R"("/opt/my tool/run" "a \"b\" \\ \n $HOME")", R"(/opt/my tool/run|a "b" \ \n $HOME)"},
      {R"(/opt/my\ tool/run 'a\b' c\'d)", R"(/opt/my tool/run|a\b|c'd)"},
      {"a'b'\"c\"d", "abcd"},
      {"tool '' \"\"", "tool||"},
      {"tool ~/x *.json $X | y > z", "tool|~/x|*.json|$X|||y|>|z"},
      {"tool\t1\n2", "tool|1|2"},
  }));
  INFO(command);
  const auto split = split_command(command);
  REQUIRE(split);
  CHECK(base::join(*split, "|") == words);
}

TEST_CASE("credential_process: a command line that is none") {
  const auto [command, message] = GENERATE(table<std::string, std::string>({
      {"", "names no program"},
      {"  ", "names no program"},
      {"tool 'x", "has a ' without its end"},
      {"tool \"x\\\"", "has a \" without its end"},
      {"tool \\", "ends in a \\"},
  }));
  INFO(command);
  const auto split = split_command(command);
  REQUIRE_FALSE(split);
  CHECK(split.error().message == message);
}

constexpr const char* whole = R"({"Version": 1, "AccessKeyId": "ASIA", "SecretAccessKey": "s3cr3t",
  "SessionToken": "t0k3n", "Expiration": "2026-11-22T09:14:03Z"})";

TEST_CASE("credential_process: what it prints are the credentials") {
  CredentialsFixture machine;
  machine.programs.print(whole);
  const auto found = credentials_from_process(machine.programs, {"tool --for 'the team'", "team"});
  CHECK(words_for(found) == "ASIA s3cr3t t0k3n");
  CHECK(found->source == "credential_process of profile team");
  CHECK(found->expires == base::parse_time("2026-11-22T09:14:03Z"));
  CHECK(machine.programs.requests.front().words ==
        std::vector<std::string>{"tool", "--for", "the team"});
  // What the messages about either say.
  CHECK(machine.programs.requests.front().timeout == std::chrono::minutes(1));
  CHECK(machine.programs.requests.front().output_bytes_max == 64 * 1024);
  machine.programs.print(R"({"Version": 1, "AccessKeyId": "AKIA", "SecretAccessKey": "s"})");
  const auto lasting = credentials_from_process(machine.programs, {"tool", "team"});
  CHECK(words_for(lasting) == "AKIA s");
  CHECK_FALSE(lasting->expires);
}

TEST_CASE("credential_process: the home folder as a shell would have it") {
  const auto [command, words] = GENERATE(table<std::string, std::vector<std::string>>({
      {"~/tool arg", {"/home/kim/tool", "arg"}},
      {"$HOME/tool ~/x", {"/home/kim/tool", "/home/kim/x"}},
      {"${HOME}/tool a~/b", {"/home/kim/tool", "a~/b"}},
      {"tool ~kim/x $HOMEX/y", {"tool", "~kim/x", "$HOMEX/y"}},
  }));
  INFO(command);
  CredentialsFixture machine;
  machine.programs.print(whole);
  REQUIRE(credentials_from_process(machine.programs, {command, "team", "/home/kim"}));
  CHECK(machine.programs.requests.front().words == words);
}

TEST_CASE("credential_process: forms of Expiration") {
  const auto expiration = GENERATE(values<std::string>(
      {"2026-11-22T09:14:03Z", "2026-11-22T10:14:03+01:00", "2026-11-22T10:14:03+0100",
       "2026-11-22T09:14:03.123456+00:00", "2026-11-22T09:14:03", "2026-11-22 09:14:03+00:00",
       "2026-11-22T09:14:03 UTC", "20261122T091403Z"}));
  INFO(expiration);
  CredentialsFixture machine;
  machine.programs.print(R"({"Version": 1, "AccessKeyId": "ASIA", "SecretAccessKey": "s",)"
                         R"("Expiration": ")" +
                         expiration + R"("})");
  const auto found = credentials_from_process(machine.programs, {"tool", "team"});
  REQUIRE(found);
  REQUIRE(found->expires);
  CHECK(std::chrono::floor<std::chrono::seconds>(*found->expires) ==
        base::parse_time("2026-11-22T09:14:03Z"));
}

TEST_CASE("credential_process: what goes wrong, and no word of what it printed") {
  struct Row {
    platform::ProgramResult result;
    ErrorKind kind;
    std::string message;
  };
  const auto prints = [](std::string text) { return platform::ProgramOutput{0, std::move(text)}; };
  const std::string subject = "credential_process of profile team (tool)";
  const Row rows[] = {
      {platform::ProgramOutput{3, whole}, ErrorKind::access_denied,
       subject + " failed with exit code 3"},
      {prints("s3cr3t"), ErrorKind::not_configured,
       "what " + subject + " prints is not a JSON object"},
      {prints("[]"), ErrorKind::not_configured, "what " + subject + " prints is not a JSON object"},
      {prints(R"({"AccessKeyId": "A", "SecretAccessKey": "s3cr3t"})"), ErrorKind::not_configured,
       "what " + subject + " prints does not say \"Version\": 1"},
      {prints(R"({"Version": 2, "AccessKeyId": "A", "SecretAccessKey": "s3cr3t"})"),
       ErrorKind::not_configured, "what " + subject + " prints does not say \"Version\": 1"},
      {prints(R"({"Version": 1, "SecretAccessKey": "s3cr3t"})"), ErrorKind::not_configured,
       "what " + subject + " prints has no AccessKeyId"},
      {prints(R"({"Version": 1, "AccessKeyId": "A", "SecretAccessKey": 7})"),
       ErrorKind::not_configured, "what " + subject + " prints has no SecretAccessKey"},
      {prints(R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"s3cr3t","Expiration":"soon"})"),
       ErrorKind::not_configured, "what " + subject + " prints has an Expiration that is no date"},
      {platform::ProgramFailure{platform::ProgramFailureKind::not_started, "No such file"},
       ErrorKind::not_configured, subject + " cannot be run: No such file"},
      {platform::ProgramFailure{platform::ProgramFailureKind::timed_out, ""},
       ErrorKind::access_denied, subject + " did not end within a minute"},
      {platform::ProgramFailure{platform::ProgramFailureKind::too_much_output, ""},
       ErrorKind::not_configured, subject + " prints more than credentials"},
      {platform::ProgramFailure{platform::ProgramFailureKind::interrupted, ""},
       ErrorKind::interrupted, "interrupted"},
  };
  for (const Row& row : rows) {
    INFO(row.message);
    CredentialsFixture machine;
    if (const auto* failure = std::get_if<platform::ProgramFailure>(&row.result)) {
      machine.programs.fail(*failure);
    } else {
      const auto& output = std::get<platform::ProgramOutput>(row.result);
      machine.programs.print(output.text, output.exit_code);
    }
    const auto found =
        credentials_from_process(machine.programs, {"tool --password hunter2", "team"});
    REQUIRE_FALSE(found);
    CHECK(found.error().kind == row.kind);
    CHECK(found.error().message == row.message);
    CHECK(found.error().hint.find("s3cr3t") == std::string::npos);
  }
}

TEST_CASE("credential_process: a variable in front of the program is not shown") {
  CredentialsFixture machine;
  machine.programs.fail({platform::ProgramFailureKind::not_started, "No such file"});
  const auto found = credentials_from_process(machine.programs, {"TOKEN=hunter2 tool", "team"});
  REQUIRE_FALSE(found);
  CHECK(found.error().message ==
        "credential_process of profile team (TOKEN) cannot be run: No such file");
}

TEST_CASE("credentials as JSON: metadata services call the token otherwise, and say a code") {
  const auto format = CredentialsFormat::metadata;
  CHECK(words_for(parse_credentials_json(
            R"({"Code": "Success", "AccessKeyId": " ASIA ", "SecretAccessKey": "s", "Token": "t"})",
            format)) == "ASIA s t");
  CHECK(words_for(parse_credentials_json(R"({"Code": "AssumeRoleUnauthorizedAccess"})", format)) ==
        "error: says AssumeRoleUnauthorizedAccess");
}

}  // namespace
}  // namespace start_claude::s3
