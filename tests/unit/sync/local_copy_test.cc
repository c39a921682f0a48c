// Reading config.json where a cloud program has only offloaded it.
#include "sync/local_copy.h"

#include <catch2/catch.hpp>

#include "support/fake_clock.h"
#include "support/memory_filesystem.h"

namespace start_claude::sync {
namespace {

const std::string folder = "/cloud/.start-claude/";
const std::string config = folder + "config.json";

struct Disk {
  support::FakeClock clock;
  support::MemoryFileSystem files{clock};
  Disk() {
    REQUIRE(std::holds_alternative<base::Done>(files.make_folder("/cloud/.start-claude", 0700)));
  }
  void expect_offloaded(const std::string& path, const std::string& words) {
    const auto local = read_local(files, path);
    REQUIRE_FALSE(local);
    CHECK(local.error().kind == ErrorKind::invalid_data);
    CHECK_THAT(local.error().message, Catch::Contains(path + " is only in the cloud") &&
                                          Catch::Contains(words) &&
                                          Catch::EndsWith("; nothing changed"));
    CHECK_FALSE(local.error().hint.empty());
  }
};

TEST_CASE("a placeholder beside it is neither a missing nor an emptied file") {
  const auto placeholder = GENERATE(as<std::string>{}, ".config.json.icloud",
                                    "config.json.nextcloud", "config.json.owncloud");
  Disk disk;
  disk.files.write_in_place(folder + placeholder, "bplist00");
  disk.expect_offloaded(config, placeholder);
  disk.files.make_link("/config.json", config);
  disk.expect_offloaded("/config.json", placeholder);
  disk.files.write_in_place(config, "");
  disk.expect_offloaded(config, placeholder);
  disk.files.write_in_place(config, R"({"configs":[]})");
  CHECK(read_local(disk.files, config)->document);
}

TEST_CASE("a file with a size and no content was offloaded") {
  Disk disk;
  disk.files.write_in_place(config, std::string(300, '\0'));
  disk.expect_offloaded(config, "a size and no content");
}

TEST_CASE("a file that is missing, empty or broken is what it is") {
  Disk disk;
  disk.files.write_in_place(folder + ".other.json.icloud", "bplist00");
  CHECK_FALSE(read_local(disk.files, config)->exists);
  disk.files.write_in_place(config, "");
  CHECK_FALSE(read_local(disk.files, config)->damage.empty());
  disk.files.write_in_place(config, std::string("{\0\0", 3));
  CHECK_FALSE(read_local(disk.files, config)->damage.empty());
}

}  // namespace
}  // namespace start_claude::sync
