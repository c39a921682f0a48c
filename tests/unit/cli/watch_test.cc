// watch from the first line it says to its exit code, on scripted time: no test waits.
#include <catch2/catch.hpp>

#include "base/text.h"
#include "json/parse.h"
#include "sync/lock.h"
#include "sync/paths.h"
#include "watching_machine.h"

namespace start_claude::cli {
namespace {

using namespace std::chrono_literals;
using platform::Awakening;
using platform::Signal;

struct Scene {
  support::FakeClock clock;
  TestServer server{clock};
  WatchingMachine lark{clock, server};
  Machine heron{clock, server, "heron"};

  Scene() { lark.edit("m1"); }

  /// From the other machine, by hand.
  void heron_uploads(const std::string& model) {
    heron.edit(model);
    REQUIRE(run_command(heron.host, {.command = Command::sync, .automatic = true}) == 0);
  }
  std::vector<std::string> lines() const {
    std::vector<std::string> all;
    for (const auto line : base::split(lark.terminal.screen(), '\n')) all.emplace_back(line);
    all.pop_back();
    return all;
  }
};

const std::string first_line =
    "Watching ~/.start-claude/config.json and s3://team/c.json; Ctrl+C stops it.";

TEST_CASE("watch uploads a second after the last change, once, and is silent otherwise") {
  Scene scene;
  scene.lark.end_after(30min);
  scene.lark.edit_after(10s, "m2");
  for (int i = 0; i < 100; ++i) scene.lark.edit_after(20s + i * 10ms, "m" + std::to_string(i));
  std::size_t puts_before = 0;
  scene.lark.do_after(21'980ms, [&] { puts_before = scene.server.count("PUT"); });
  std::size_t puts_after = 0;
  scene.lark.do_after(22s, [&] { puts_after = scene.server.count("PUT"); });
  CHECK(scene.lark.watch() == 0);
  CHECK(puts_after == puts_before + 1);
  const auto lines = scene.lines();
  REQUIRE(lines.size() == 4);
  CHECK(lines[0] == first_line);
  CHECK(lines[1].starts_with("Uploaded 1 profile"));
  CHECK(lines[3].starts_with("Uploaded 1 profile"));
  CHECK(scene.lark.told == std::vector<std::string>{"READY=1", "STOPPING=1"});
  // The start, each change, each second after, the end; nothing in between.
  CHECK(scene.lark.waits() == 101 + 2 + 1);
}

TEST_CASE("watch downloads at its checks, and does not send back what it wrote") {
  Scene scene;
  scene.lark.do_after(10min, [&] { scene.heron_uploads("m2"); });
  std::size_t before = 0;
  scene.lark.waiter().script(70min, [&] {
    CHECK(scene.lark.has_model("m2"));
    before = scene.server.methods.size();
    return scene.lark.changed(test_folder, "config.json");
  });
  scene.lark.do_after(72min, [&] { CHECK(scene.server.methods.size() == before); });
  scene.lark.end_after(73min);
  CHECK(scene.lark.watch() == 0);
  CHECK(scene.lines().back().find("Downloaded 1 profile: ") != std::string::npos);
}

TEST_CASE("the check interval is the settings', and SIGUSR1 and SIGHUP check at once") {
  Scene scene;
  scene.lark.edit("m1", R"(,"remoteConfigCheckIntervalMinutes":5)");
  const auto checks = [&] { return scene.server.methods.size(); };
  std::size_t at_start = 0;
  scene.lark.do_after(1s, [&] { at_start = checks(); });
  scene.lark.do_after(4min, [&] { CHECK(checks() == at_start); });
  scene.lark.do_after(6min, [&] { CHECK(checks() == at_start + 1); });
  scene.lark.waiter().script_signal(7min, Signal::check);
  scene.lark.do_after(7min + 1s, [&] { CHECK(checks() == at_start + 2); });
  scene.lark.waiter().script_signal(8min, Signal::reload);
  scene.lark.do_after(8min + 1s, [&] { CHECK(checks() == at_start + 3); });
  // A wall clock that jumps moves nothing.
  scene.lark.do_after(9min, [&] { scene.clock.set_now(scene.clock.now() - 24h); });
  scene.lark.do_after(12min, [&] { CHECK(checks() == at_start + 3); });
  scene.lark.do_after(14min, [&] { CHECK(checks() == at_start + 4); });
  scene.lark.end_after(14min + 1s);
  CHECK(scene.lark.watch() == 0);
}

TEST_CASE("the end uploads a change that has not settled") {
  Scene scene;
  scene.lark.edit_after(10s, "m2");
  scene.lark.end_after(10s + 1ms);
  SECTION("and says that all is well") {
    CHECK(scene.lark.watch() == 0);
    REQUIRE(run_command(scene.heron.host, {.command = Command::status}) == 3);
    CHECK(scene.server.count("PUT") >= 2);
    CHECK(scene.lines().back().starts_with("Uploaded 1 profile"));
  }
  SECTION("or says that it could not") {
    scene.lark.do_after(10s, [&] { scene.server.is_down = true; });
    CHECK(scene.lark.watch() == 5);
    CHECK(scene.clock.monotonic() < 1'000'000ms + 15s);
  }
}

TEST_CASE("a network that is down is told once, tried again, and caught up with") {
  Scene scene;
  scene.server.is_down = true;
  scene.lark.edit_after(5min, "m2");
  scene.lark.do_after(50min, [&] { scene.server.is_down = false; });
  scene.lark.do_after(66min, [&] { CHECK(scene.server.count("PUT") >= 1); });
  scene.lark.end_after(67min);
  CHECK(scene.lark.watch() == 0);
  const auto lines = scene.lines();
  REQUIRE(lines.size() >= 3);
  CHECK(lines[1].find("error:") != std::string::npos);
  CHECK(lines.back().starts_with("Uploaded 1 profile"));
  CHECK(std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
          return line.find("error:") != std::string::npos;
        }) == 1);
}

TEST_CASE("what is held is told once and changes nothing") {
  Scene scene;
  scene.lark.do_after(10min, [&] {
    scene.heron.edit("m1");
    REQUIRE(run_command(scene.heron.host, {.command = Command::sync, .automatic = true}) == 0);
    scene.heron_uploads("m2");
  });
  scene.lark.edit_after(10min + 1s, "m3");
  scene.lark.waiter().script_signal(15min, Signal::check);
  scene.lark.end_after(16min);
  CHECK(scene.lark.watch() == 0);
  CHECK(scene.lark.has_model("m3"));
  const auto& screen = scene.lark.terminal.errors();
  const std::string told = "production.model changed on both sides; nothing changed";
  REQUIRE(screen.find(told) != std::string::npos);
  CHECK(screen.find(told) == screen.rfind(told));
}

TEST_CASE("the settings say what watch may do by itself") {
  Scene scene;
  SECTION("no uploads") {
    (void)run_command(scene.lark.host, {.command = Command::sync, .automatic = true});
    const auto puts = scene.server.count("PUT");
    scene.lark.edit("m1", R"(,"autoUpload":false)");
    scene.lark.waiter().script(10s, [&] {
      scene.lark.edit("m2", R"(,"autoUpload":false)");
      return scene.lark.changed(test_folder, "config.json");
    });
    scene.lark.end_after(1min);
    CHECK(scene.lark.watch() == 0);
    CHECK(scene.server.count("PUT") == puts);
  }
  SECTION("only reading: an edit is no reason to ask") {
    (void)run_command(scene.lark.host, {.command = Command::sync, .automatic = true});
    scene.lark.edit("m1", R"(,"readOnly":true)");
    scene.server.methods.clear();
    scene.lark.waiter().script(10s, [&] {
      scene.server.methods.clear();
      scene.lark.edit("m2", R"(,"readOnly":true)");
      return scene.lark.changed(test_folder, "config.json");
    });
    scene.lark.end_after(1min);
    CHECK(scene.lark.watch() == 0);
    CHECK(scene.server.methods.empty());
  }
  SECTION("no downloads") {
    scene.heron_uploads("m1");
    scene.lark.edit("m1", R"(,"autoDownload":false)");
    scene.lark.do_after(10min, [&] { scene.heron_uploads("m2"); });
    scene.lark.end_after(24h);
    CHECK(scene.lark.watch() == 0);
    CHECK(scene.lark.has_model("m1"));
    CHECK(scene.lark.waits() == 1);
  }
  SECTION("nothing at all") {
    scene.lark.edit("m1", R"(,"autoUpload":false,"autoDownload":"false")");
    scene.lark.waiter().script(10s, [&] {
      scene.lark.edit("m2", R"(,"autoUpload":false,"autoDownload":"false")");
      return scene.lark.changed(test_folder, "config.json");
    });
    scene.lark.waiter().script_signal(20s, Signal::check);
    scene.lark.end_after(24h);
    CHECK(scene.lark.watch() == 0);
    CHECK(scene.server.methods.empty());
    const auto lines = scene.lines();
    REQUIRE(lines.size() == 3);
    CHECK(lines[1] ==
          "autoUpload and autoDownload are both off: nothing is uploaded or downloaded unasked; "
          "s3-sync does both.");
    CHECK(lines[2] == "Watching goes on, for when the settings change.");
  }
  SECTION("nothing at all, until they say something else") {
    scene.lark.edit("m1", R"(,"autoUpload":false,"autoDownload":false)");
    scene.lark.edit_after(10s, "m2");
    scene.lark.end_after(1min);
    CHECK(scene.lark.watch() == 0);
    CHECK(scene.server.count("PUT") > 0);
    CHECK(scene.lines()[3] == "Changes are uploaded and downloaded by themselves again.");
  }
  SECTION("what cannot be understood is said once, and is off") {
    scene.lark.edit("m1", R"(,"autoUpload":"never","autoDownload":0)");
    scene.lark.waiter().script_signal(20s, Signal::check);
    scene.lark.end_after(1min);
    CHECK(scene.lark.watch() == 0);
    CHECK(scene.server.methods.empty());
    const auto& said = scene.lark.terminal.errors();
    const std::string remark =
        "settings.s3Sync.autoUpload is neither true nor false; taken for off";
    CHECK(said.find(remark) != std::string::npos);
    CHECK(said.find(remark) == said.rfind(remark));
    CHECK(said.find("settings.s3Sync.autoDownload is a number; taken for off") !=
          std::string::npos);
  }
  SECTION("and may say something else later") {
    scene.lark.edit("m1", R"(,"autoUpload":false)");
    scene.lark.edit_after(10s, "m2");
    scene.lark.end_after(1min);
    CHECK(scene.lark.watch() == 0);
    CHECK(scene.lines().back().starts_with("Uploaded"));
  }
}

TEST_CASE("watch does not begin where it could do nothing") {
  Scene scene;
  SECTION("not set up") {
    scene.lark.files.write_in_place(test_config, R"({"configs":[]})");
    CHECK(scene.lark.watch() == 3);
  }
  SECTION("no folder, and none is made") {
    scene.lark.environment.variables["HOME"] = "/home/nobody";
    CHECK(scene.lark.watch() == 3);
    CHECK(scene.lark.files.status("/home/nobody").index() == 1);
  }
  SECTION("watched already") {
    const auto lock = sync::take_lock(scene.lark.files, scene.clock, scene.lark.environment,
                                      sync::paths_beside(test_config).watch, {.command = "watch"});
    REQUIRE(lock);
    CHECK(scene.lark.watch() == 9);
    CHECK(scene.lark.terminal.errors().find("being watched already: watch, process 4711") !=
          std::string::npos);
  }
  CHECK(scene.lark.told.empty());
}

TEST_CASE("a file that goes comes back from the remote; one that is half written waits") {
  Scene scene;
  scene.lark.waiter().script(10s, [&] {
    REQUIRE(scene.lark.files.remove(test_config).index() == 0);
    return scene.lark.changed(test_folder, "config.json");
  });
  scene.lark.do_after(12s, [&] { CHECK(scene.lark.has_model("m1")); });
  scene.lark.waiter().script(20s, [&] {
    scene.lark.files.write_in_place(test_config, Machine::config("m2").substr(0, 30));
    return scene.lark.changed(test_folder, "config.json");
  });
  scene.lark.edit_after(30s, "m2");
  scene.lark.end_after(1min);
  CHECK(scene.lark.watch() == 0);
  CHECK(scene.lark.terminal.errors().find("is not valid JSON") != std::string::npos);
  CHECK(scene.lines().back().starts_with("Uploaded"));
}

TEST_CASE("where config.json is a link, the file it leads to is watched, and the link") {
  Scene scene;
  REQUIRE(scene.lark.files.make_folder("/dot/files", 0700).index() == 0);
  REQUIRE(scene.lark.files.make_folder("/other", 0700).index() == 0);
  REQUIRE(scene.lark.files.remove(test_config).index() == 0);
  scene.lark.files.write_in_place("/dot/files/claude.json", Machine::config("m1"));
  scene.lark.files.make_link(test_config, "/dot/files/claude.json");
  scene.lark.waiter().script(10s, [&] {
    scene.lark.files.write_in_place("/dot/files/claude.json", Machine::config("m2"));
    return scene.lark.changed("/dot/files", "claude.json");
  });
  std::size_t puts = 0;
  scene.lark.do_after(15s, [&] { puts = scene.server.count("PUT"); });
  scene.lark.waiter().script(20s, [&] {
    REQUIRE(scene.lark.files.remove(test_config).index() == 0);
    scene.lark.files.write_in_place("/other/claude.json", Machine::config("m3"));
    scene.lark.files.make_link(test_config, "/other/claude.json");
    return scene.lark.changed(test_folder, "config.json");
  });
  scene.lark.do_after(25s, [&] { CHECK(scene.server.count("PUT") == puts + 1); });
  scene.lark.waiter().script(30s, [&] {
    scene.lark.files.write_in_place("/other/claude.json", Machine::config("m4"));
    return scene.lark.changed("/other", "claude.json");
  });
  scene.lark.end_after(40s);
  CHECK(scene.lark.watch() == 0);
  CHECK(scene.lark.is_watched("/other"));
  CHECK(scene.server.count("PUT") == puts + 2);
}

TEST_CASE("sync.json may move config.json into a cloud folder while it is watched") {
  Scene scene;
  REQUIRE(scene.lark.files.make_folder("/cloud/.start-claude", 0700).index() == 0);
  scene.lark.files.write_in_place("/cloud/.start-claude/config.json", Machine::config("m2"));
  scene.lark.waiter().script(10s, [&] {
    scene.lark.files.write_in_place(test_folder + "/sync.json",
                                    R"({"enabled":true,"provider":"icloud","cloudPath":"/cloud"})");
    return scene.lark.changed(test_folder, "sync.json");
  });
  scene.lark.end_after(24h);
  CHECK(scene.lark.watch() == 0);
  CHECK(scene.lark.is_watched("/cloud/.start-claude"));
  CHECK(scene.lines().back().starts_with("Uploaded 1 profile"));
  // A copy needs no checks.
  CHECK(scene.lark.waits() == 2);
}

TEST_CASE("with --json each event is an object on its line; with --quiet there is silence") {
  Scene scene;
  scene.lark.edit_after(10s, "m2");
  scene.lark.end_after(20s);
  SECTION("json") {
    CHECK(scene.lark.watch({.json = true}) == 0);
    std::vector<std::string> results;
    for (const std::string& line : scene.lines()) {
      const auto parsed = json::parse(line);
      const auto* value = std::get_if<json::Value>(&parsed);
      REQUIRE(value != nullptr);
      CHECK(*value->find("command")->as_string() == "watch");
      CHECK(value->find("time") != nullptr);
      results.push_back(*value->find("result")->as_string());
    }
    CHECK(results == std::vector<std::string>{"watching", "uploaded", "uploaded", "stopped"});
  }
  SECTION("quiet") {
    CHECK(scene.lark.watch({.quiet = true}) == 0);
    CHECK(scene.lark.terminal.screen().empty());
  }
}

}  // namespace
}  // namespace start_claude::cli
