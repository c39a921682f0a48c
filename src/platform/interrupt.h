// The wish that the program end: Ctrl+C, a service manager's stop, a closed terminal.
//
// A run asks between its steps and, if so, ends as ErrorKind::interrupted with everything it did so
// far complete. Nothing is undone and nothing half-written is left.
#pragma once

namespace start_claude::platform {

class Interrupt {
 public:
  virtual ~Interrupt() = default;
  /// Once true, true for good.
  virtual bool requested() const = 0;
};

}  // namespace start_claude::platform
