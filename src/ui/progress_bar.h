// How far a long transfer is, on stderr, for who waits at a terminal.
//
// Nothing shows in the first second. The line is made of plain characters, is drawn over itself and
// wiped out at the end, so that nothing of it stays on the screen.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "platform/clock.h"
#include "ui/console.h"

namespace start_claude::ui {

/// Bytes of one transfer; a total of 0 is one that nobody knows (yet).
struct Transferred {
  std::uint64_t sent = 0;
  std::uint64_t to_send = 0;
  std::uint64_t received = 0;
  std::uint64_t to_receive = 0;
};

class ProgressBar {
 public:
  /// Shows nothing with --quiet or --json, or where stderr is no terminal.
  ProgressBar(Console& console, const platform::Clock& clock);

  /// A transfer begins, or goes on. Cheap enough to be told of every packet.
  void show(const Transferred& so_far);
  /// It ended, whichever way; before anything else is written.
  void end();

 private:
  std::string line_for(const Transferred& so_far, std::chrono::milliseconds elapsed) const;

  platform::Terminal& terminal_;
  const platform::Clock& clock_;
  bool is_wanted_;
  bool has_begun_ = false;
  std::chrono::milliseconds began_{};
  std::chrono::milliseconds drawn_{};
  std::size_t columns_ = 0;  ///< of what stands on the screen
};

}  // namespace start_claude::ui
