// A machine that credentials are looked for on: its files, variables, programs and services.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "s3/credentials_source.h"
#include "support/fake_clock.h"
#include "support/fake_environment.h"
#include "support/fake_programs.h"
#include "support/fake_random.h"
#include "support/memory_filesystem.h"
#include "support/scripted_transport.h"

namespace start_claude::s3 {

struct CredentialsFixture {
  support::FakeClock clock;
  support::MemoryFileSystem files{clock};
  support::FakeRandom random;
  support::FakeEnvironment environment{{{"HOME", "/home/kim"}}};
  support::FakePrograms programs;
  support::ScriptedTransport transport{clock};
  support::ScriptedTransport direct{clock};
  std::vector<std::string> warnings;
  std::vector<AttemptReport> reports;

  CredentialsFixture() {
    (void)files.make_folder("/home/kim/.aws", 0700);
    (void)files.make_folder("/run", 0755);
  }

  CredentialsParts parts() {
    return {.clock = clock,
            .files = files,
            .random = random,
            .environment = environment,
            .programs = programs,
            .transport = transport,
            .direct = direct,
            .warn = [this](const auto& text) { warnings.push_back(text); },
            .report = [this](const auto& report) { reports.push_back(report); }};
  }

  void write_config(std::string_view text) { write("/home/kim/.aws/config", text); }
  void write_credentials(std::string_view text) { write("/home/kim/.aws/credentials", text); }
  void write(const std::string& path, std::string_view text) {
    files.write_in_place(path, text);
    // A file that is just being written is read again and again.
    clock.advance(std::chrono::seconds(1));
  }
};

/// "KEY SECRET TOKEN", or what there was instead: "passed over: ...", "error: ...".
inline std::string words_for(const Credentials& credentials) {
  std::string words = credentials.access_key_id + ' ' + credentials.secret_access_key.reveal();
  if (credentials.session_token) words += ' ' + credentials.session_token->reveal();
  return words;
}

inline std::string words_for(const Result<Sourced>& found) {
  if (!found) return "error: " + found.error().message;
  if (const auto* passed = std::get_if<PassedOver>(&*found)) return "passed over: " + passed->why;
  return words_for(std::get<Credentials>(*found));
}

inline std::string words_for(const Result<Credentials>& found) {
  return found ? words_for(*found) : "error: " + found.error().message;
}

/// What STS answers, as its API reference prints it.
inline http::Response role_reply(const std::string& action, const std::string& suffix = "") {
  return {.status = 200,
          .headers = {{"content-type", "text/xml"}},
          .body = "<" + action + "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n" +
                  "  <" + action +
                  "Result>\n    <AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role"
                  "/r/s</Arn><AssumedRoleId>ARO123:s</AssumedRoleId></AssumedRoleUser>\n"
                  "    <Credentials><AccessKeyId>ASIA" +
                  suffix + "</AccessKeyId><SecretAccessKey>role/secret" + suffix +
                  "</SecretAccessKey><SessionToken>role-token" + suffix +
                  "</SessionToken><Expiration>2026-11-22T09:14:03Z</Expiration></Credentials>\n"
                  "  </" +
                  action +
                  "Result>\n  <ResponseMetadata><RequestId>c6104cbe</RequestId>"
                  "</ResponseMetadata>\n</" +
                  action + "Response>"};
}

inline http::Response sts_error(int status, const std::string& code, const std::string& message) {
  return {.status = status,
          .headers = {{"content-type", "text/xml"}},
          .body =
              "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>"
              "<Type>Sender</Type><Code>" +
              code + "</Code><Message>" + message +
              "</Message></Error><RequestId>c6104cbe</RequestId></ErrorResponse>"};
}

}  // namespace start_claude::s3
