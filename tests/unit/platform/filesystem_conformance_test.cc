// One suite for the real file system and the one in memory: what passes here is what both promise.

#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>

#include <sys/stat.h>
#include <unistd.h>

#include "base/time.h"
#include "platform/filesystem.h"
#include "platform/posix_filesystem.h"
#include "support/fake_clock.h"
#include "support/memory_filesystem.h"
#include "support/temporary_folder.h"

namespace start_claude {
namespace {

using namespace platform;

struct PosixSubject {
  PosixFileSystem files;
  support::TemporaryFolder temporary;
  std::string folder = temporary.path();

  void link(const std::string& path, const std::string& target) {
    std::filesystem::create_symlink(target, path);
  }
  void hard_link(const std::string& path, const std::string& name) {
    std::filesystem::create_hard_link(path, name);
  }
  /// Root may do everything, whatever the mode says.
  bool obeys_modes() const { return ::geteuid() != 0; }
};

struct MemorySubject {
  support::FakeClock clock;
  support::MemoryFileSystem files{clock};
  std::string folder = "/home";

  MemorySubject() { (void)files.make_folder(folder, 0700); }
  void link(const std::string& path, const std::string& target) { files.make_link(path, target); }
  void hard_link(const std::string& path, const std::string& name) {
    files.make_hard_link(path, name);
  }
  bool obeys_modes() const { return true; }
};

template <class T>
std::optional<FileFailureKind> failure_kind(const FileResult<T>& result) {
  const auto* failure = std::get_if<FileFailure>(&result);
  if (failure == nullptr) return std::nullopt;
  CHECK_FALSE(failure->reason.empty());
  return failure->kind;
}

template <class T>
T value_of(FileResult<T> result) {
  if (const auto* failure = std::get_if<FileFailure>(&result)) FAIL(failure->reason);
  return std::get<T>(std::move(result));
}

UtcTime at(std::string_view text) { return *base::parse_time(text); }

}  // namespace

#define BOTH_FILE_SYSTEMS PosixSubject, MemorySubject

TEMPLATE_TEST_CASE("a created file holds exactly its bytes and its mode", "", BOTH_FILE_SYSTEMS) {
  TestType subject;
  const std::string path = subject.folder + "/config.json";
  const std::string bytes("{}\0\xFF\n", 5);
  const auto mode = GENERATE(0600U, 0640U, 0666U, 0400U);
  const mode_t umask_before = ::umask(0077);
  REQUIRE_FALSE(failure_kind(subject.files.create(path, bytes, mode)));
  ::umask(umask_before);

  const auto content = value_of(subject.files.read(path));
  CHECK(content.bytes == bytes);
  const auto status = value_of(subject.files.status(path));
  CHECK(status.mode == mode);
  CHECK(status.fingerprint == content.fingerprint);
  CHECK(status.fingerprint.size == 5);
  CHECK(status.modified == content.modified);
  CHECK_FALSE(status.is_folder);
  CHECK_FALSE(status.is_symlink);
}

TEMPLATE_TEST_CASE("a text in parts is written, and known again, like one in a piece", "",
                   BOTH_FILE_SYSTEMS) {
  TestType subject;
  const std::string path = subject.folder + "/parts";
  // More than is compared at a time.
  const base::SharedText shared(std::string(200'000, 'x'));
  base::TextParts text;
  text.append("begin ").append(shared, shared).append(" end");
  REQUIRE_FALSE(failure_kind(subject.files.create_from(path, text, {})));
  CHECK(value_of(subject.files.read(path)).bytes == text.str());
  CHECK(subject.files.holds(path, text));

  for (const std::size_t at : {std::size_t{0}, std::size_t{150'000}, text.size() - 1}) {
    std::string other = text.str();
    other[at] = '!';
    CHECK_FALSE(subject.files.holds(path, base::TextParts(other)));
  }
  CHECK_FALSE(subject.files.holds(path, base::TextParts(text.str() + "x")));
  CHECK_FALSE(subject.files.holds(path, base::TextParts()));
  CHECK_FALSE(subject.files.holds(subject.folder, text));
  CHECK_FALSE(subject.files.holds(subject.folder + "/nothing", text));
}

TEMPLATE_TEST_CASE("what is written over a file keeps its inode and none of the old bytes", "",
                   BOTH_FILE_SYSTEMS) {
  TestType subject;
  auto& files = subject.files;
  const std::string path = subject.folder + "/file";
  REQUIRE_FALSE(failure_kind(files.create(path, "neither long nor short", 0640)));
  const auto before = value_of(files.status(path));
  for (const std::string text : {"short", "much longer than what was there before", ""}) {
    REQUIRE_FALSE(failure_kind(files.overwrite(path, base::TextParts(text))));
    CHECK(value_of(files.read(path)).bytes == text);
  }
  const auto after = value_of(files.status(path));
  CHECK(after.fingerprint.inode == before.fingerprint.inode);
  CHECK(after.mode == before.mode);
  CHECK(failure_kind(files.overwrite(subject.folder + "/none", base::TextParts("x"))) ==
        FileFailureKind::no_such_file);
  CHECK(failure_kind(files.overwrite(subject.folder, base::TextParts("x"))) ==
        FileFailureKind::other);
}

TEMPLATE_TEST_CASE("a link says what it says, and nothing else is one", "", BOTH_FILE_SYSTEMS) {
  TestType subject;
  auto& files = subject.files;
  subject.link(subject.folder + "/link", "some/where");
  CHECK(value_of(files.read_link(subject.folder + "/link")) == "some/where");
  CHECK_FALSE(value_of(files.read_link(subject.folder)));
  CHECK(failure_kind(files.read_link(subject.folder + "/none")) == FileFailureKind::no_such_file);
}

TEMPLATE_TEST_CASE("append writes from an offset on and cuts what stood behind it", "",
                   BOTH_FILE_SYSTEMS) {
  TestType subject;
  auto& files = subject.files;
  const std::string path = subject.folder + "/journal";
  const bool is_synced = GENERATE(false, true);
  const auto append = [&](std::uint64_t offset, std::string_view bytes) {
    return files.append(path, {.offset = offset, .bytes = bytes, .is_synced = is_synced});
  };
  const auto created = value_of(append(0, "one\n"));
  const auto status = value_of(files.status(path));
  CHECK(status.mode == 0600);
  CHECK(status.fingerprint.inode == created.inode);
  CHECK(value_of(append(4, "two, cut o")).inode == created.inode);
  REQUIRE_FALSE(failure_kind(append(4, "two\n")));
  CHECK(value_of(files.read(path)).bytes == "one\ntwo\n");
  CHECK(failure_kind(append(9, "three\n")) == FileFailureKind::other);
  CHECK(value_of(files.read(path)).bytes == "one\ntwo\n");

  const auto part = value_of(files.read_range(path, {.offset = 4, .bytes_max = 3}));
  CHECK(part.bytes == "two");
  CHECK(part.inode == created.inode);
  CHECK(value_of(files.read_range(path, {.offset = 6})).bytes == "o\n");
  CHECK(value_of(files.read_range(path, {.offset = 8})).bytes.empty());
  CHECK(value_of(files.read_range(path, {.offset = 800})).bytes.empty());
}

TEMPLATE_TEST_CASE("append follows no link and a folder has no range", "", BOTH_FILE_SYSTEMS) {
  TestType subject;
  const std::string path = subject.folder + "/link";
  subject.link(path, "elsewhere");
  CHECK(failure_kind(subject.files.append(path, {.bytes = "x"})));
  CHECK(failure_kind(subject.files.status(subject.folder + "/elsewhere")) ==
        FileFailureKind::no_such_file);
  CHECK(failure_kind(subject.files.read_range(subject.folder, {})));
  CHECK(failure_kind(subject.files.read_range(subject.folder + "/nothing", {})) ==
        FileFailureKind::no_such_file);
}

TEMPLATE_TEST_CASE("a file is created with its mtime", "", BOTH_FILE_SYSTEMS) {
  TestType subject;
  const UtcTime time = at("2026-11-22T08:14:03.250Z");
  const std::string path = subject.folder + "/dated";
  REQUIRE_FALSE(failure_kind(subject.files.create_from(path, base::TextParts(base::SharedText("x")),
                                                       {.modified = time, .is_synced = false})));
  CHECK(value_of(subject.files.status(path)).modified == time);
}

TEMPLATE_TEST_CASE("create takes no name that is taken", "", BOTH_FILE_SYSTEMS) {
  TestType subject;
  const std::string path = subject.folder + "/taken";
  SECTION("by a file, which stays as it is") {
    REQUIRE_FALSE(failure_kind(subject.files.create(path, "first", 0600)));
    CHECK(failure_kind(subject.files.create(path, "second", 0600)) == FileFailureKind::exists);
    CHECK(value_of(subject.files.read(path)).bytes == "first");
  }
  SECTION("by a dangling link, whose target is not created") {
    subject.link(path, "elsewhere");
    CHECK(failure_kind(subject.files.create(path, "x", 0600)) == FileFailureKind::exists);
    CHECK(failure_kind(subject.files.status(subject.folder + "/elsewhere")) ==
          FileFailureKind::no_such_file);
  }
  SECTION("by a folder") {
    REQUIRE_FALSE(failure_kind(subject.files.make_folder(path, 0700)));
    CHECK(failure_kind(subject.files.create(path, "x", 0600)) == FileFailureKind::exists);
  }
}

TEMPLATE_TEST_CASE("what is not there is no_such_file for every operation", "", BOTH_FILE_SYSTEMS) {
  TestType subject;
  auto& files = subject.files;
  const auto missing = GENERATE_COPY(as<std::string>{}, "/missing", "/missing/deeper", "/dangling");
  subject.link(subject.folder + "/dangling", "nowhere");
  const std::string path = subject.folder + missing;
  CHECK(failure_kind(files.read(path)) == FileFailureKind::no_such_file);
  CHECK(failure_kind(files.status(path)) == FileFailureKind::no_such_file);
  CHECK(failure_kind(files.list(path)) == FileFailureKind::no_such_file);
  CHECK(failure_kind(files.set_modified(path, UtcTime{})) == FileFailureKind::no_such_file);
  CHECK(failure_kind(files.set_mode(path, 0600)) == FileFailureKind::no_such_file);
  CHECK(failure_kind(files.sync_file(path)) == FileFailureKind::no_such_file);
  CHECK(failure_kind(files.sync_folder(path)) == FileFailureKind::no_such_file);
  if (missing == "/dangling") return;  // the link itself can be renamed and removed
  CHECK(failure_kind(files.rename(path, subject.folder + "/to")) == FileFailureKind::no_such_file);
  CHECK(failure_kind(files.remove(path)) == FileFailureKind::no_such_file);
}

TEMPLATE_TEST_CASE("a file in the way of a folder is not absence", "", BOTH_FILE_SYSTEMS) {
  TestType subject;
  const std::string path = subject.folder + "/file";
  REQUIRE_FALSE(failure_kind(subject.files.create(path, "x", 0600)));
  CHECK(failure_kind(subject.files.read(path + "/config.json")) == FileFailureKind::other);
  CHECK(failure_kind(subject.files.make_folder(path, 0700)) == FileFailureKind::other);
  CHECK(failure_kind(subject.files.make_folder(path + "/below", 0700)) == FileFailureKind::other);
  CHECK(failure_kind(subject.files.read(subject.folder)) == FileFailureKind::other);
}

TEMPLATE_TEST_CASE("set_modified sets the time to the millisecond", "", BOTH_FILE_SYSTEMS) {
  TestType subject;
  const std::string path = subject.folder + "/file";
  REQUIRE_FALSE(failure_kind(subject.files.create(path, "x", 0600)));
  const UtcTime time = at(GENERATE(as<std::string>{}, "2026-11-22T08:14:03.250Z",
                                   "1970-01-01T00:00:00.001Z", "2038-01-19T03:14:08.999Z"));
  REQUIRE_FALSE(failure_kind(subject.files.set_modified(path, time)));
  CHECK_FALSE(failure_kind(subject.files.sync_file(path)));
  CHECK(value_of(subject.files.status(path)).modified == time);
  CHECK(value_of(subject.files.read(path)).modified == time);
  CHECK(value_of(subject.files.status(path)).fingerprint.modified_ns ==
        time.time_since_epoch().count() * 1'000'000);
}

TEMPLATE_TEST_CASE("the time of change tells of a write whose mtime was put back", "",
                   BOTH_FILE_SYSTEMS) {
  TestType subject;
  const std::string path = subject.folder + "/file";
  REQUIRE_FALSE(failure_kind(subject.files.create(path, "x", 0600)));
  const UtcTime time = at("2020-01-02T03:04:05.250Z");
  REQUIRE_FALSE(failure_kind(subject.files.set_modified(path, time)));
  const auto before = value_of(subject.files.status(path));
  CHECK(before.changed_ns > before.fingerprint.modified_ns);
  auto after = before;
  // The clock of a file system ticks every few milliseconds; each attempt waits for the disk.
  for (int attempt = 0; attempt < 10'000 && after.changed_ns == before.changed_ns; ++attempt) {
    REQUIRE_FALSE(failure_kind(subject.files.set_modified(path, time)));
    after = value_of(subject.files.status(path));
  }
  CHECK(after.fingerprint == before.fingerprint);
  CHECK(after.changed_ns > before.changed_ns);
}

TEMPLATE_TEST_CASE("folders are made with their parents, and listed in order", "",
                   BOTH_FILE_SYSTEMS) {
  TestType subject;
  auto& files = subject.files;
  const std::string deep = subject.folder + "/a/b/c";
  REQUIRE_FALSE(failure_kind(files.make_folder(deep, 0700)));
  for (const auto* part : {"/a", "/a/b", "/a/b/c"}) {
    const auto status = value_of(files.status(subject.folder + part));
    CHECK(status.is_folder);
    CHECK(status.mode == 0700);
  }
  REQUIRE_FALSE(failure_kind(files.set_mode(deep, 0750)));
  REQUIRE_FALSE(failure_kind(files.make_folder(deep, 0700)));
  CHECK(value_of(files.status(deep)).mode == 0750);

  for (const auto* name : {"/b", "/.hidden", "/a", "/B"}) {
    REQUIRE_FALSE(failure_kind(files.create(deep + name, "", 0600)));
  }
  CHECK(value_of(files.list(deep)) == std::vector<std::string>{".hidden", "B", "a", "b"});
  CHECK(failure_kind(files.remove(deep)) == FileFailureKind::other);
  CHECK(failure_kind(files.sync_folder(deep)) == std::nullopt);
}

TEMPLATE_TEST_CASE("rename replaces, and the file keeps its inode and time", "",
                   BOTH_FILE_SYSTEMS) {
  TestType subject;
  auto& files = subject.files;
  const std::string from = subject.folder + "/from";
  const std::string to = subject.folder + "/to";
  REQUIRE_FALSE(failure_kind(files.create(from, "new", 0600)));
  REQUIRE_FALSE(failure_kind(files.create(to, "old", 0600)));
  const auto before = value_of(files.status(from));
  REQUIRE_FALSE(failure_kind(files.rename(from, to)));
  CHECK(value_of(files.status(to)).fingerprint == before.fingerprint);
  CHECK(value_of(files.list(subject.folder)) == std::vector<std::string>{"to"});
  REQUIRE_FALSE(failure_kind(files.make_folder(subject.folder + "/folder", 0700)));
  CHECK(failure_kind(files.rename(to, subject.folder + "/folder")) == FileFailureKind::other);
}

TEMPLATE_TEST_CASE("exchange swaps two names, and each file keeps its inode and time", "",
                   BOTH_FILE_SYSTEMS) {
  TestType subject;
  auto& files = subject.files;
  const std::string& folder = subject.folder;
  REQUIRE_FALSE(failure_kind(files.create(folder + "/one", "1", 0600)));
  REQUIRE_FALSE(failure_kind(files.create(folder + "/other", "2", 0600)));
  subject.link(folder + "/link", "other");
  const auto one = value_of(files.read(folder + "/one")).fingerprint;
  const auto other = value_of(files.read(folder + "/other")).fingerprint;
  REQUIRE_FALSE(failure_kind(files.exchange(folder + "/one", folder + "/other")));
  CHECK(value_of(files.read(folder + "/one")).fingerprint == other);
  CHECK(value_of(files.read(folder + "/other")).fingerprint == one);
  // A link is swapped itself.
  REQUIRE_FALSE(failure_kind(files.exchange(folder + "/one", folder + "/link")));
  CHECK(value_of(files.status(folder + "/one")).is_symlink);
  CHECK_FALSE(value_of(files.status(folder + "/link")).is_symlink);
  CHECK(failure_kind(files.exchange(folder + "/one", folder + "/no")) ==
        FileFailureKind::no_such_file);
  CHECK(failure_kind(files.exchange(folder + "/no", folder + "/one")) ==
        FileFailureKind::no_such_file);
}

TEMPLATE_TEST_CASE("rename_to_free takes no name that is taken", "", BOTH_FILE_SYSTEMS) {
  TestType subject;
  auto& files = subject.files;
  const std::string& folder = subject.folder;
  REQUIRE_FALSE(failure_kind(files.create(folder + "/from", "1", 0600)));
  REQUIRE_FALSE(failure_kind(files.create(folder + "/taken", "2", 0600)));
  subject.link(folder + "/dangling", "nowhere");
  for (const auto* taken : {"/taken", "/dangling"}) {
    CHECK(failure_kind(files.rename_to_free(folder + "/from", folder + taken)) ==
          FileFailureKind::exists);
  }
  REQUIRE_FALSE(failure_kind(files.rename_to_free(folder + "/from", folder + "/to")));
  CHECK(value_of(files.read(folder + "/to")).bytes == "1");
  CHECK(failure_kind(files.rename_to_free(folder + "/from", folder + "/free")) ==
        FileFailureKind::no_such_file);
}

TEMPLATE_TEST_CASE("remove takes the link, not what it leads to", "", BOTH_FILE_SYSTEMS) {
  TestType subject;
  auto& files = subject.files;
  REQUIRE_FALSE(failure_kind(files.create(subject.folder + "/real", "x", 0600)));
  subject.link(subject.folder + "/link", "real");
  CHECK(value_of(files.status(subject.folder + "/link")).is_symlink);
  CHECK(value_of(files.status(subject.folder + "/link")).fingerprint.size == 1);
  REQUIRE_FALSE(failure_kind(files.remove(subject.folder + "/link")));
  CHECK(value_of(files.list(subject.folder)) == std::vector<std::string>{"real"});
}

TEMPLATE_TEST_CASE("follow_links goes to the end, be it there or not", "", BOTH_FILE_SYSTEMS) {
  TestType subject;
  auto& files = subject.files;
  const std::string& folder = subject.folder;
  REQUIRE_FALSE(failure_kind(files.make_folder(folder + "/sub", 0700)));
  REQUIRE_FALSE(failure_kind(files.create(folder + "/real", "x", 0600)));
  subject.link(folder + "/absolute", folder + "/real");
  subject.link(folder + "/sub/up", "../absolute");
  subject.link(folder + "/dangling", "sub/not-yet");
  subject.link(folder + "/far", "no-folder/file");
  subject.link(folder + "/loop", "loop2");
  subject.link(folder + "/loop2", "loop");

  CHECK(value_of(files.follow_links(folder + "/real")) == folder + "/real");
  CHECK(value_of(files.follow_links(folder + "/absolute")) == folder + "/real");
  CHECK(value_of(files.follow_links(folder + "/sub/up")) == folder + "/real");
  CHECK(value_of(files.follow_links(folder + "/dangling")) == folder + "/sub/not-yet");
  CHECK(value_of(files.follow_links(folder + "/far")) == folder + "/no-folder/file");
  CHECK(value_of(files.follow_links(folder + "/nothing")) == folder + "/nothing");
  CHECK(failure_kind(files.follow_links(folder + "/loop")) == FileFailureKind::other);
  CHECK(failure_kind(files.read(folder + "/loop")) == FileFailureKind::other);
}

TEMPLATE_TEST_CASE("modes are obeyed", "", BOTH_FILE_SYSTEMS) {
  TestType subject;
  if (!subject.obeys_modes()) return;
  auto& files = subject.files;
  const std::string path = subject.folder + "/file";
  REQUIRE_FALSE(failure_kind(files.create(path, "x", 0200)));
  CHECK(failure_kind(files.read(path)) == FileFailureKind::no_permission);
  REQUIRE_FALSE(failure_kind(files.set_mode(subject.folder, 0500)));
  CHECK(failure_kind(files.create(subject.folder + "/new", "", 0600)) ==
        FileFailureKind::no_permission);
  CHECK(failure_kind(files.rename(path, subject.folder + "/new")) ==
        FileFailureKind::no_permission);
  CHECK(failure_kind(files.remove(path)) == FileFailureKind::no_permission);
  REQUIRE_FALSE(failure_kind(files.set_mode(subject.folder, 0000)));
  CHECK(failure_kind(files.status(path)) == FileFailureKind::no_permission);
  CHECK(failure_kind(files.list(subject.folder)) == FileFailureKind::no_permission);
}

TEMPLATE_TEST_CASE("a lock is held by one until it goes, and says by whom", "", BOTH_FILE_SYSTEMS) {
  TestType subject;
  auto& files = subject.files;
  const std::string path = subject.folder + "/lock";
  auto first = value_of(files.try_lock(path, "lark pid 1"));
  REQUIRE(first != nullptr);
  CHECK(value_of(files.status(path)).mode == 0600);
  CHECK(value_of(files.try_lock(path, "heron pid 2")) == nullptr);
  CHECK(value_of(files.read(path)).bytes == "lark pid 1");
  first.reset();
  CHECK(value_of(files.read(path)).bytes.empty());
  auto second = value_of(files.try_lock(path, "heron pid 2"));
  REQUIRE(second != nullptr);
  CHECK(value_of(files.read(path)).bytes == "heron pid 2");
}

TEMPLATE_TEST_CASE("a lock needs a place", "", BOTH_FILE_SYSTEMS) {
  TestType subject;
  auto& files = subject.files;
  CHECK(failure_kind(files.try_lock(subject.folder + "/no/lock", "")) ==
        FileFailureKind::no_such_file);
  CHECK(failure_kind(files.try_lock(subject.folder, "")) == FileFailureKind::other);
  subject.link(subject.folder + "/link", "elsewhere");
  CHECK(failure_kind(files.try_lock(subject.folder + "/link", "")) == FileFailureKind::other);
}

TEMPLATE_TEST_CASE("every write leaves another fingerprint", "", BOTH_FILE_SYSTEMS) {
  TestType subject;
  auto& files = subject.files;
  const std::string path = subject.folder + "/config.json";
  std::vector<Fingerprint> seen;
  for (const auto* bytes : {"aaaa", "bbbb", "cccc", "dddd"}) {
    REQUIRE_FALSE(failure_kind(replace_file(files, path, bytes, {.unique = seen.size()})));
    const auto fingerprint = value_of(files.read(path)).fingerprint;
    CHECK(std::find(seen.begin(), seen.end(), fingerprint) == seen.end());
    seen.push_back(fingerprint);
  }
}

TEMPLATE_TEST_CASE("replace_file writes with mode and time, and leaves nothing beside", "",
                   BOTH_FILE_SYSTEMS) {
  TestType subject;
  auto& files = subject.files;
  const std::string path = subject.folder + "/config.json";
  const UtcTime time = at("2026-11-20T17:02:11.125Z");
  const bool existed = GENERATE(false, true);
  if (existed) REQUIRE_FALSE(failure_kind(files.create(path, "old and longer", 0644)));
  const auto outcome = replace_file(files, path, "new", {.mode = 0600, .modified = time});
  CHECK(value_of(outcome) == ReplaceOutcome::replaced);
  const auto content = value_of(files.read(path));
  CHECK(content.bytes == "new");
  CHECK(content.modified == time);
  CHECK(value_of(files.status(path)).mode == 0600);
  CHECK(value_of(files.list(subject.folder)) == std::vector<std::string>{"config.json"});
}

TEMPLATE_TEST_CASE("replace_file keeps a link a link", "", BOTH_FILE_SYSTEMS) {
  TestType subject;
  auto& files = subject.files;
  const std::string& folder = subject.folder;
  REQUIRE_FALSE(failure_kind(files.make_folder(folder + "/dotfiles", 0700)));
  REQUIRE_FALSE(failure_kind(files.make_folder(folder + "/home", 0700)));
  const bool dangling = GENERATE(false, true);
  if (!dangling) REQUIRE_FALSE(failure_kind(files.create(folder + "/dotfiles/c", "old", 0600)));
  subject.link(folder + "/home/config.json", "../dotfiles/c");
  CHECK(value_of(replace_file(files, folder + "/home/config.json", "new", {})) ==
        ReplaceOutcome::replaced);
  CHECK(value_of(files.status(folder + "/home/config.json")).is_symlink);
  CHECK(value_of(files.read(folder + "/dotfiles/c")).bytes == "new");
  CHECK(value_of(files.list(folder + "/dotfiles")) == std::vector<std::string>{"c"});
  CHECK(value_of(files.list(folder + "/home")) == std::vector<std::string>{"config.json"});
}

TEMPLATE_TEST_CASE("replace_file leaves alone what changed since it was read", "",
                   BOTH_FILE_SYSTEMS) {
  struct Row {
    const char* what;
    bool read_before;    ///< the file was there and was read
    bool there_now;      ///< at the time of writing
    bool written_again;  ///< between reading and writing
    ReplaceOutcome outcome;
  };
  const auto row = GENERATE(values<Row>({
      {"nobody wrote", true, true, false, ReplaceOutcome::replaced},
      {"somebody wrote", true, true, true, ReplaceOutcome::changed_meanwhile},
      {"somebody removed it", true, false, false, ReplaceOutcome::changed_meanwhile},
      {"still absent", false, false, false, ReplaceOutcome::replaced},
      {"appeared", false, true, false, ReplaceOutcome::changed_meanwhile},
  }));
  INFO(row.what);
  TestType subject;
  auto& files = subject.files;
  const std::string path = subject.folder + "/config.json";
  ReplaceOptions options{.expected_absent = !row.read_before};
  if (row.read_before) {
    REQUIRE_FALSE(failure_kind(files.create(path, "read", 0600)));
    options.expected = value_of(files.read(path)).fingerprint;
  }
  if (row.read_before && !row.there_now) REQUIRE_FALSE(failure_kind(files.remove(path)));
  if (!row.read_before && row.there_now) {
    REQUIRE_FALSE(failure_kind(files.create(path, "theirs", 0600)));
  }
  if (row.written_again) {
    REQUIRE_FALSE(failure_kind(replace_file(files, path, "read", {.unique = 7})));
  }
  const auto before = files.read(path);
  CHECK(value_of(replace_file(files, path, "ours", options)) == row.outcome);
  if (row.outcome == ReplaceOutcome::replaced) {
    CHECK(value_of(files.read(path)).bytes == "ours");
  } else {
    CHECK(failure_kind(files.read(path)) == failure_kind(before));
    if (!failure_kind(before)) {
      CHECK(value_of(files.read(path)).fingerprint == value_of(before).fingerprint);
    }
  }
  const auto names = value_of(files.list(subject.folder));
  CHECK(names.size() == (failure_kind(files.status(path)) ? 0U : 1U));
}

TEMPLATE_TEST_CASE("exchange_back puts a file back over what it knows, and nothing else", "",
                   BOTH_FILE_SYSTEMS) {
  TestType subject;
  auto& files = subject.files;
  const std::string path = subject.folder + "/config.json";
  const std::string displaced = value_of(displaced_name(files, path, 7));
  REQUIRE_FALSE(failure_kind(files.create(path, "new", 0600)));
  REQUIRE_FALSE(failure_kind(files.create(displaced, "displaced", 0600)));
  const auto known = value_of(files.read(path)).fingerprint;

  SECTION("it goes back, and the other takes its place") {
    CHECK(value_of(exchange_back(files, path, displaced, known)) == ReplaceOutcome::replaced);
    CHECK(value_of(files.read(path)).bytes == "displaced");
    CHECK(value_of(files.read(displaced)).bytes == "new");
  }
  SECTION("what somebody wrote since stays") {
    REQUIRE_FALSE(failure_kind(replace_file(files, path, "theirs", {.unique = 8})));
    CHECK(value_of(exchange_back(files, path, displaced, known)) ==
          ReplaceOutcome::changed_meanwhile);
    CHECK(value_of(files.read(path)).bytes == "theirs");
    CHECK(value_of(files.read(displaced)).bytes == "displaced");
  }
  SECTION("a file with another name is not parted from it") {
    subject.hard_link(path, subject.folder + "/other");
    CHECK(failure_kind(exchange_back(files, path, displaced, known)) ==
          FileFailureKind::not_replaceable);
    CHECK(value_of(files.read(path)).bytes == "new");
    CHECK(value_of(files.read(displaced)).bytes == "displaced");
  }
}

TEMPLATE_TEST_CASE("replace_file fails where it cannot write, and changes nothing", "",
                   BOTH_FILE_SYSTEMS) {
  TestType subject;
  auto& files = subject.files;
  const std::string& folder = subject.folder;
  subject.link(folder + "/far", "no-folder/file");
  subject.link(folder + "/loop", "loop");
  REQUIRE_FALSE(failure_kind(files.make_folder(folder + "/folder", 0700)));
  const auto names = value_of(files.list(folder));
  CHECK(failure_kind(replace_file(files, folder + "/no/file", "x", {})) ==
        FileFailureKind::no_such_file);
  CHECK(failure_kind(replace_file(files, folder + "/far", "x", {})) ==
        FileFailureKind::no_such_file);
  CHECK(failure_kind(replace_file(files, folder + "/loop", "x", {})) == FileFailureKind::other);
  CHECK(failure_kind(replace_file(files, folder + "/folder", "x", {})) == FileFailureKind::other);
  CHECK(value_of(files.list(folder)) == names);
  if (!subject.obeys_modes()) return;
  REQUIRE_FALSE(failure_kind(files.set_mode(folder, 0500)));
  CHECK(failure_kind(replace_file(files, folder + "/file", "x", {})) ==
        FileFailureKind::no_permission);
  CHECK(value_of(files.list(folder)) == names);
}

TEMPLATE_TEST_CASE("stale temporaries go, everything else stays", "", BOTH_FILE_SYSTEMS) {
  TestType subject;
  auto& files = subject.files;
  const std::string& folder = subject.folder;
  const std::string unique = ".0123456789abcdef.start-claude-tmp";
  const std::vector<std::string> kept = {
      "config.json",
      ".config.json.0123456789abcde.start-claude-tmp",   // a digit short
      ".config.json.0123456789abcdeg.start-claude-tmp",  // not a digit
      "config.json" + unique,                            // not hidden
      ".config.json.swp",
      ".start-claude-tmp",
  };
  for (const auto& name : kept) {
    REQUIRE_FALSE(failure_kind(files.create(folder + "/" + name, "", 0600)));
  }
  for (const auto* name : {".config.json", ".config.json.old"}) {
    REQUIRE_FALSE(failure_kind(files.create(folder + "/" + name + unique, "", 0600)));
  }
  subject.link(folder + "/link", "config.json");

  remove_stale_temporaries(files, folder + "/link");
  auto left = value_of(files.list(folder));
  CHECK(left.size() == kept.size() + 2);
  CHECK(std::find(left.begin(), left.end(), ".config.json.old" + unique) != left.end());

  remove_all_stale_temporaries(files, folder);
  left = value_of(files.list(folder));
  CHECK(left.size() == kept.size() + 1);
  for (const auto& name : kept) CHECK(std::find(left.begin(), left.end(), name) != left.end());
  remove_stale_temporaries(files, folder + "/missing/file");
}

}  // namespace start_claude
