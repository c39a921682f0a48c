// The three streams of the process, and what a person at a terminal can be asked.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace start_claude::platform {

class Terminal {
 public:
  virtual ~Terminal() = default;
  virtual bool input_is_tty() const = 0;
  virtual bool output_is_tty() const = 0;
  virtual bool error_is_tty() const = 0;
  /// Columns of the terminal, 80 if unknown.
  virtual int width() const = 0;

  /// To stdout; false if the stream is closed or full (a pipe that went away, /dev/full).
  virtual bool write_output(std::string_view text) = 0;
  /// To stderr; failures are ignored, there is nobody left to tell.
  virtual void write_error(std::string_view text) = 0;

  /// One line from stdin without its line end; nothing at end of input.
  virtual std::optional<std::string> read_line() = 0;
  /// The same with echo off while it is typed; the newline the person typed is echoed.
  virtual std::optional<std::string> read_secret() = 0;
  /// Everything on stdin until its end.
  virtual std::string read_all() = 0;
};

}  // namespace start_claude::platform
