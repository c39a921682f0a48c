// The folder watch on the real file system. No test waits: inotify tells before the call returns
// that made the change.
#include "platform/posix_folder_watch.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include <poll.h>

#include "support/temporary_folder.h"

namespace start_claude::platform {
namespace {

namespace fs = std::filesystem;
using support::TemporaryFolder;
using Names = std::vector<std::string>;

std::unique_ptr<FolderWatch> watch(const std::string& folder) {
  auto opened = PosixFolderWatch::open(folder);
  REQUIRE(opened);
  return *std::move(opened);
}

void write_file(const std::string& path, const std::string& text = "text") {
  std::ofstream(path) << text;
}

bool is_readable(const FolderWatch& watch) {
  pollfd entry{watch.descriptor(), POLLIN, 0};
  return ::poll(&entry, 1, 0) == 1;
}

/// Takes until nothing is left, as the loop of a command does.
FolderChanges take_all(FolderWatch& watch) {
  FolderChanges all;
  for (int round = 0; is_readable(watch); ++round) {
    REQUIRE(round < 10);
    const FolderChanges some = watch.take_changes();
    all.names.insert(all.names.end(), some.names.begin(), some.names.end());
    all.anything = all.anything || some.anything;
  }
  std::sort(all.names.begin(), all.names.end());
  all.names.erase(std::unique(all.names.begin(), all.names.end()), all.names.end());
  return all;
}

TEST_CASE("a folder watch names what changed, once, and then is silent") {
  const TemporaryFolder folder;
  write_file(folder / "old.json");
  const auto watched = watch(folder.path());
  CHECK_FALSE(is_readable(*watched));
  CHECK(watched->take_changes().empty());

  SECTION("written in place") {
    write_file(folder / "old.json", "other");
    write_file(folder / "old.json", "another");
    CHECK(take_all(*watched).names == Names{"old.json"});
  }
  SECTION("created, and removed") {
    write_file(folder / "new.json");
    CHECK(take_all(*watched).names == Names{"new.json"});
    fs::remove(folder / "new.json");
    CHECK(take_all(*watched).names == Names{"new.json"});
  }
  SECTION("renamed over, as editors save") {
    write_file(folder / ".old.json.swp");
    (void)take_all(*watched);
    fs::rename(folder / ".old.json.swp", folder / "old.json");
    CHECK(take_all(*watched).names == Names{".old.json.swp", "old.json"});
  }
  SECTION("moved in from elsewhere") {
    const TemporaryFolder elsewhere;
    write_file(elsewhere / "old.json");
    fs::rename(elsewhere / "old.json", folder / "old.json");
    CHECK(take_all(*watched).concerns("old.json"));
  }
  SECTION("still open and written to") {
    std::ofstream file(folder / "old.json");
    file << "half" << std::flush;
    CHECK(take_all(*watched).names == Names{"old.json"});
    file << " and half" << std::flush;
    CHECK(take_all(*watched).names == Names{"old.json"});
    file.close();
    CHECK(take_all(*watched).names == Names{"old.json"});
  }
  CHECK_FALSE(is_readable(*watched));
  CHECK(watched->take_changes().empty());
}

TEST_CASE("a watched file tells what is written through another name of it") {
  const TemporaryFolder folder;
  const TemporaryFolder elsewhere;
  write_file(elsewhere / "real.json");
  fs::create_hard_link(elsewhere / "real.json", folder / "config.json");
  const auto watched = watch(folder.path());

  SECTION("only if it was asked to") {
    write_file(elsewhere / "real.json", "other");
    CHECK(take_all(*watched).empty());
  }
  SECTION("the file that is there") {
    watched->watch_file("config.json");
    write_file(elsewhere / "real.json", "other");
    CHECK(take_all(*watched).names == Names{"config.json"});
    write_file(folder / "config.json", "another");
    CHECK(take_all(*watched).names == Names{"config.json"});
  }
  SECTION("the file that comes to be there") {
    fs::remove(folder / "config.json");
    watched->watch_file("config.json");
    (void)take_all(*watched);
    fs::create_hard_link(elsewhere / "real.json", folder / "config.json");
    CHECK(take_all(*watched).names == Names{"config.json"});
    write_file(elsewhere / "real.json", "other");
    CHECK(take_all(*watched).names == Names{"config.json"});
  }
  SECTION("not the file that was there before") {
    watched->watch_file("config.json");
    write_file(folder / "new.json");
    fs::rename(folder / "new.json", folder / "config.json");
    (void)take_all(*watched);
    write_file(elsewhere / "real.json", "other");
    CHECK_FALSE(take_all(*watched).concerns("config.json"));
  }
  CHECK_FALSE(is_readable(*watched));
}

TEST_CASE("reading and looking are no changes") {
  const TemporaryFolder folder;
  write_file(folder / "config.json");
  const auto watched = watch(folder.path());
  std::string text;
  std::ifstream(folder / "config.json") >> text;
  CHECK(text == "text");
  CHECK(fs::exists(folder / "config.json"));
  CHECK(take_all(*watched).empty());
}

TEST_CASE("a folder watch survives the folder's removal and return") {
  const TemporaryFolder home;
  const std::string path = home / "a/b";
  fs::create_directories(path);
  write_file(path + "/config.json");
  const auto watched = watch(path);

  SECTION("removed with everything above it, and made again") {
    fs::remove_all(home / "a");
    CHECK(take_all(*watched).anything);
    fs::create_directories(path);
    CHECK(take_all(*watched).anything);
  }
  SECTION("renamed away and back") {
    fs::rename(path, home / "a/c");
    CHECK(take_all(*watched).anything);
    write_file(home / "a/c/config.json", "seen by nobody");
    CHECK(take_all(*watched).empty());
    fs::rename(home / "a/c", path);
    CHECK(take_all(*watched).anything);
  }
  SECTION("replaced by another one") {
    fs::create_directories(home / "a/new");
    (void)take_all(*watched);
    fs::rename(path, home / "a/old");
    fs::rename(home / "a/new", path);
    CHECK(take_all(*watched).anything);
  }
  SECTION("a parent renamed, which the system does not tell: asking finds it") {
    fs::rename(home / "a", home / "z");
    CHECK(watched->take_changes().anything);
    fs::rename(home / "z", home / "a");
    CHECK(take_all(*watched).anything);
  }
  write_file(path + "/config.json", "again");
  CHECK(take_all(*watched).names == Names{"config.json"});
  CHECK_FALSE(is_readable(*watched));
}

TEST_CASE("a folder that is not there yet is waited for without being woken by its surroundings") {
  const TemporaryFolder home;
  write_file(home / "other");
  const auto watched = watch(home / "a/b");
  write_file(home / "other", "busy");
  CHECK_FALSE(is_readable(*watched));
  fs::create_directory(home / "a");
  CHECK_FALSE(take_all(*watched).anything);
  fs::create_directory(home / "a/b");
  CHECK(take_all(*watched).anything);
  write_file(home / "a/b/config.json");
  CHECK(take_all(*watched).names == Names{"config.json"});
}

TEST_CASE("more changes than the system counts are 'anything'") {
  std::ifstream limit("/proc/sys/fs/inotify/max_queued_events");
  int events_max = 0;
  limit >> events_max;
  if (events_max <= 0 || events_max > 20'000) {
    WARN("the queue of this system is too long to fill: " << events_max);
    return;
  }
  const TemporaryFolder folder;
  const auto watched = watch(folder.path());
  write_file(folder / "a");
  for (int i = 0; i <= events_max / 2; ++i) {
    // Two events that differ from the ones before, or the system would make one of them.
    fs::rename(folder / (i % 2 == 0 ? "a" : "b"), folder / (i % 2 == 0 ? "b" : "a"));
  }
  const FolderChanges changes = watched->take_changes();
  CHECK(changes.anything);
  CHECK(changes.concerns("config.json"));
  write_file(folder / "config.json");
  CHECK(take_all(*watched).concerns("config.json"));
}

}  // namespace
}  // namespace start_claude::platform
