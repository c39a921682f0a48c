#include "cli/watched_files.h"

#include <catch2/catch.hpp>
#include <map>

#include "machine.h"
#include "support/fake_folder_watch.h"

namespace start_claude::cli {
namespace {

/// A machine whose folders tell what a test says has changed there.
struct Watching {
  Watching() {
    machine.host.make_folder_watch = [this](const std::string& path) {
      return Result<std::unique_ptr<platform::FolderWatch>>(
          std::make_unique<support::FakeFolderWatch>(folder(path)));
    };
    for (const std::string path : {"/home/me/.start-claude", "/dot", "/map/..v1", "/map/..v2"}) {
      (void)machine.files.make_folder(path, 0700);
    }
  }

  std::shared_ptr<support::FakeFolder> folder(const std::string& path) {
    auto& known = folders[path];
    if (!known) known = std::make_shared<support::FakeFolder>();
    return known;
  }
  FileChanges after(const std::string& path, const std::string& name) {
    folder(path)->change(name);
    return watched.take_changes();
  }

  support::FakeClock clock;
  TestServer server{clock};
  Machine machine{clock, server, "lark"};
  std::map<std::string, std::shared_ptr<support::FakeFolder>> folders;
  WatchedFiles watched{machine.host};
  sync::Paths paths = sync::paths_beside(test_config);
};

TEST_CASE_METHOD(Watching, "a plain config.json is watched, the file and the folder it is in") {
  REQUIRE(watched.follow(paths));
  CHECK(folders.size() == 1);
  CHECK(folder("/home/me/.start-claude")->watched_files.contains("config.json"));
  CHECK(after("/home/me/.start-claude", "config.json").configuration);
  CHECK_FALSE(after("/home/me/.start-claude", "notes.txt").configuration);
  CHECK(after("/home/me/.start-claude", "sync.json").settings);
  CHECK(after("/home/me/.start-claude", "s3-config.json").settings);
}

TEST_CASE_METHOD(Watching, "every link on the way is watched, and followed when it is changed") {
  machine.files.make_link(test_config, "/dot/link.json");
  machine.files.make_link("/dot/link.json", "/map/..data/config.json");
  machine.files.make_link("/map/..data", "..v1");
  REQUIRE(watched.follow(paths));
  CHECK(after("/map/..v1", "config.json").configuration);
  CHECK(folder("/map/..v1")->watched_files.contains("config.json"));
  for (const auto& [place, name] : std::map<std::string, std::string>{
           {"/home/me/.start-claude", "config.json"}, {"/dot", "link.json"}, {"/map", "..data"}}) {
    const FileChanges changes = after(place, name);
    INFO(place);
    CHECK((changes.configuration && changes.settings));
  }
  CHECK_FALSE(folders.contains("/map/..v2"));

  (void)machine.files.remove("/map/..data");
  machine.files.make_link("/map/..data", "..v2");
  CHECK(after("/map", "..data").configuration);
  CHECK(folder("/map/..v2")->watched_files.contains("config.json"));
  CHECK(after("/map/..v2", "config.json").configuration);
  CHECK_FALSE(after("/map/..v1", "config.json").configuration);
}

}  // namespace
}  // namespace start_claude::cli
