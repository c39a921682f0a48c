// Interrupts by signal: SIGINT, SIGTERM and SIGHUP set a flag that a run looks at between its
// steps.
//
// A second SIGINT ends the process at once with exit code 130: for a person, the first one took too
// long. Signals the parent had set to be ignored (nohup, a shell's background job) stay ignored.
// System calls are not restarted (no SA_RESTART), so that a wait ends with EINTR; the signal is
// passed on to the thread that installed the handlers, which is the one that waits.
#pragma once

#include <chrono>
#include <optional>

#include "platform/interrupt.h"

namespace start_claude::platform {

/// Doing it again is harmless; the thread that did so last is the one a signal wakes.
void install_interrupt_handlers();
/// True once one of the signals has arrived.
bool interrupted();
/// Ends the process with exit code 130, as after Ctrl+C, without running destructors.
[[noreturn]] void end_interrupted();
/// Ends the process with that exit code, without running destructors: for when a thread is in the
/// middle of something that may stop between any two steps, and nobody waits for it.
[[noreturn]] void end_process(int exit_code);
/// From now on one signal ends the process at once, as end_interrupted() does: for commands that
/// may stop between any two steps without harm. Installs the handlers.
void end_at_once_when_interrupted();

/// What end_interrupted() and a second SIGINT do first; null for nothing. `action` runs inside a
/// signal handler: it may call only what signal-safety(7) lists.
void set_last_action(void (*action)());

class PosixInterrupt final : public Interrupt {
 public:
  PosixInterrupt() { install_interrupt_handlers(); }
  bool requested() const override { return interrupted(); }
};

enum class WaitOutcome { ready, timed_out, interrupted };

/// What poll() is to wait for: POLLIN or POLLOUT on a descriptor; -1 waits for time alone.
struct Awaited {
  int descriptor = -1;
  short events = 0;
};

/// Waits without missing an interrupt that arrives just before it begins. No timeout waits for
/// ever.
WaitOutcome wait_for(const Awaited& awaited, std::optional<std::chrono::milliseconds> timeout);

}  // namespace start_claude::platform
