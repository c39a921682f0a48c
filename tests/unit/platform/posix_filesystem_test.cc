// What only the real file system has: special files, other processes, owners.

#include "platform/posix_filesystem.h"

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "in_child.h"
#include "platform/descriptor.h"
#include "support/temporary_folder.h"

namespace start_claude::platform {
namespace {

constexpr uid_t nobody = 65534;

std::optional<FileFailureKind> read_failure(const std::string& path) {
  const auto result = PosixFileSystem().read(path);
  const auto* failure = std::get_if<FileFailure>(&result);
  return failure == nullptr ? std::nullopt : std::optional(failure->kind);
}

template <class T>
bool succeeded(const FileResult<T>& result) {
  return std::holds_alternative<T>(result);
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator listing("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(listing), end(listing)));
}

uid_t owner_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status.st_uid;
}

}  // namespace

TEST_CASE("reading something that is no file fails at once") {
  const support::TemporaryFolder folder;
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  CHECK(read_failure(folder / "fifo") == FileFailureKind::other);
  CHECK(read_failure("/dev/zero") == FileFailureKind::other);
  CHECK(read_failure("/dev/tty").has_value());
  std::filesystem::create_symlink("fifo", folder / "link");
  CHECK(read_failure(folder / "link") == FileFailureKind::other);
}

TEST_CASE("an mtime within a millisecond is not earlier than it was") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "config.json";
  std::ofstream(path) << "{}";
  const auto nanoseconds = GENERATE(0L, 1L, 500'000L, 1'000'000L, 999'000'001L);
  const std::array<timespec, 2> times{timespec{1'790'000'000, 0},
                                      timespec{1'790'000'000, nanoseconds}};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times.data(), 0) == 0);
  const auto status = std::get<FileStatus>(PosixFileSystem().status(path));
  const auto exact = std::chrono::seconds(1'790'000'000) + std::chrono::nanoseconds(nanoseconds);
  CHECK(status.modified.time_since_epoch() >= exact);
  CHECK(status.modified.time_since_epoch() - exact < std::chrono::milliseconds(1));
}

TEST_CASE("an absurdly large file is refused before memory is") {
  const support::TemporaryFolder folder;
  std::ofstream(folder / "sparse") << "x";
  std::filesystem::resize_file(folder / "sparse", std::uintmax_t{1} << 40);
  CHECK(read_failure(folder / "sparse") == FileFailureKind::other);
}

TEST_CASE("what is read while somebody writes belongs to the fingerprint it comes with") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "config.json";
  // So large that some of the reads coincide with a save.
  const std::string small(4'000'000, 'a');
  const std::string large(6'000'000, 'b');
  std::ofstream(path) << small;
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (int save = 0; save < 25; ++save) {
      std::ofstream(path) << (save % 2 == 0 ? large : small);
      // A gap as between a person's saves; without any, there is no moment of rest to read at.
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    done = true;
  });
  const PosixFileSystem files;
  int mismatched = 0;
  while (!done) {
    const auto result = files.read(path);
    const auto* content = std::get_if<FileContent>(&result);
    if (content == nullptr) continue;
    const auto& bytes = content->bytes;
    const bool mixed = bytes.find_first_not_of(bytes.substr(0, 1)) != std::string::npos;
    if (mixed || content->fingerprint.size != bytes.size()) ++mismatched;
  }
  writer.join();
  CHECK(mismatched == 0);
}

TEST_CASE("a file is read only once its last save is over") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "config.json";
  const PosixFileSystem files;
  SECTION("which its time tells") {
    std::ofstream(path) << "just now";
    const auto content = std::get<FileContent>(files.read(path));
    // The time is rounded up to the millisecond.
    CHECK(std::chrono::system_clock::now() - content.modified >= std::chrono::milliseconds{9});
  }
  SECTION("or, while it is empty, only another look") {
    std::ofstream(path).close();
    REQUIRE(succeeded(PosixFileSystem().set_modified(path, UtcTime{})));
    const auto before = std::chrono::steady_clock::now();
    CHECK(std::get<FileContent>(files.read(path)).bytes.empty());
    CHECK(std::chrono::steady_clock::now() - before >= std::chrono::milliseconds{10});
  }
}

TEST_CASE("a second write of the same size has another fingerprint, however quick") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "config.json";
  const PosixFileSystem files;
  for (char letter = 'a'; letter < 'k'; ++letter) {
    std::ofstream(path) << letter;
    const auto first = std::get<FileContent>(files.read(path));
    std::ofstream(path) << '!';
    const auto second = std::get<FileContent>(files.read(path));
    CHECK(first.bytes == std::string(1, letter));
    CHECK(second.bytes == "!");
    CHECK(first.fingerprint != second.fingerprint);
  }
}

TEST_CASE("a lock is held against other processes, and a killed one lets go of it") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "lock";
  PosixFileSystem files;
  std::array<int, 2> ready{};
  REQUIRE(::pipe(ready.data()) == 0);
  const pid_t holder = start_child([&] {
    const auto lock = PosixFileSystem().try_lock(path, "host pid 123");
    const bool held = succeeded(lock) && std::get<0>(lock) != nullptr;
    if (::write(ready[1], held ? "y" : "n", 1) != 1) return 1;
    return ::pause();
  });
  char held = 0;
  REQUIRE(::read(ready[0], &held, 1) == 1);
  REQUIRE(held == 'y');
  CHECK(std::get<0>(files.try_lock(path, "me")) == nullptr);
  CHECK(std::get<FileContent>(files.read(path)).bytes == "host pid 123");
  ::kill(holder, SIGKILL);
  CHECK(wait_for_child(holder) == 128 + SIGKILL);
  CHECK(std::get<0>(files.try_lock(path, "me")) != nullptr);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_CASE("a program started meanwhile inherits no lock") {
  const support::TemporaryFolder folder;
  PosixFileSystem files;
  auto lock = std::get<0>(files.try_lock(folder / "lock", "me"));
  REQUIRE(lock != nullptr);
  const pid_t child = start_child([] { return ::execl("/bin/sleep", "sleep", "60", nullptr); });
  // Once its command line is that of sleep, exec has closed what is close-on-exec.
  const std::string commands = "/proc/" + std::to_string(child) + "/comm";
  for (std::string name; name != "sleep";) std::getline(std::ifstream(commands) >> std::ws, name);
  lock.reset();
  CHECK(std::get<0>(files.try_lock(folder / "lock", "again")) != nullptr);
  ::kill(child, SIGKILL);
  (void)wait_for_child(child);
}

TEST_CASE("no operation leaves a descriptor open") {
  const support::TemporaryFolder folder;
  PosixFileSystem files;
  const std::size_t before = open_descriptors();
  (void)replace_file(files, folder / "a", "x", {.modified = UtcTime{}, .unique = 1});
  (void)replace_file(files, folder / "no/a", "x", {});
  (void)files.read(folder / "a");
  (void)files.read(folder.path());
  (void)files.list(folder.path());
  (void)files.make_folder(folder / "b/c", 0700);
  (void)files.create(folder / "a", "x", 0600);
  (void)files.try_lock(folder / "lock", "");
  (void)files.try_lock(folder.path(), "");
  CHECK(open_descriptors() == before);
}

TEST_CASE("replacing works where the link leads to another file system") {
  const support::TemporaryFolder folder;
  const std::filesystem::path elsewhere = "/dev/shm/start-claude-" + std::to_string(::getpid());
  struct stat here {};
  struct stat there {};
  std::error_code ignored;
  if (!std::filesystem::create_directory(elsewhere, ignored)) return;
  REQUIRE(::stat(folder.path().c_str(), &here) == 0);
  REQUIRE(::stat(elsewhere.c_str(), &there) == 0);
  if (here.st_dev == there.st_dev) WARN("/dev/shm is the same file system here");
  std::filesystem::create_symlink(elsewhere / "config.json", folder / "config.json");
  PosixFileSystem files;
  for (const auto* bytes : {"first", "second"}) {
    CHECK(succeeded(replace_file(files, folder / "config.json", bytes, {})));
    CHECK(std::get<FileContent>(files.read(elsewhere / "config.json")).bytes == bytes);
    CHECK(std::get<FileStatus>(files.status(folder / "config.json")).is_symlink);
  }
  std::filesystem::remove_all(elsewhere);
}

TEST_CASE("root leaves files with the user they belong to") {
  if (::geteuid() != 0) return;
  const support::TemporaryFolder folder;
  PosixFileSystem files;
  const std::string home = folder / "home";
  REQUIRE(succeeded(files.make_folder(home, 0700)));
  REQUIRE(::chown(home.c_str(), nobody, nobody) == 0);

  SECTION("what is new in a user's folder is the user's") {
    REQUIRE(succeeded(files.make_folder(home + "/.start-claude/history", 0700)));
    REQUIRE(succeeded(replace_file(files, home + "/.start-claude/config.json", "x", {})));
    REQUIRE(succeeded(files.try_lock(home + "/.start-claude/lock", "")));
    for (const auto* name : {"", "/history", "/config.json", "/lock"}) {
      INFO(name);
      CHECK(owner_of(home + "/.start-claude" + name) == nobody);
    }
    CHECK(std::get<FileStatus>(files.status(home + "/.start-claude/config.json")).mode == 0600);
  }
  SECTION("a user's file in root's folder stays the user's") {
    const std::string path = folder / "config.json";
    REQUIRE(succeeded(files.create(path, "old", 0600)));
    REQUIRE(::chown(path.c_str(), nobody, nobody) == 0);
    REQUIRE(succeeded(replace_file(files, path, "new", {})));
    CHECK(owner_of(path) == nobody);
  }
  SECTION("a second name of another file is not given away") {
    const std::string secret = folder / "shadow";
    REQUIRE(succeeded(files.create(secret, "root's", 0600)));
    std::filesystem::create_hard_link(secret, home + "/temporary");
    files.keep_owner(home + "/temporary", home);
    CHECK(owner_of(secret) == 0);
    std::filesystem::create_symlink(secret, home + "/link");
    std::filesystem::remove(home + "/temporary");
    files.keep_owner(home + "/link", home);
    CHECK(owner_of(secret) == 0);
  }
}

TEST_CASE("a lock file that was removed while held does not fool the next one") {
  const support::TemporaryFolder folder;
  PosixFileSystem files;
  const auto first = std::get<0>(files.try_lock(folder / "lock", "first"));
  REQUIRE(succeeded(files.remove(folder / "lock")));
  const auto second = std::get<0>(files.try_lock(folder / "lock", "second"));
  REQUIRE(second != nullptr);
  CHECK(std::get<0>(files.try_lock(folder / "lock", "third")) == nullptr);
  CHECK(std::get<FileContent>(files.read(folder / "lock")).bytes == "second");
}

}  // namespace start_claude::platform
