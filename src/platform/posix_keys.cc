#include "platform/posix_keys.h"

#include <poll.h>
#include <unistd.h>

#include "platform/descriptor.h"
#include "platform/posix_interrupt.h"

namespace start_claude::platform {
namespace {

// Globals, because what runs in a signal handler has nothing else.
int changed_terminal = -1;
termios mode_before{};

void restore_mode() {
  if (changed_terminal >= 0) ::tcsetattr(changed_terminal, TCSADRAIN, &mode_before);
}

}  // namespace

std::unique_ptr<Keys> PosixKeys::open(int input) {
  // From the background, changing the mode would stop this process.
  if (::isatty(input) != 1 || ::tcgetpgrp(input) != ::getpgrp()) return nullptr;
  if (::tcgetattr(input, &mode_before) != 0) return nullptr;
  termios mode = mode_before;
  mode.c_lflag &= static_cast<tcflag_t>(~(ICANON | ECHO));
  mode.c_cc[VMIN] = 1;
  mode.c_cc[VTIME] = 0;
  changed_terminal = input;
  set_last_action(restore_mode);
  if (::tcsetattr(input, TCSADRAIN, &mode) != 0) {
    set_last_action(nullptr);
    return nullptr;
  }
  return std::unique_ptr<Keys>(new PosixKeys(input));
}

PosixKeys::~PosixKeys() {
  restore_mode();
  set_last_action(nullptr);
  changed_terminal = -1;
}

std::optional<char> PosixKeys::take() {
  pollfd entry{input_, POLLIN, 0};
  if (::poll(&entry, 1, 0) <= 0 || (entry.revents & POLLIN) == 0) return std::nullopt;
  char key = 0;
  if (retry_interrupted([&] { return ::read(input_, &key, 1); }) != 1) return std::nullopt;
  return key;
}

}  // namespace start_claude::platform
