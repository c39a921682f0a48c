#include "sync/schedule.h"

#include <algorithm>
#include <utility>

namespace start_claude::sync {
namespace {

using std::chrono::milliseconds;

constexpr std::uint32_t dice_sides = 1'001;

/// `from` to `to`, by the dice.
milliseconds between(milliseconds from, milliseconds to, std::uint32_t dice) {
  return from + (to - from) * (dice % dice_sides) / (dice_sides - 1);
}

milliseconds doubled(milliseconds first, int times, milliseconds longest) {
  milliseconds delay = first;
  for (int i = 0; i < times && delay < longest; ++i) delay *= 2;
  return std::min(delay, longest);
}

class Advance {
 public:
  Advance(Schedule schedule, Moment now) : step_{std::move(schedule)}, now_(now) {}

  void operator()(const Began&) { state().check_at = now_; }
  void operator()(const LocalChanged&) {
    state().settled_at = now_ + settle_time;
    state().owes_upload = true;
  }
  void operator()(const TimeCame&) {}
  void operator()(const CheckAsked&) { state().check_at = now_; }
  void operator()(const Reloaded&) {
    state().failures = 0;
    state().retry_at.reset();
    state().check_at = now_;
  }
  void operator()(const RunEnded& ended) {
    state().running.reset();
    state().retry_at.reset();
    switch (ended.outcome) {
      case RunOutcome::done:
      case RunOutcome::undecided:
        state().failures = 0;
        // What changed while it ran is a change of its own.
        if (!state().settled_at) state().owes_upload = false;
        break;
      case RunOutcome::busy:
        retry_after(doubled(retry_first, state().failures, busy_longest), ended.dice);
        break;
      case RunOutcome::failed_so_far:
        retry_after(doubled(retry_first, state().failures, retry_longest), ended.dice);
        break;
    }
    // A check that was asked for while the run went on has not seen what made somebody ask.
    if (is_due(state().check_at)) return;
    if (!ended.check_interval) {
      state().check_at.reset();
    } else if (!state().check_at) {
      const milliseconds interval = *ended.check_interval;
      state().check_at = now_ + between(interval * 9 / 10, interval * 11 / 10, ended.dice);
    }
  }
  void operator()(const EndAsked&) {
    if (state().owes_upload) start(RunPurpose::last_chance);
    step_.actions.emplace_back(EndNow{});
  }

  /// Starts what is due. While the file is being written nothing is: it could be half a file.
  void start_what_is_due() {
    if (state().running || !step_.actions.empty()) return;
    if (state().settled_at && !is_due(state().settled_at)) return;
    const bool retries = is_due(state().retry_at);
    if (is_due(state().check_at) || (retries && !state().owes_upload)) {
      start(RunPurpose::check);
    } else if (is_due(state().settled_at) || retries) {
      start(RunPurpose::local_change);
    }
  }

  ScheduleStep take() { return std::move(step_); }

 private:
  Schedule& state() { return step_.schedule; }
  bool is_due(const std::optional<Moment>& at) const { return at && *at <= now_; }

  void start(RunPurpose purpose) {
    state().running = purpose;
    state().settled_at.reset();
    state().retry_at.reset();
    if (purpose == RunPurpose::check) state().check_at.reset();
    step_.actions.emplace_back(StartRun{purpose});
  }

  void retry_after(milliseconds delay, std::uint32_t dice) {
    ++state().failures;
    state().retry_at = now_ + between(delay / 2, delay, dice);
  }

  ScheduleStep step_;
  Moment now_;
};

}  // namespace

ScheduleStep advance(Schedule schedule, const ScheduleEvent& event, Moment now) {
  Advance advance(std::move(schedule), now);
  std::visit(advance, event);
  advance.start_what_is_due();
  return advance.take();
}

std::optional<Moment> next_moment(const Schedule& schedule) {
  if (schedule.running) return std::nullopt;
  if (schedule.settled_at) return schedule.settled_at;
  if (!schedule.retry_at || !schedule.check_at) {
    return schedule.retry_at ? schedule.retry_at : schedule.check_at;
  }
  return std::min(*schedule.retry_at, *schedule.check_at);
}

}  // namespace start_claude::sync
