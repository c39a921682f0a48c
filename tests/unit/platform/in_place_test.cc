// Writing a file that must stay the one it is, and what a cut-off write leaves.
#include "platform/in_place.h"

#include <catch2/catch.hpp>

#include "support/fake_clock.h"
#include "support/fake_random.h"
#include "support/memory_filesystem.h"

namespace start_claude::platform {
namespace {

using support::FakeRandom;
using support::MemoryFileSystem;

constexpr auto config = "/home/config.json";
constexpr auto other_name = "/dot/config.json";
const std::string old_text = "the old text, which is the longer one";
const std::string new_text = "what was brought";
const UtcTime brought = UtcTime(std::chrono::hours(24));

struct Stopped {};

struct Disk {
  support::FakeClock clock;
  MemoryFileSystem files{clock};

  Disk() {
    (void)files.make_folder("/home", 0700);
    (void)files.make_folder("/dot", 0700);
    REQUIRE(std::holds_alternative<ReplaceOutcome>(replace_file(files, config, old_text, {})));
  }
  FileContent read() const { return std::get<FileContent>(files.read(config)); }
  FileResult<ReplaceOutcome> replace(const std::string& text = new_text) {
    return replace_file(files, config, text,
                        {.modified = brought,
                         .expected = read().fingerprint,
                         .stays_the_same_file = true,
                         .unique = 7});
  }
  std::vector<std::string> names() const {
    return std::get<std::vector<std::string>>(files.list("/home"));
  }
  void finish() {
    if (const auto write = interrupted_write(files, config)) {
      REQUIRE(std::holds_alternative<base::Done>(finish_write(files, config, *write)));
    }
    remove_stale_temporaries(files, config);
    // Of the attempt to exchange the file, which comes first.
    for (const std::string& path : displaced_files(files, config)) (void)files.remove(path);
  }
};

ReplaceOutcome outcome_of(const FileResult<ReplaceOutcome>& result) {
  REQUIRE(std::holds_alternative<ReplaceOutcome>(result));
  return std::get<ReplaceOutcome>(result);
}

TEST_CASE("a file that is mounted by itself is written in place, and nothing stays beside it") {
  Disk disk;
  disk.files.mounted.insert(config);
  const auto text = GENERATE(as<std::string>{}, new_text, old_text + old_text);
  const auto before = disk.read();
  CHECK(outcome_of(disk.replace(text)) == ReplaceOutcome::replaced);
  CHECK(disk.read().bytes == text);
  CHECK(disk.read().modified == brought);
  CHECK(disk.read().fingerprint.inode == before.fingerprint.inode);
  CHECK(disk.names() == std::vector<std::string>{"config.json"});
}

TEST_CASE("a file with several names is written under all of them, where that is wanted") {
  Disk disk;
  disk.files.make_hard_link(config, other_name);
  CHECK(std::get<FileStatus>(disk.files.status(config)).links == 2);
  SECTION("wanted") {
    CHECK(outcome_of(disk.replace()) == ReplaceOutcome::replaced);
    CHECK(disk.files.text_of(other_name) == new_text);
  }
  SECTION("files of our own are replaced: a copy made of links stays what it was") {
    CHECK(outcome_of(replace_file(disk.files, config, new_text, {})) == ReplaceOutcome::replaced);
    CHECK(disk.files.text_of(other_name) == old_text);
  }
  CHECK(disk.files.text_of(config) == new_text);
  CHECK(disk.names() == std::vector<std::string>{"config.json"});
}

TEST_CASE("what somebody wrote meanwhile is not written over") {
  Disk disk;
  disk.files.mounted.insert(config);
  const auto operation = GENERATE(as<std::string>{}, "create", "rename", "sync_folder");
  disk.files.before_operation = [&](std::string_view now, const std::string& path) {
    if (now == operation && path.find("start-claude") != path.npos) {
      disk.files.write_in_place(config, "theirs");
    }
    if (now == operation && operation == "sync_folder") {
      disk.files.write_in_place(config, "theirs");
    }
  };
  CHECK(outcome_of(disk.replace()) == ReplaceOutcome::changed_meanwhile);
  CHECK(disk.files.text_of(config) == "theirs");
  CHECK(disk.names() == std::vector<std::string>{"config.json"});
}

TEST_CASE("a write in place that is cut off at any step is ended by the next run") {
  const std::uint64_t seed = GENERATE(range(0U, 40U));
  const auto is_power_cut = GENERATE(false, true);
  bool completed = false;
  int mixtures = 0;
  int steps = 0;
  for (; !completed; ++steps) {
    Disk disk;
    disk.files.mounted.insert(config);
    disk.files.before_operation = [left = steps](std::string_view, const std::string&) mutable {
      if (left-- == 0) throw Stopped{};
    };
    try {
      completed = outcome_of(disk.replace()) == ReplaceOutcome::replaced;
    } catch (const Stopped&) {
    }
    disk.files.before_operation = nullptr;
    FakeRandom random(seed);
    if (is_power_cut) disk.files.crash(random);
    INFO("seed " << seed << ", cut before step " << steps);
    const auto left = disk.files.text_of(config);
    if (left != old_text && left != new_text) ++mixtures;
    disk.finish();
    const auto text = disk.files.text_of(config);
    CHECK((text == new_text || (!completed && text == old_text)));
    if (left != old_text) CHECK(text == new_text);
    CHECK(disk.names() == std::vector<std::string>{"config.json"});
  }
  CHECK(steps > 12);
  if (!is_power_cut) CHECK(mixtures > 0);
}

TEST_CASE("a write in place that fails in the middle leaves the old content") {
  const auto operation = GENERATE(as<std::string>{}, "overwrite", "overwrite: write",
                                  "overwrite: cut", "overwrite: fsync");
  const int earlier = GENERATE(0, 1);
  Disk disk;
  disk.files.mounted.insert(config);
  int left = earlier;
  bool refused = false;
  disk.files.refuse = [&](std::string_view now, const std::string&) -> std::optional<FileFailure> {
    if (refused || now != operation || left-- != 0) return std::nullopt;
    refused = true;
    return FileFailure{FileFailureKind::no_space, "No space left on device"};
  };
  const auto outcome = disk.replace(old_text + old_text);
  if (!refused) return;
  CHECK(std::holds_alternative<FileFailure>(outcome));
  CHECK(disk.files.text_of(config) == old_text);
  CHECK(disk.names() == std::vector<std::string>{"config.json"});
}

TEST_CASE("what was written after a cut-off write stays") {
  Disk disk;
  disk.files.mounted.insert(config);
  disk.files.before_operation = [](std::string_view now, const std::string&) {
    if (now == "overwrite: cut") throw Stopped{};
  };
  CHECK_THROWS_AS(disk.replace(), Stopped);
  disk.files.before_operation = nullptr;
  CHECK(disk.files.text_of(config) == new_text + old_text.substr(new_text.size()));
  CHECK(has_file_half_written(disk.files, config));
  disk.files.write_in_place(config, "edited since");
  CHECK_FALSE(has_file_half_written(disk.files, config));
  disk.finish();
  CHECK(disk.files.text_of(config) == "edited since");
  CHECK(disk.names() == std::vector<std::string>{"config.json"});
}

TEST_CASE("a record that is no record is removed, and changes nothing") {
  const auto text =
      GENERATE(as<std::string>{}, "", "start-claude-in-place-1",
               "start-claude-in-place-1 3 3 -\nabc", "other 1 1 -\nab",
               "start-claude-in-place-1 -1 4 -\nabc", "start-claude-in-place-1 x 1 -\nab");
  Disk disk;
  disk.files.write_in_place("/home/.config.json.0000000000000007.start-claude-new", text);
  CHECK_FALSE(interrupted_write(disk.files, config));
  CHECK(disk.names() == std::vector<std::string>{"config.json"});
}

TEST_CASE("what a cut-off write may have left") {
  const InterruptedWrite write{.record = "", .before = "aaaa", .after = "bb"};
  struct Row {
    std::string now;
    bool is_mixture;
  };
  const auto row = GENERATE(values<Row>({{"aaaa", true},
                                         {"bbaa", true},
                                         {"baaa", true},
                                         {"abaa", true},
                                         {"bb", true},
                                         {"bba", true},
                                         {"", true},
                                         {std::string("bb\0\0", 4), true},
                                         {"aabb", false},
                                         {"bbaaa", false},
                                         {"bc", false}}));
  INFO(row.now);
  CHECK(is_mixture(row.now, write) == row.is_mixture);
}

}  // namespace
}  // namespace start_claude::platform
