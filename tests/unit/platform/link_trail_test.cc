#include "platform/link_trail.h"

#include <catch2/catch.hpp>

#include "support/fake_clock.h"
#include "support/memory_filesystem.h"

namespace start_claude::platform {
namespace {

using Links = std::vector<std::string>;

struct Disk {
  support::FakeClock clock;
  support::MemoryFileSystem files{clock};

  explicit Disk(const std::vector<std::string>& folders) {
    for (const std::string& folder : folders) (void)files.make_folder(folder, 0700);
  }
};

TEST_CASE("a path without links leads to itself, whether something is there or not") {
  Disk disk({"/home/me"});
  CHECK(trace_links(disk.files, "/home/me/config.json").links.empty());
  CHECK(trace_links(disk.files, "/home/me/config.json").target == "/home/me/config.json");
  CHECK(trace_links(disk.files, "/home/no/such/file").target == "/home/no/such/file");
  CHECK(trace_links(disk.files, "home//me/./a/../b").target == "home/me/b");
}

TEST_CASE("every link of a chain is found, at the end of the path") {
  Disk disk({"/home/me", "/dot/files"});
  disk.files.make_link("/home/me/config.json", "../../dot/one.json");
  disk.files.make_link("/dot/one.json", "files/two.json");
  disk.files.make_link("/dot/files/two.json", "/dot/three.json");
  const auto trail = trace_links(disk.files, "/home/me/config.json");
  CHECK(trail.links == Links{"/home/me/config.json", "/dot/one.json", "/dot/files/two.json"});
  CHECK(trail.target == "/dot/three.json");
}

TEST_CASE("links in the middle of the path are found, the folder that Kubernetes swaps too") {
  Disk disk({"/home/me", "/dot/sc", "/map/..v1"});
  disk.files.make_link("/home/me/.start-claude", "/dot/sc");
  disk.files.make_link("/dot/sc/config.json", "/map/config.json");
  disk.files.make_link("/map/config.json", "..data/config.json");
  disk.files.make_link("/map/..data", "..v1");
  const auto trail = trace_links(disk.files, "/home/me/.start-claude/config.json");
  CHECK(trail.links ==
        Links{"/home/me/.start-claude", "/dot/sc/config.json", "/map/config.json", "/map/..data"});
  CHECK(trail.target == "/map/..v1/config.json");
}

TEST_CASE("links in a circle end") {
  Disk disk({"/home"});
  disk.files.make_link("/home/a", "b");
  disk.files.make_link("/home/b", "a");
  CHECK(trace_links(disk.files, "/home/a").links.size() == 40);
}

}  // namespace
}  // namespace start_claude::platform
