#include "platform/posix_folder_watch.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include <sys/inotify.h>
#include <sys/stat.h>

#include "platform/filesystem.h"

namespace start_claude::platform {
namespace {

// IN_MODIFY as well as IN_CLOSE_WRITE: a program that keeps its file open is still writing.
constexpr std::uint32_t folder_events = IN_ONLYDIR | IN_MODIFY | IN_CLOSE_WRITE | IN_CREATE |
                                        IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF |
                                        IN_MOVE_SELF;
// Of an ancestor only what may bring the folder nearer.
constexpr std::uint32_t ancestor_events =
    IN_ONLYDIR | IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;
constexpr std::uint32_t folder_gone_events =
    IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT;

constexpr std::uint32_t file_events = IN_MODIFY | IN_CLOSE_WRITE;

// inotify refuses a buffer that the longest name would not fit in.
constexpr std::size_t buffer_bytes = 4096;
static_assert(buffer_bytes >= sizeof(inotify_event) + 255 + 1);

Error no_watch(const std::string& folder, int error_number) {
  return {ErrorKind::local_disk, "cannot watch " + folder + ": " + std::strerror(error_number),
          "the limits are in /proc/sys/fs/inotify; other programs may have used them up"};
}

}  // namespace

bool FolderChanges::concerns(const std::string& name) const {
  return anything || std::binary_search(names.begin(), names.end(), name);
}

Result<std::unique_ptr<FolderWatch>> PosixFolderWatch::open(const std::string& folder) {
  Descriptor inotify(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!inotify) return no_watch(folder, errno);
  std::unique_ptr<PosixFolderWatch> watch(new PosixFolderWatch(folder, std::move(inotify)));
  if (!watch->watch_what_is_there()) return no_watch(folder, errno);
  return std::unique_ptr<FolderWatch>(std::move(watch));
}

bool PosixFolderWatch::watch_what_is_there() {
  std::string path = folder_;
  std::string missing_child;
  for (;;) {
    const bool is_folder = path == folder_;
    const int added = ::inotify_add_watch(inotify_.number(), path.c_str(),
                                          is_folder ? folder_events : ancestor_events);
    struct stat status {};
    if (added >= 0 && (is_folder || ::stat(missing_child.c_str(), &status) != 0)) {
      follow(added, path);
      return true;
    }
    if (added >= 0) {
      // It came after it was looked for and before its parent was watched.
      if (added != watch_) ::inotify_rm_watch(inotify_.number(), added);
      path = folder_;
      continue;
    }
    const bool may_come = errno == ENOENT || errno == ENOTDIR || errno == EACCES;
    std::string parent = folder_of(path);
    if (!may_come || parent == path) {
      watched_.clear();
      return false;
    }
    missing_child = std::exchange(path, std::move(parent));
  }
}

void PosixFolderWatch::follow(int watch, const std::string& path) {
  // The same folder keeps its number: giving that up would be an event in itself.
  if (watch_ >= 0 && watch_ != watch) ::inotify_rm_watch(inotify_.number(), watch_);
  watch_ = watch;
  watched_ = path;
  identity_ = {};
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) identity_ = {status.st_dev, status.st_ino};
}

bool PosixFolderWatch::is_led_elsewhere() const {
  struct stat status {};
  if (::stat(watched_.c_str(), &status) != 0) return true;
  return Identity{status.st_dev, status.st_ino} != identity_;
}

void PosixFolderWatch::read_events(std::set<std::string>& names, bool& anything) {
  alignas(inotify_event) std::array<char, buffer_bytes> buffer{};
  for (;;) {
    const ssize_t count =
        retry_interrupted([&] { return ::read(inotify_.number(), buffer.data(), buffer.size()); });
    if (count <= 0) return;
    const char* const end = buffer.data() + count;
    for (const char* at = buffer.data(); at < end;) {
      const auto* event = reinterpret_cast<const inotify_event*>(at);
      at += sizeof(inotify_event) + event->len;
      if ((event->mask & IN_Q_OVERFLOW) != 0) anything = true;
      for (auto& [name, watch] : files_) {
        if (event->wd != watch) continue;
        names.insert(name);
        if ((event->mask & IN_IGNORED) != 0) watch = -1;
      }
      // An event of a watch that was given up meanwhile says nothing about this one.
      if (event->wd != watch_) continue;
      if ((event->mask & folder_gone_events) != 0) anything = true;
      if (event->len > 0) names.insert(event->name);
    }
  }
}

std::set<std::string> PosixFolderWatch::follow_files() {
  std::set<std::string> changed;
  for (auto& [name, watch] : files_) {
    int found = -1;
    if (is_watching_the_folder()) {
      const std::string path = join_path(folder_, name);
      found = ::inotify_add_watch(inotify_.number(), path.c_str(), file_events);
    }
    if (found == watch) continue;
    if (watch >= 0) ::inotify_rm_watch(inotify_.number(), watch);
    watch = found;
    changed.insert(name);
  }
  return changed;
}

void PosixFolderWatch::watch_file(const std::string& name) {
  files_.emplace(name, -1);
  (void)follow_files();
}

FolderChanges PosixFolderWatch::take_changes() {
  std::set<std::string> names;
  bool anything = false;
  read_events(names, anything);
  const bool was_there = is_watching_the_folder();
  // Names in an ancestor are not the folder's.
  if (!was_there) names.clear();
  if (anything || !was_there || is_led_elsewhere()) {
    anything = was_there;
    (void)watch_what_is_there();
    if (!was_there && is_watching_the_folder()) anything = true;
  }
  // Something may have been mounted over a file, which is no event.
  names.merge(follow_files());
  return {.names = {names.begin(), names.end()}, .anything = anything};
}

}  // namespace start_claude::platform
