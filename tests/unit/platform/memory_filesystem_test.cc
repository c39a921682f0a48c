// What only the file system in memory has: crashes, full disks, refusals and other programs.

#include "support/memory_filesystem.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "support/fake_clock.h"
#include "support/fake_random.h"

namespace start_claude::support {
namespace {

using namespace platform;

constexpr auto config = "/home/config.json";

struct PowerCut {};

struct Disk {
  FakeClock clock;
  MemoryFileSystem files{clock};
  Disk() { (void)files.make_folder("/home", 0700); }

  /// config.json, durably.
  void write_durably(std::string_view bytes) {
    REQUIRE(
        std::holds_alternative<ReplaceOutcome>(replace_file(files, config, bytes, {.unique = 99})));
  }
  /// The power goes before the operation of that number, counted from 0.
  void cut_power_before(int step) {
    files.before_operation = [step](std::string_view, const std::string&) mutable {
      if (step-- == 0) throw PowerCut{};
    };
  }
};

FileFailureKind kind_of(const FileResult<ReplaceOutcome>& result) {
  return std::get<FileFailure>(result).kind;
}

TEST_CASE("a power cut takes from a file that was appended to only what was appended") {
  const std::uint64_t seed = GENERATE(range(0U, 40U));
  Disk disk;
  REQUIRE(std::holds_alternative<Appended>(
      disk.files.append("/home/journal", {.bytes = "first\n", .is_synced = true})));
  (void)disk.files.append("/home/journal", {.offset = 6, .bytes = "second\n"});
  FakeRandom random(seed);
  disk.files.crash(random);
  const std::string text = disk.files.text_of("/home/journal").value_or("");
  CHECK(text.starts_with("first\n"));
  CHECK(std::string("first\nsecond\n").starts_with(text));
}

}  // namespace

TEST_CASE("a power cut at any step of replace_file leaves the old or the new file, whole") {
  const std::uint64_t seed = GENERATE(range(0U, 40U));
  bool completed = false;
  int steps = 0;
  for (; !completed; ++steps) {
    Disk disk;
    disk.write_durably("the old text");
    const auto read = std::get<FileContent>(disk.files.read(config));
    const ReplaceOptions options{.modified = UtcTime{}, .expected = read.fingerprint};
    disk.cut_power_before(steps);
    try {
      const auto outcome = replace_file(disk.files, config, "the new text", options);
      completed = std::holds_alternative<ReplaceOutcome>(outcome);
    } catch (const PowerCut&) {
    }
    disk.files.before_operation = nullptr;
    FakeRandom random(seed);
    disk.files.crash(random);
    const auto text = disk.files.text_of(config);
    INFO("seed " << seed << ", cut before step " << steps);
    REQUIRE(text.has_value());
    CHECK((text == "the new text" || (!completed && text == "the old text")));

    remove_stale_temporaries(disk.files, config);
    for (const std::string& path : displaced_files(disk.files, config)) {
      const auto displaced = disk.files.text_of(path);
      CHECK((displaced == "the old text" || displaced == "the new text"));
      REQUIRE(std::holds_alternative<base::Done>(disk.files.remove(path)));
    }
    CHECK(std::get<0>(disk.files.list("/home")) == std::vector<std::string>{"config.json"});
  }
  CHECK(steps == 14);
}

TEST_CASE("a power cut while a write from just before the exchange is put back does not lose it") {
  const std::uint64_t seed = GENERATE(range(0U, 40U));
  bool completed = false;
  int steps = 0;
  for (; !completed; ++steps) {
    Disk disk;
    disk.write_durably("read");
    const auto read = std::get<FileContent>(disk.files.read(config));
    int until_cut = -1;
    disk.files.before_operation = [&](std::string_view operation, const std::string&) {
      if (operation == "exchange" && until_cut < 0) {
        (void)disk.files.create("/home/editor", "edit", 0600);
        (void)disk.files.rename("/home/editor", config);
        (void)disk.files.sync_folder("/home");
        until_cut = steps;
      } else if (until_cut >= 0 && until_cut-- == 0) {
        throw PowerCut{};
      }
    };
    try {
      (void)replace_file(disk.files, config, "ours", {.expected = read.fingerprint});
      completed = true;
    } catch (const PowerCut&) {
    }
    disk.files.before_operation = nullptr;
    FakeRandom random(seed);
    disk.files.crash(random);
    remove_stale_temporaries(disk.files, config);
    std::vector<std::string> found = displaced_files(disk.files, config);
    found.push_back(config);
    INFO("seed " << seed << ", cut before step " << steps << " after the exchange");
    CHECK(std::any_of(found.begin(), found.end(),
                      [&](const std::string& path) { return disk.files.text_of(path) == "edit"; }));
  }
  CHECK(steps > 4);
}

TEST_CASE("a failure at any step of replace_file leaves no trace") {
  const auto* const operation =
      GENERATE(as<const char*>{}, "follow_links", "create", "create: write", "create: fsync",
               "status", "rename", "exchange");
  INFO(operation);
  Disk disk;
  disk.write_durably("old");
  const auto before = std::get<FileContent>(disk.files.read(config));
  bool refused = false;
  disk.files.refuse = [&](std::string_view now, const std::string&) -> std::optional<FileFailure> {
    if (refused || now != operation) return std::nullopt;
    refused = true;
    return failure_of(EIO);
  };
  const ReplaceOptions options{.modified = UtcTime{}, .expected = before.fingerprint};
  CHECK(kind_of(replace_file(disk.files, config, "new", options)) == FileFailureKind::other);
  CHECK(refused);
  disk.files.refuse = nullptr;
  CHECK(std::get<FileContent>(disk.files.read(config)).fingerprint == before.fingerprint);
  CHECK(std::get<0>(disk.files.list("/home")) == std::vector<std::string>{"config.json"});
}

TEST_CASE("a full disk leaves the old file and nothing beside it") {
  Disk disk;
  disk.write_durably("12345");
  disk.files.capacity = 5 + GENERATE(0U, 1U, 9U);
  CHECK(kind_of(replace_file(disk.files, config, "0123456789", {})) == FileFailureKind::no_space);
  CHECK(disk.files.text_of(config) == "12345");
  CHECK(std::get<0>(disk.files.list("/home")) == std::vector<std::string>{"config.json"});
  disk.files.capacity = 15;
  CHECK(std::holds_alternative<ReplaceOutcome>(replace_file(disk.files, config, "0123456789", {})));
}

TEST_CASE("a dead run's temporary file of the same name is no obstacle") {
  Disk disk;
  disk.cut_power_before(2);
  CHECK_THROWS_AS(replace_file(disk.files, config, "first", {.unique = 5}), PowerCut);
  disk.files.before_operation = nullptr;
  CHECK(std::get<0>(disk.files.list("/home")).size() == 1);
  CHECK(std::holds_alternative<ReplaceOutcome>(
      replace_file(disk.files, config, "second", {.unique = 5})));
  CHECK(disk.files.text_of(config) == "second");
}

TEST_CASE("a write that came in just before the rename is noticed") {
  Disk disk;
  disk.write_durably("read");
  const auto read = std::get<FileContent>(disk.files.read(config));
  disk.files.before_operation = [&](std::string_view operation, const std::string&) {
    if (operation == "status") disk.files.write_in_place(config, "edit");
  };
  const auto outcome = replace_file(disk.files, config, "ours", {.expected = read.fingerprint});
  CHECK(std::get<ReplaceOutcome>(outcome) == ReplaceOutcome::changed_meanwhile);
  CHECK(disk.files.text_of(config) == "edit");
}

TEST_CASE("a write that came in just before the exchange goes back to its place") {
  enum class Came { written_in_place, renamed_over, removed, removed_while_put_back };
  const auto came = GENERATE(Came::written_in_place, Came::renamed_over, Came::removed,
                             Came::removed_while_put_back);
  Disk disk;
  disk.write_durably("read");
  const auto read = std::get<FileContent>(disk.files.read(config));
  int exchanges = 0;
  disk.files.before_operation = [&](std::string_view operation, const std::string&) {
    if (operation != "exchange") return;
    const bool is_first = ++exchanges == 1;
    if (is_first && came == Came::renamed_over) {
      (void)disk.files.create("/home/editor", "edit", 0600);
      (void)disk.files.rename("/home/editor", config);
    } else if (is_first && came != Came::removed) {
      disk.files.write_in_place(config, "edit");
    } else if (came == Came::removed || came == Came::removed_while_put_back) {
      (void)disk.files.remove(config);
    }
  };
  const auto outcome = replace_file(disk.files, config, "ours", {.expected = read.fingerprint});
  CHECK(std::get<ReplaceOutcome>(outcome) == ReplaceOutcome::changed_meanwhile);
  if (came == Came::removed) {
    CHECK(std::get<0>(disk.files.list("/home")).empty());
  } else {
    CHECK(disk.files.text_of(config) == "edit");
    CHECK(std::get<0>(disk.files.list("/home")) == std::vector<std::string>{"config.json"});
  }
}

TEST_CASE("of two writes around the exchange one is in its place, the other beside it") {
  Disk disk;
  disk.write_durably("read");
  const auto read = std::get<FileContent>(disk.files.read(config));
  int writes = 0;
  disk.files.before_operation = [&](std::string_view operation, const std::string&) {
    if (operation != "exchange") return;
    disk.files.write_in_place(config, "edit " + std::to_string(++writes));
  };
  const auto outcome = replace_file(disk.files, config, "ours", {.expected = read.fingerprint});
  CHECK(std::get<ReplaceOutcome>(outcome) == ReplaceOutcome::changed_meanwhile);
  CHECK(disk.files.text_of(config) == "edit 1");
  const auto displaced = displaced_files(disk.files, config);
  REQUIRE(displaced.size() == 1);
  CHECK(disk.files.text_of(displaced[0]) == "edit 2");
  remove_all_stale_temporaries(disk.files, "/home");
  CHECK(displaced_files(disk.files, config) == displaced);
}

TEST_CASE("a file that appears just before it would be made stays") {
  Disk disk;
  disk.files.before_operation = [&](std::string_view operation, const std::string&) {
    if (operation == "rename_to_free") disk.files.write_in_place(config, "theirs");
  };
  const auto outcome = replace_file(disk.files, config, "ours", {.expected_absent = true});
  CHECK(std::get<ReplaceOutcome>(outcome) == ReplaceOutcome::changed_meanwhile);
  CHECK(disk.files.text_of(config) == "theirs");
  CHECK(std::get<0>(disk.files.list("/home")).size() == 1);
}

TEST_CASE("where files cannot be exchanged they are renamed") {
  Disk disk;
  disk.files.exchanges = false;
  CHECK(std::get<ReplaceOutcome>(replace_file(
            disk.files, config, "first", {.expected_absent = true})) == ReplaceOutcome::replaced);
  const auto read = std::get<FileContent>(disk.files.read(config));
  const ReplaceOptions options{.expected = read.fingerprint};
  CHECK(std::get<ReplaceOutcome>(replace_file(disk.files, config, "second", options)) ==
        ReplaceOutcome::replaced);
  CHECK(std::get<ReplaceOutcome>(replace_file(disk.files, config, "third", options)) ==
        ReplaceOutcome::changed_meanwhile);
  CHECK(disk.files.text_of(config) == "second");
  CHECK(std::get<0>(disk.files.list("/home")).size() == 1);
}

TEST_CASE("what was not synced is lost, what was is kept") {
  Disk disk;
  disk.write_durably("durable");
  SECTION("bytes written in place") {
    disk.files.write_in_place(config, "not synced");
    disk.files.crash_losing_unsynced();
    CHECK(disk.files.text_of(config) == "durable");
    disk.files.write_in_place(config, "synced since");
    REQUIRE(std::holds_alternative<base::Done>(disk.files.sync_file(config)));
    disk.files.crash_losing_unsynced();
    CHECK(disk.files.text_of(config) == "synced since");
  }
  SECTION("a file whose folder was not synced") {
    disk.files.write_in_place("/home/new", "x");
    disk.files.crash_losing_unsynced();
    CHECK_FALSE(disk.files.text_of("/home/new"));
    // The fsync of a new file has its name with it.
    REQUIRE(std::holds_alternative<base::Done>(disk.files.create("/home/new", "x", 0600)));
    disk.files.crash_losing_unsynced();
    CHECK(disk.files.text_of("/home/new") == "x");
  }
  SECTION("a removal") {
    REQUIRE(std::holds_alternative<base::Done>(disk.files.remove(config)));
    disk.files.crash_losing_unsynced();
    CHECK(disk.files.text_of(config) == "durable");
    REQUIRE(std::holds_alternative<base::Done>(disk.files.remove(config)));
    REQUIRE(std::holds_alternative<base::Done>(disk.files.sync_folder("/home")));
    disk.files.crash_losing_unsynced();
    CHECK_FALSE(disk.files.text_of(config));
  }
  SECTION("a rename between folders, of which syncing either makes both durable") {
    REQUIRE(std::holds_alternative<base::Done>(disk.files.make_folder("/other", 0700)));
    REQUIRE(std::holds_alternative<base::Done>(disk.files.rename(config, "/other/c")));
    const bool synced = GENERATE(false, true);
    if (synced) REQUIRE(std::holds_alternative<base::Done>(disk.files.sync_folder("/other")));
    disk.files.crash_losing_unsynced();
    CHECK(disk.files.text_of("/other/c").has_value() == synced);
    CHECK(disk.files.text_of(config).has_value() == !synced);
  }
}

TEST_CASE("unsynced bytes survive whole, cut, or not at all, by the seed") {
  int whole = 0;
  int cut = 0;
  int lost = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Disk disk;
    disk.write_durably("old");
    disk.files.write_in_place(config, "0123456789");
    FakeRandom random(seed);
    disk.files.crash(random);
    const std::string text = disk.files.text_of(config).value();
    if (text == "0123456789") ++whole;
    if (text == "old") ++lost;
    if (text != "old" && text.size() < 10 && std::string("0123456789").starts_with(text)) ++cut;
  }
  CHECK(whole + cut + lost == 100);
  CHECK(whole > 10);
  CHECK(cut > 10);
  CHECK(lost > 10);
}

TEST_CASE("a crash lets go of locks, and their old holders do not matter any more") {
  Disk disk;
  auto before = std::get<0>(disk.files.try_lock("/home/lock", "before"));
  REQUIRE(std::holds_alternative<base::Done>(disk.files.sync_folder("/home")));
  disk.files.crash_losing_unsynced();
  const auto after = std::get<0>(disk.files.try_lock("/home/lock", "after"));
  REQUIRE(after != nullptr);
  before.reset();
  CHECK(std::get<0>(disk.files.try_lock("/home/lock", "third")) == nullptr);
}

TEST_CASE("inode numbers are used again, once nothing on disk needs them") {
  Disk disk;
  disk.write_durably("one");
  const auto first = std::get<FileStatus>(disk.files.status(config)).fingerprint;
  disk.write_durably("two");
  disk.write_durably("six");
  const auto third = std::get<FileStatus>(disk.files.status(config)).fingerprint;
  CHECK(first.inode == third.inode);
  CHECK(first.size == third.size);
  CHECK(first != third);
}

TEST_CASE("time comes from the clock the file system was given") {
  Disk disk;
  disk.clock.set_skew(-std::chrono::hours{24});
  disk.write_durably("x");
  CHECK(std::get<FileStatus>(disk.files.status(config)).modified == disk.clock.now());
}

}  // namespace start_claude::support
