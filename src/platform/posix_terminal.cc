#include "platform/posix_terminal.h"

#include <array>
#include <atomic>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "platform/descriptor.h"
#include "platform/posix_interrupt.h"

namespace start_claude::platform {
namespace {

constexpr int default_width = 80;
// No answer and no credentials file comes near it; a stream that never ends stops here.
constexpr std::size_t input_bytes_max = std::size_t{16} * 1024 * 1024;
// Keys that would stop or kill the program with the echo still off. While they are switched off,
// the terminal passes them on as bytes, which are taken out of the answer.
constexpr char quit_key = '\x1C';
constexpr char suspend_key = '\x1A';

// What a second SIGINT, in its handler, needs to put the echo back.
std::atomic<int> silenced_descriptor{-1};
termios terminal_before{};

void restore_silenced_terminal() {
  const int descriptor = silenced_descriptor.exchange(-1);
  if (descriptor >= 0) ::tcsetattr(descriptor, TCSANOW, &terminal_before);
}

/// Echo is off while it lives, except for the newline. Does nothing if the input is no terminal.
class EchoOff {
 public:
  explicit EchoOff(int descriptor) {
    if (::tcgetattr(descriptor, &terminal_before) != 0) return;
    set_last_action(restore_silenced_terminal);
    silenced_descriptor.store(descriptor);
    termios silent = terminal_before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHOE | ECHOK);
    silent.c_lflag |= ECHONL;
    silent.c_cc[VQUIT] = _POSIX_VDISABLE;
    silent.c_cc[VSUSP] = _POSIX_VDISABLE;
    // TCSANOW and not TCSAFLUSH: what was pasted together with the last answer is kept.
    ::tcsetattr(descriptor, TCSANOW, &silent);
  }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;
  ~EchoOff() { restore_silenced_terminal(); }
};

/// Writes all of `text`, waiting where the descriptor is non-blocking and full.
bool write_whole(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(descriptor, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      if (wait_for({descriptor, POLLOUT}, std::nullopt) == WaitOutcome::interrupted) return false;
    } else if (errno != EINTR || interrupted()) {
      return false;
    }
  }
  return true;
}

bool is_open(int descriptor) { return ::fcntl(descriptor, F_GETFD) != -1 || errno != EBADF; }

}  // namespace

void open_standard_streams() {
  for (int descriptor = 0; descriptor <= 2; ++descriptor) {
    if (is_open(descriptor)) continue;
    // The lowest free number is this one. Opened the wrong way round, so that its use fails.
    const int opened = ::open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY);
    // Without /dev/null (a bare chroot) the root folder serves: it can neither be read nor written.
    if (opened < 0 && ::open("/", O_RDONLY | O_DIRECTORY) < 0) ::_exit(1);
  }
}

PosixTerminal::PosixTerminal(Descriptors descriptors) : descriptors_(descriptors) {
  std::signal(SIGPIPE, SIG_IGN);
}

bool PosixTerminal::input_is_tty() const { return ::isatty(descriptors_.input) == 1; }
bool PosixTerminal::output_is_tty() const { return ::isatty(descriptors_.output) == 1; }
bool PosixTerminal::error_is_tty() const { return ::isatty(descriptors_.error) == 1; }

int PosixTerminal::width() const {
  for (const int descriptor : {descriptors_.output, descriptors_.error, descriptors_.input}) {
    winsize size{};
    if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  }
  return default_width;
}

bool PosixTerminal::write_output(std::string_view text) {
  return write_whole(descriptors_.output, text);
}

void PosixTerminal::write_error(std::string_view text) {
  (void)write_whole(descriptors_.error, text);
}

/// Adds what there is to read to `unread_`; false at the end of input.
bool PosixTerminal::fill() {
  if (unread_.size() >= input_bytes_max) return false;
  for (;;) {
    if (wait_for({descriptors_.input, POLLIN}, std::nullopt) == WaitOutcome::interrupted) {
      end_interrupted_line();
    }
    std::array<char, 4096> chunk{};
    const auto count = ::read(descriptors_.input, chunk.data(), chunk.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    // A terminal that hung up (EIO) or a closed stream (EBADF) has nothing more to say.
    if (count <= 0) return false;
    unread_.append(chunk.data(), static_cast<std::size_t>(count));
    return true;
  }
}

void PosixTerminal::end_interrupted_line() {
  if (input_is_tty()) write_error("\n");
  end_interrupted();
}

std::optional<std::string> PosixTerminal::read_line() {
  std::size_t searched = 0;
  auto end = unread_.find('\n');
  while (end == std::string::npos) {
    searched = unread_.size();
    if (!fill()) break;
    end = unread_.find('\n', searched);
  }
  if (end == std::string::npos && unread_.empty()) return std::nullopt;
  std::string line = unread_.substr(0, end);
  unread_.erase(0, end == std::string::npos ? end : end + 1);
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::optional<std::string> PosixTerminal::read_secret() {
  install_interrupt_handlers();
  const EchoOff echo_off(descriptors_.input);
  auto line = read_line();
  if (line) {
    std::erase_if(*line, [](char key) { return key == quit_key || key == suspend_key; });
  }
  return line;
}

std::string PosixTerminal::read_all() {
  while (fill()) {
  }
  return std::move(unread_);
}

}  // namespace start_claude::platform
