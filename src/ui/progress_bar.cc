#include "ui/progress_bar.h"

#include <algorithm>

#include "base/text.h"

namespace start_claude::ui {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds patience{1000};
constexpr milliseconds redraw_interval{200};
constexpr std::size_t bar_columns = 24;

std::string bar_of(std::uint64_t done, std::uint64_t total) {
  const auto filled = static_cast<std::size_t>(bar_columns * std::min(done, total) / total);
  return '[' + std::string(filled, '#') + std::string(bar_columns - filled, '.') + ']';
}

std::string speed_of(std::uint64_t bytes, milliseconds elapsed) {
  const auto in_ms = static_cast<std::uint64_t>(std::max<milliseconds::rep>(1, elapsed.count()));
  return base::format_size(bytes * 1000 / in_ms) + "/s";
}

}  // namespace

ProgressBar::ProgressBar(Console& console, const platform::Clock& clock)
    : terminal_(console.terminal()),
      clock_(clock),
      is_wanted_(!console.quiet() && !console.json() && console.terminal().error_is_tty()) {}

std::string ProgressBar::line_for(const Transferred& so_far, milliseconds elapsed) const {
  const bool is_up = so_far.to_send > 0 && so_far.sent < so_far.to_send;
  const bool is_down = so_far.received > 0;
  if (!is_up && !is_down) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(elapsed).count();
    return "waiting for the server, " + std::to_string(seconds) + " s";
  }
  const std::uint64_t done = is_up ? so_far.sent : so_far.received;
  const std::uint64_t total = is_up ? so_far.to_send : so_far.to_receive;
  std::string line = is_up ? "uploading " : "downloading ";
  if (total == 0) return line + base::format_size(done) + ", " + speed_of(done, elapsed);
  line += bar_of(done, total) + " " + std::to_string(100 * std::min(done, total) / total) + " %";
  return line + " of " + base::format_size(total) + ", " + speed_of(done, elapsed);
}

void ProgressBar::show(const Transferred& so_far) {
  if (!is_wanted_) return;
  const milliseconds now = clock_.monotonic();
  if (!has_begun_) {
    has_begun_ = true;
    began_ = now;
  }
  if (now - began_ < patience || (columns_ > 0 && now - drawn_ < redraw_interval)) return;
  drawn_ = now;
  std::string line = line_for(so_far, now - began_);
  // The last column stays free: a character there would make some terminals go on below.
  const auto room = static_cast<std::size_t>(std::max(1, terminal_.width() - 1));
  line.resize(std::min(line.size(), room));
  const std::size_t columns = line.size();
  line.append(columns_ > columns ? columns_ - columns : 0, ' ');
  columns_ = columns;
  terminal_.write_error('\r' + line);
}

void ProgressBar::end() {
  has_begun_ = false;
  if (columns_ == 0) return;
  terminal_.write_error('\r' + std::string(columns_, ' ') + '\r');
  columns_ = 0;
}

}  // namespace start_claude::ui
