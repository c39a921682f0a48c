// Another program, run to its end: what it wrote to stdout, and how it ended.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <variant>
#include <vector>

namespace start_claude::platform {

struct ProgramRequest {
  /// The program and its arguments, as they are: no shell looks at them. A program without a "/" is
  /// looked for in PATH.
  std::vector<std::string> words;
  std::chrono::milliseconds timeout{60'000};
  std::size_t output_bytes_max = std::size_t{1024} * 1024;
};

struct ProgramOutput {
  int exit_code = 0;  ///< 128 plus the signal's number if a signal ended it
  std::string text;   ///< stdout
};

enum class ProgramFailureKind {
  not_started,  ///< not found, not executable, no memory
  timed_out,
  too_much_output,
  interrupted,  ///< this program is to end
};

struct ProgramFailure {
  ProgramFailureKind kind = ProgramFailureKind::not_started;
  std::string reason;  ///< the system's words: "No such file or directory"
};

using ProgramResult = std::variant<ProgramOutput, ProgramFailure>;

class Programs {
 public:
  virtual ~Programs() = default;
  /// Waits for the program's end; if that does not come in time, the program and all that it
  /// started are ended. It has this process's variables and folder, nothing on stdin, and no other
  /// descriptor of this process; it can show something on the terminal, but nothing can be typed
  /// there. What it writes to stderr is dropped.
  virtual ProgramResult run(const ProgramRequest& request) = 0;
};

}  // namespace start_claude::platform
