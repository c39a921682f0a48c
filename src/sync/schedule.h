// When a command that runs on and on syncs by itself: after local changes, now and then, and again
// after what failed. A pure function of what happened, so that a test need not wait.
//
// The rules: a local change is looked at 1 s after the last of them; the remote is checked at the
// start and then every check interval, 10 % more or less, so that machines started together do not
// ask together; while the file is being written nothing runs; what failed is tried again after 5 s,
// 10 s, 20 s up to 15 min. All moments are Clock::monotonic(): the wall clock may jump, and time
// goes on while the machine sleeps, so that what was missed is due when it wakes up.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace start_claude::sync {

/// By Clock::monotonic().
using Moment = std::chrono::milliseconds;

inline constexpr std::chrono::milliseconds settle_time{1'000};
inline constexpr std::chrono::milliseconds retry_first{5'000};
inline constexpr std::chrono::milliseconds retry_longest{15 * 60'000};
/// Another run holds the lock: it may be a person who is being asked something.
inline constexpr std::chrono::milliseconds busy_longest{60'000};

/// How a run went, reduced to what the schedule depends on.
enum class RunOutcome {
  done,          ///< both sides are as they should be, or there was nothing to do
  undecided,     ///< held, or refused: the same again would be the same
  busy,          ///< another run holds the lock
  failed_so_far  ///< the network, the disk: the same again may work
};

// What happens.
struct Began {};
struct LocalChanged {};  ///< the file was written, went, or came
struct TimeCame {};      ///< next_moment() has come; harmless at any time
struct CheckAsked {};    ///< somebody wants a check now
struct Reloaded {};      ///< the settings may be other ones: forget what failed, check now
struct RunEnded {
  RunOutcome outcome = RunOutcome::done;
  /// As the run read it in the settings; nothing if they want no checks.
  std::optional<std::chrono::minutes> check_interval = {};
  std::uint32_t dice = 0;  ///< any random number
};
struct EndAsked {};
using ScheduleEvent =
    std::variant<Began, LocalChanged, TimeCame, CheckAsked, Reloaded, RunEnded, EndAsked>;

// What is to be done.
enum class RunPurpose {
  local_change,  ///< look whether the local file holds something new
  check,         ///< ask the remote as well
  last_chance,   ///< as local_change, and the process waits for nothing but this
};
/// Report the end as RunEnded.
struct StartRun {
  RunPurpose purpose = RunPurpose::check;
  bool operator==(const StartRun&) const = default;
};
/// The process may end.
struct EndNow {
  bool operator==(const EndNow&) const = default;
};
using ScheduleAction = std::variant<StartRun, EndNow>;

struct Schedule {
  /// A local change waits for the file to settle.
  std::optional<Moment> settled_at = {};
  std::optional<Moment> check_at = {};
  std::optional<Moment> retry_at = {};
  /// A local change may not be on the remote yet, and a run may change that.
  bool owes_upload = false;
  /// The run that is going on, if one is.
  std::optional<RunPurpose> running = {};
  int failures = 0;  ///< in a row
  bool operator==(const Schedule&) const = default;
};

struct ScheduleStep {
  Schedule schedule;
  std::vector<ScheduleAction> actions = {};
};

ScheduleStep advance(Schedule schedule, const ScheduleEvent& event, Moment now);

/// When TimeCame will be of use; nothing if only an event can change anything.
std::optional<Moment> next_moment(const Schedule& schedule);

}  // namespace start_claude::sync
