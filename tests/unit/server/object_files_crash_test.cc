// Whatever dies between any two steps of a write, an object's bytes and metadata are of one write.

#include <catch2/catch.hpp>
#include <map>
#include <optional>
#include <string>

#include "service_client.h"

namespace start_claude::server {
namespace {

struct Killed {};

/// An object as a client sees it: its body and its x-amz-meta-writer, or that there is none.
std::string seen(TestService& server, const std::string& target) {
  const auto got = server.send("GET", target);
  if (got.status != 200) return outcome(got);
  const auto head = server.send("HEAD", target);
  CHECK(head.headers.find("ETag") == got.headers.find("ETag"));
  CHECK(head.headers.find("x-amz-meta-writer") == got.headers.find("x-amz-meta-writer"));
  return got.body + " by " + got.headers.find("x-amz-meta-writer").value_or("nobody");
}

void put(TestService& server, const std::string& target, const std::string& body,
         const std::string& writer) {
  const auto response = server.send("PUT", target, body, {{"x-amz-meta-writer", writer}});
  CHECK(response.status == 200);
}

enum class Death { of_the_process, of_the_power, of_the_power_at_random };

void die(TestService& server, Death death) {
  server.files.before_operation = {};
  server.kill();
  switch (death) {
    case Death::of_the_process: break;
    case Death::of_the_power: server.files.crash_losing_unsynced(); break;
    case Death::of_the_power_at_random: server.files.crash(server.random); break;
  }
}

struct Change {
  const char* what;
  const char* target;
  std::string before;  ///< body of an earlier write by "ada"; empty for none
  std::string after;   ///< body of the write by "bob" that is interrupted; empty to delete
};

/// Runs the change up to its `step`-th operation on the disk. False if it has fewer.
bool interrupted_at(TestService& server, const Change& change, int step) {
  int operations = 0;
  server.files.before_operation = [&](std::string_view, const std::string&) {
    if (operations++ == step) throw Killed{};
  };
  try {
    if (change.after.empty()) {
      server.send("DELETE", change.target);
    } else {
      put(server, change.target, change.after, "bob");
    }
  } catch (const Killed&) {
    return true;
  }
  return false;
}

TEST_CASE("a write that is killed anywhere happened wholly or not at all") {
  const auto change = GENERATE(values<Change>({
      {"a new object", "/cfg/team/a", "", "two"},
      {"another body", "/cfg/team/a", "one", "two"},
      {"the same body by somebody else", "/cfg/team/a", "one", "one"},
      {"beside a folder of its name", "/cfg/team", "one", "two"},
      {"a deletion", "/cfg/team/a", "one", ""},
  }));
  const auto death =
      GENERATE(Death::of_the_process, Death::of_the_power, Death::of_the_power_at_random);
  INFO(change.what << ", death " << static_cast<int>(death));

  for (int step = 0;; ++step) {
    INFO("killed before operation " << step);
    TestService server;
    server.random = support::FakeRandom(static_cast<std::uint64_t>(step));
    server.send("PUT", "/cfg");
    put(server, "/cfg/team/other", "other", "eve");
    if (!change.before.empty()) put(server, change.target, change.before, "ada");

    const bool killed = interrupted_at(server, change, step);
    die(server, death);
    server.start();

    const std::string old_state =
        change.before.empty() ? "404 NoSuchKey" : change.before + " by ada";
    const std::string new_state = change.after.empty() ? "404 NoSuchKey" : change.after + " by bob";
    const std::string state = seen(server, change.target);
    if (killed) {
      CHECK((state == old_state || state == new_state));
    } else {
      CHECK(state == new_state);
    }
    CHECK(seen(server, "/cfg/team/other") == "other by eve");

    // What was left half-way is in nobody's way.
    put(server, change.target, "three", "cyd");
    CHECK(seen(server, change.target) == "three by cyd");
    if (!killed) break;
  }
}

TEST_CASE("what a killed server left half-way is swept up by the next one") {
  TestService server;
  server.send("PUT", "/cfg");
  put(server, "/cfg/a", "one", "ada");
  server.files.before_operation = [](std::string_view operation, const std::string&) {
    if (operation == "rename") throw Killed{};
  };
  CHECK_THROWS_AS(server.send("PUT", "/cfg/a", "two"), Killed);
  die(server, Death::of_the_process);
  server.start();
  const auto left = server.files.list("/srv/s3/cfg/.s3-serve/incoming");
  CHECK(std::get<std::vector<std::string>>(left).empty());
}

}  // namespace
}  // namespace start_claude::server
