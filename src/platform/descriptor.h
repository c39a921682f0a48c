// A file descriptor that is closed when it goes, and system calls that a signal interrupted, again.
#pragma once

#include <cerrno>
#include <utility>

#include <unistd.h>

namespace start_claude::platform {

/// Repeats `call` for as long as it fails with EINTR.
template <class Call>
auto retry_interrupted(Call call) {
  for (;;) {
    const auto result = call();
    if (result != -1 || errno != EINTR) return result;
  }
}

class Descriptor {
 public:
  /// Takes over `number`; -1 stands for "none", as open() returns it.
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

  /// Closes now and says whether the file system took everything: NFS reports a full disk here.
  bool close() {
    const int number = std::exchange(number_, -1);
    // Linux has let go of the number even if it reports EINTR; closing again could hit a stranger.
    return ::close(number) == 0 || errno == EINTR;
  }

 private:
  int number_;
};

}  // namespace start_claude::platform
