// Keys of the terminal on stdin, which is in another mode while this lives.
#pragma once

#include <memory>

#include <termios.h>

#include "platform/keys.h"

namespace start_claude::platform {

/// Keys are not echoed and need no Enter; Ctrl+C and Ctrl+Z do what they always do. The mode is
/// restored by the destructor, and by end_interrupted().
class PosixKeys final : public Keys {
 public:
  /// Null if `input` is no terminal, or if this process is not in its foreground.
  static std::unique_ptr<Keys> open(int input = 0);
  PosixKeys(const PosixKeys&) = delete;
  PosixKeys& operator=(const PosixKeys&) = delete;
  ~PosixKeys() override;

  int descriptor() const override { return input_; }
  std::optional<char> take() override;

 private:
  explicit PosixKeys(int input) : input_(input) {}
  int input_;
};

}  // namespace start_claude::platform
