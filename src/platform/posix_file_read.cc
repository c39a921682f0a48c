// Reading a file as it was at one moment, while others may be writing it.

#include <algorithm>
#include <chrono>

#include <fcntl.h>
#include <time.h>

#include "platform/posix_file.h"
#include "platform/posix_filesystem.h"

namespace start_claude::platform {
namespace {

constexpr int attempts_max = 8;
constexpr std::size_t compared_bytes = std::size_t{64} * 1024;
constexpr std::int64_t file_bytes_max = std::int64_t{1} << 30;
// Files are stamped by a clock that ticks every 1 to 10 ms: within one tick a second write leaves
// the same mtime, so a file is read only once its last write is older than that.
constexpr std::chrono::nanoseconds settling_time = std::chrono::milliseconds{10};

/// True for a file that may be in the middle of a save. An empty one counts as such whatever its
/// time: ext4 sets the size at once when a file is truncated, but the mtime only after it has freed
/// the blocks, and an editor's next step would be to write.
bool may_be_unsettled(const struct stat& status) {
  if (status.st_size == 0) return true;
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  const auto age = std::chrono::seconds{now.tv_sec - status.st_mtim.tv_sec} +
                   std::chrono::nanoseconds{now.tv_nsec - status.st_mtim.tv_nsec};
  return age >= age.zero() && age < settling_time;
}

void pause_for(std::chrono::nanoseconds duration) {
  timespec left{.tv_sec = 0, .tv_nsec = static_cast<long>(duration.count())};
  while (::nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

/// Up to `size` + 1 bytes from the start: one more than expected shows that the file has grown.
std::optional<std::string> bytes_of(int descriptor, std::size_t size) {
  std::string bytes;
  bytes.reserve(size + base::SharedText::spare_wanted);
  bytes.resize(size + 1);
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const auto count = retry_interrupted([&] {
      return ::pread(descriptor, &bytes[filled], bytes.size() - filled, static_cast<off_t>(filled));
    });
    if (count < 0) return std::nullopt;
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  bytes.resize(filled);
  return bytes;
}

/// Whether the next bytes of the file, from `offset` on, are `expected`.
bool has_bytes(int descriptor, std::size_t offset, std::string_view expected) {
  std::string buffer(std::min(expected.size(), compared_bytes), '\0');
  while (!expected.empty()) {
    const auto count = retry_interrupted([&] {
      return ::pread(descriptor, buffer.data(), std::min(buffer.size(), expected.size()),
                     static_cast<off_t>(offset));
    });
    if (count <= 0) return false;
    const auto read = static_cast<std::size_t>(count);
    if (expected.substr(0, read) != std::string_view(buffer).substr(0, read)) return false;
    expected.remove_prefix(read);
    offset += read;
  }
  return true;
}

}  // namespace

bool PosixFileSystem::holds(const std::string& path, const base::TextParts& text) const {
  const Descriptor file = open_file(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  struct stat status {};
  if (!file || ::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  if (static_cast<std::size_t>(status.st_size) != text.size()) return false;
  std::size_t offset = 0;
  for (const std::string_view piece : text.pieces()) {
    if (!has_bytes(file.number(), offset, piece)) return false;
    offset += piece.size();
  }
  return true;
}

FileResult<FileRange> PosixFileSystem::read_range(const std::string& path,
                                                  const RangeRequest& request) const {
  const Descriptor file = open_file(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  struct stat status {};
  if (!file || ::fstat(file.number(), &status) != 0) return last_failure();
  if (!S_ISREG(status.st_mode)) {
    return FileFailure{FileFailureKind::other, "Not a regular file"};
  }
  if (status.st_size > file_bytes_max) return failure_from(EFBIG);
  const auto size = static_cast<std::uint64_t>(status.st_size);
  const std::uint64_t there = request.offset < size ? size - request.offset : 0;
  std::string bytes(static_cast<std::size_t>(std::min(there, request.bytes_max)), '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const auto count = retry_interrupted([&] {
      return ::pread(file.number(), &bytes[filled], bytes.size() - filled,
                     static_cast<off_t>(request.offset + filled));
    });
    if (count < 0) return last_failure();
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  bytes.resize(filled);
  return FileRange{std::move(bytes), std::uint64_t{status.st_ino}};
}

FileResult<FileContent> PosixFileSystem::read(const std::string& path) const {
  // O_NONBLOCK: opening a FIFO for reading would otherwise wait for somebody to write to it.
  const Descriptor file = open_file(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file) return last_failure();
  struct stat before {};
  struct stat after {};
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    if (::fstat(file.number(), &before) != 0) return last_failure();
    if (S_ISDIR(before.st_mode)) return failure_from(EISDIR);
    if (!S_ISREG(before.st_mode)) {
      return FileFailure{FileFailureKind::other, "Not a regular file"};
    }
    if (before.st_size > file_bytes_max) return failure_from(EFBIG);
    if (may_be_unsettled(before)) {
      pause_for(settling_time);
      if (::fstat(file.number(), &after) != 0) return last_failure();
      if (fingerprint_of(after) != fingerprint_of(before)) continue;
    }
    auto bytes = bytes_of(file.number(), static_cast<std::size_t>(before.st_size));
    if (!bytes || ::fstat(file.number(), &after) != 0) return last_failure();
    const Fingerprint fingerprint = fingerprint_of(after);
    if (fingerprint == fingerprint_of(before) && bytes->size() == fingerprint.size) {
      return FileContent{*std::move(bytes), fingerprint, modified_of(after)};
    }
  }
  return FileFailure{FileFailureKind::other, "It changes while it is being read"};
}

}  // namespace start_claude::platform
