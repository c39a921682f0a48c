// What s3-doctor says about this machine.
#include "ui/machine_findings.h"

#include <catch2/catch.hpp>

#include "support/fake_clock.h"
#include "support/fake_terminal.h"

namespace start_claude::ui {
namespace {

std::string text_of(const Finding& finding) { return format_findings({finding}).front(); }

sync::LocalCopy copy_of_two() {
  sync::LocalCopy copy;
  copy.exists = true;
  copy.document = json::Object{};
  copy.profiles = 2;
  return copy;
}

TEST_CASE("the config file and who may read it") {
  const sync::LocalCopy two = copy_of_two();
  const auto told = [&](const std::string& path, unsigned mode, unsigned folder_mode) {
    return text_of(config_file_finding(
        {.shown_path = path, .local = two, .mode = mode, .folder_mode = folder_mode}));
  };
  CHECK(told("~/c.json", 0600, 0700) == "ok  config file  ~/c.json, mode 600, 2 configurations");
  CHECK(told("~/c.json", 0400, 0700) == "ok  config file  ~/c.json, mode 400, 2 configurations");
  CHECK_THAT(told("~/c.json", 0640, 0700),
             Catch::StartsWith("warning  ") && Catch::EndsWith("; fix: chmod 600 ~/c.json"));
  CHECK_THAT(told("~/my files/it's.json", 0604, 0700),
             Catch::EndsWith("; fix: chmod 600 ~/'my files/it'\\''s.json'"));
  CHECK_THAT(told("~/x/c.json", 0600, 0750),
             Catch::Contains("(mode 750)") && Catch::EndsWith("; fix: chmod 700 ~/x"));
}

TEST_CASE("what kind of place config.json is at") {
  const auto told = [](PlaceFacts facts) {
    facts.exists = true;
    return text_of(place_finding(facts));
  };
  CHECK(told({}) == "ok  place  a plain file");
  CHECK(told({.target = "~/dot/c.json"}) == "ok  place  a link to ~/dot/c.json");
  CHECK(text_of(place_finding({.target = "~/dot/c.json"})) ==
        "ok  place  a link to ~/dot/c.json, which does not exist");
  CHECK_THAT(
      told({.target = "/run/c.json", .mount = {.is_mount_point = true}}),
      Catch::StartsWith("ok  place  a link to /run/c.json; mounted by itself (a bind mount)"));
  CHECK_THAT(told({.names = 2}), Catch::StartsWith("ok  place  one of 2 names of the file"));
  CHECK_THAT(told({.cloud = "icloud"}),
             Catch::StartsWith("ok  place  in the cloud folder of icloud"));
  CHECK_THAT(told({.cloud = "icloud", .has_s3_sync = true}),
             Catch::StartsWith("warning") && Catch::Contains("s3-setup moves them"));
  CHECK(told({.has_s3_sync = true}) == "ok  place  a plain file");
  CHECK_THAT(told({.mount = {.is_read_only = true}}),
             Catch::StartsWith("warning  place  a plain file; on a read-only mount"));
  CHECK_THAT(told({.names = 0, .mount = {.is_mount_point = true}}),
             Catch::StartsWith("warning") && Catch::Contains("restart the container"));
}

TEST_CASE("no config file, or a broken one") {
  const sync::LocalCopy none;
  CHECK_THAT(text_of(config_file_finding({.shown_path = "c.json", .local = none})),
             Catch::Equals("warning  config file  c.json does not exist; fix: start-claude s3-sync "
                           "brings it from the remote"));
  sync::LocalCopy broken;
  broken.exists = true;
  broken.damage = "is not valid JSON (line 14)";
  const auto finding = config_file_finding({.shown_path = "c.json", .local = broken});
  CHECK_THAT(text_of(finding), Catch::StartsWith("failure  config file  c.json is not valid JSON"));
  CHECK(finding.kind == ErrorKind::invalid_data);
}

TEST_CASE("the lock, the history and the state") {
  CHECK(text_of(lock_finding(LockState::free, "")) == "ok  lock  free");
  CHECK_THAT(text_of(lock_finding(LockState::held, "s3-sync, process 4711 on lark\n")),
             Catch::StartsWith("warning  lock  held by s3-sync, process 4711 on lark; fix: "));
  CHECK(text_of(history_finding({})) == "ok  history  empty");
  CHECK(text_of(history_finding({.entries = 12, .size_bytes = 34'100})) ==
        "ok  history  12 revisions, 34.1 KB");

  support::FakeTerminal terminal;
  support::FakeClock clock;
  const Console console(terminal, clock, {});
  const auto state = [&](const StateFileFacts& facts) {
    return text_of(state_finding(console, facts));
  };
  sync::RemoteState known;
  CHECK(state({.remembered = known}) == "ok  state  none yet: this machine never synced");
  CHECK_THAT(state({.exists = true, .is_readable = false, .remembered = known}),
             Catch::StartsWith("warning  state  s3-state.json is damaged, which is safe"));
  CHECK_THAT(state({.exists = true, .remembered = known}), Catch::Contains("never synced with"));
  known.ancestor = "ab";
  known.writer = "heron";
  CHECK(state({.exists = true, .remembered = known}) ==
        "ok  state  both sides agreed on a copy, by heron");
}

TEST_CASE("credentials, masked, with their source and how long they last") {
  const UtcTime now{std::chrono::hours(24 * 365 * 57)};
  s3::Credentials key{.access_key_id = "AKIAIOSFODNN7EXAMPLE",
                      .secret_access_key = Secret("s"),
                      .source = "AWS_ACCESS_KEY_ID"};
  const auto told = [&] { return text_of(credentials_finding(key, now)); };
  CHECK(told() == "ok  credentials  AKIA****MPLE, from AWS_ACCESS_KEY_ID");
  key.session_token = Secret("t");
  CHECK(told() == "ok  credentials  AKIA****MPLE, from AWS_ACCESS_KEY_ID, temporary");
  key.expires = now + std::chrono::minutes(42);
  CHECK(told() == "ok  credentials  AKIA****MPLE, from AWS_ACCESS_KEY_ID, for another 42 min");
  key.expires = now - std::chrono::minutes(42);
  CHECK_THAT(told(), Catch::StartsWith("warning  ") && Catch::Contains("expired 42 min ago"));
  CHECK(text_of(credentials_finding(Error{ErrorKind::access_denied, "none found", "set them"},
                                    now)) == "failure  credentials  none found; fix: set them");
}

}  // namespace
}  // namespace start_claude::ui
