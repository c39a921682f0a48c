#include "platform/filesystem.h"

#include <catch2/catch.hpp>

namespace start_claude::platform {

TEST_CASE("the folder of a path, and the path in a folder") {
  struct Row {
    const char *path, *folder;
  };
  const auto row = GENERATE(values<Row>({{"/home/u/config.json", "/home/u"},
                                         {"config.json", "."},
                                         {"/config.json", "/"},
                                         {"./config.json", "."},
                                         {"../a/b", "../a"},
                                         {"/", "/"}}));
  CHECK(folder_of(row.path) == row.folder);
  CHECK(join_path("/home/u", "config.json") == "/home/u/config.json");
  CHECK(join_path("/home/u/", "config.json") == "/home/u/config.json");
  CHECK(join_path("/", "config.json") == "/config.json");
  CHECK(join_path(".", "config.json") == "./config.json");
}

TEST_CASE("a disk error names what, where and why, and the next step if there is one") {
  const auto full =
      disk_error("write", "/x/config.json", {FileFailureKind::no_space, "No space left on device"});
  CHECK(full.kind == ErrorKind::local_disk);
  CHECK(full.message == "cannot write /x/config.json: No space left on device");
  CHECK(full.hint.find("free some space") == 0);
  const auto denied =
      disk_error("read", "/x/\x1B[2J", {FileFailureKind::no_permission, "Permission denied"});
  CHECK(denied.message == "cannot read /x/?[2J: Permission denied");
  CHECK(denied.hint.find("owner") != std::string::npos);
  CHECK(disk_error("read", "/x", {FileFailureKind::other, "Input/output error"}).hint.empty());
}

}  // namespace start_claude::platform
