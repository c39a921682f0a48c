// The real standard streams, read and written without a buffer in between.
//
// Constructing it makes the process ignore SIGPIPE, so that a reader who went away is a failed
// write and not a silent death. Whoever starts other programs gives them the default back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "platform/terminal.h"

namespace start_claude::platform {

/// Puts something on each of the descriptors 0, 1 and 2 that was closed at start, so that no file
/// opened later gets its number and the words meant for stdout. Reading and writing there fails
/// still. Call it before anything opens a file.
void open_standard_streams();

class PosixTerminal final : public Terminal {
 public:
  struct Descriptors {
    int input = 0;
    int output = 1;
    int error = 2;
  };

  PosixTerminal() : PosixTerminal(Descriptors{}) {}
  explicit PosixTerminal(Descriptors descriptors);

  bool input_is_tty() const override;
  bool output_is_tty() const override;
  bool error_is_tty() const override;
  int width() const override;

  bool write_output(std::string_view text) override;
  void write_error(std::string_view text) override;

  /// An interrupt while a person is being asked ends the process with exit code 130, the terminal
  /// restored: nothing is under way at that moment. Lines end at "\n" or "\r\n".
  std::optional<std::string> read_line() override;
  /// Installs the interrupt handlers if they are not yet, because a Ctrl+C must restore the echo.
  std::optional<std::string> read_secret() override;
  std::string read_all() override;

 private:
  bool fill();
  [[noreturn]] void end_interrupted_line();

  Descriptors descriptors_;
  std::string unread_;  ///< from stdin, not yet asked for
};

}  // namespace start_claude::platform
