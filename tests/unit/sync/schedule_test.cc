// The schedule as stories: what happens when, what is started then, and when it wakes up next.
#include "sync/schedule.h"

#include <catch2/catch.hpp>
#include <functional>
#include <string>

namespace start_claude::sync {
namespace {

using namespace std::chrono_literals;
using Actions = std::vector<ScheduleAction>;

const Actions nothing{};
const Actions check{StartRun{RunPurpose::check}};
const Actions look{StartRun{RunPurpose::local_change}};
const Actions end_now{EndNow{}};
const Actions last_look_and_end{StartRun{RunPurpose::last_chance}, EndNow{}};

// The dice that make every random span the middle one.
constexpr std::uint32_t middle = 500;
const RunEnded done{RunOutcome::done, 60min, middle};
const RunEnded held{RunOutcome::undecided, 60min, middle};
const RunEnded busy{RunOutcome::busy, 60min, middle};
const RunEnded failed{RunOutcome::failed_so_far, 60min, middle};
const RunEnded done_upload_only{RunOutcome::done, std::nullopt, middle};

/// One thing that happens.
struct Happening {
  Moment at;
  ScheduleEvent event;
  Actions then;
  std::optional<Moment> wakes_at;  ///< never, if nothing
};

struct Story {
  std::string title;
  std::vector<Happening> happenings;
};

const auto never = std::nullopt;

void play(const Story& story) {
  INFO(story.title);
  Schedule schedule;
  for (std::size_t i = 0; i < story.happenings.size(); ++i) {
    const Happening& happening = story.happenings[i];
    INFO("happening " << i << " at " << happening.at.count() << " ms");
    ScheduleStep step = advance(schedule, happening.event, happening.at);
    CHECK(step.actions == happening.then);
    CHECK(next_moment(step.schedule) == happening.wakes_at);
    schedule = std::move(step.schedule);
  }
}

TEST_CASE("the start: a check at once, then every interval") {
  play({"",
        {{0s, Began{}, check, never},
         {2s, done, nothing, 60min + 2s},
         {60min, TimeCame{}, nothing, 60min + 2s},
         {60min + 2s, TimeCame{}, check, never},
         {60min + 5s, done, nothing, 120min + 5s}}});
}

TEST_CASE("a local change is looked at one second after the last") {
  play(GENERATE(
      values<Story>({{"one",
                      {{0s, Began{}, check, never},
                       {1s, done, nothing, 60min + 1s},
                       {5s, LocalChanged{}, nothing, 6s},
                       {5999ms, TimeCame{}, nothing, 6s},
                       {6s, TimeCame{}, look, never},
                       {7s, done, nothing, 60min + 1s}}},
                     {"many, each within a second of the one before",
                      {{0s, Began{}, check, never},
                       {1s, done, nothing, 60min + 1s},
                       {5000ms, LocalChanged{}, nothing, 6000ms},
                       {5900ms, LocalChanged{}, nothing, 6900ms},
                       {6800ms, LocalChanged{}, nothing, 7800ms},
                       {7700ms, LocalChanged{}, nothing, 8700ms},
                       {8700ms, TimeCame{}, look, never},
                       {9s, done, nothing, 60min + 1s}}},
                     {"while a run is going on: it is looked at afterwards",
                      {{0s, Began{}, check, never},
                       {100ms, LocalChanged{}, nothing, never},
                       {3s, done, look, never},
                       {4s, done, nothing, 60min + 3s}}},
                     {"and a check that is due waits for the file to settle, then does for both",
                      {{0s, Began{}, check, never},
                       {0s, done, nothing, 60min},
                       {60min - 1ms, LocalChanged{}, nothing, 60min + 999ms},
                       {60min, TimeCame{}, nothing, 60min + 999ms},
                       {60min + 999ms, TimeCame{}, check, never},
                       {60min + 1s, done, nothing, 120min + 1s}}}})));
}

TEST_CASE("what failed is tried again, later each time, and a success forgets it") {
  play({"",
        {{0s, Began{}, check, never},
         // Half to whole of 5 s, 10 s, 20 s...: the dice say three quarters.
         {0s, failed, nothing, 3750ms},
         {3750ms, TimeCame{}, check, never},
         {4s, failed, nothing, 4s + 7500ms},
         {11500ms, TimeCame{}, check, never},
         {12s, failed, nothing, 12s + 15s},
         {27s, TimeCame{}, check, never},
         {27s, done, nothing, 60min + 27s},
         {60min + 27s, TimeCame{}, check, never},
         {60min + 27s, failed, nothing, 60min + 27s + 3750ms}}});
}

TEST_CASE("tries are never more than 15 minutes apart, nor waiting for a lock more than one") {
  struct Row {
    RunOutcome outcome;
    std::chrono::milliseconds least;
    std::chrono::milliseconds longest;
  };
  const auto row = GENERATE(
      values<Row>({{RunOutcome::failed_so_far, 7min + 30s, 15min}, {RunOutcome::busy, 30s, 60s}}));
  const std::uint32_t dice = GENERATE(0u, 1'000u, 4'294'967'295u);
  Schedule schedule = advance({}, Began{}, 0s).schedule;
  Moment now = 0s;
  for (int i = 0; i < 40; ++i) {
    schedule = advance(schedule, RunEnded{row.outcome, 24h, dice}, now).schedule;
    const Moment next = next_moment(schedule).value();
    REQUIRE(next - now <= row.longest);
    if (i > 20) REQUIRE(next - now >= row.least);
    now = next;
    const ScheduleStep step = advance(schedule, TimeCame{}, now);
    REQUIRE(step.actions == check);
    schedule = step.schedule;
  }
}

TEST_CASE("checks are spread by a tenth either way") {
  const auto first = [](std::uint32_t dice) {
    const Schedule began = advance({}, Began{}, 0s).schedule;
    return next_moment(advance(began, RunEnded{RunOutcome::done, 60min, dice}, 0s).schedule);
  };
  CHECK(first(0) == 54min);
  CHECK(first(500) == 60min);
  CHECK(first(1'000) == 66min);
}

TEST_CASE("a local change that could not be uploaded is tried again, and not forgotten") {
  play(GENERATE(values<Story>(
      {{"the network was down",
        {{0s, Began{}, check, never},
         {0s, done, nothing, 60min},
         {10s, LocalChanged{}, nothing, 11s},
         {11s, TimeCame{}, look, never},
         {11s, failed, nothing, 11s + 3750ms},
         {15s, TimeCame{}, look, never},
         {15s, done, nothing, 60min}}},
       {"another change meanwhile does not wait for the next try",
        {{0s, Began{}, check, never},
         {0s, done, nothing, 60min},
         {10s, LocalChanged{}, nothing, 11s},
         {11s, TimeCame{}, look, never},
         {11s, failed, nothing, 11s + 3750ms},
         {12s, LocalChanged{}, nothing, 13s},
         {13s, TimeCame{}, look, never},
         {13s, failed, nothing, 13s + 7500ms}}},
       {"somebody held the lock",
        {{0s, Began{}, check, never},
         {0s, done, nothing, 60min},
         {10s, LocalChanged{}, nothing, 11s},
         {11s, TimeCame{}, look, never},
         {11s, busy, nothing, 11s + 3750ms},
         {15s, TimeCame{}, look, never},
         {15s, done, nothing, 60min}}},
       {"one that is held waits for the next check or change: the same again would be the same",
        {{0s, Began{}, check, never},
         {0s, done, nothing, 60min},
         {10s, LocalChanged{}, nothing, 11s},
         {11s, TimeCame{}, look, never},
         {11s, held, nothing, 60min}}}})));
}

TEST_CASE("the end looks at a change that is not uploaded, once, and at nothing else") {
  play(GENERATE(values<Story>({{"nothing to do",
                                {{0s, Began{}, check, never},
                                 {0s, done, nothing, 60min},
                                 {10s, EndAsked{}, end_now, 60min}}},
                               {"a change that has not settled",
                                {{0s, Began{}, check, never},
                                 {0s, done, nothing, 60min},
                                 {10s, LocalChanged{}, nothing, 11s},
                                 {10s, EndAsked{}, last_look_and_end, never}}},
                               {"a change during the last run",
                                {{0s, Began{}, check, never},
                                 {0s, LocalChanged{}, nothing, never},
                                 {500ms, done, nothing, 1s},
                                 {600ms, EndAsked{}, last_look_and_end, never}}},
                               {"a change that waits for the network",
                                {{0s, Began{}, check, never},
                                 {0s, done, nothing, 60min},
                                 {10s, LocalChanged{}, nothing, 11s},
                                 {11s, TimeCame{}, look, never},
                                 {11s, failed, nothing, 11s + 3750ms},
                                 {12s, EndAsked{}, last_look_and_end, never}}},
                               {"a change that is held",
                                {{0s, Began{}, check, never},
                                 {0s, done, nothing, 60min},
                                 {10s, LocalChanged{}, nothing, 11s},
                                 {11s, TimeCame{}, look, never},
                                 {11s, held, nothing, 60min},
                                 {12s, EndAsked{}, end_now, 60min}}},
                               {"a check that waits for the network",
                                {{0s, Began{}, check, never},
                                 {0s, failed, nothing, 3750ms},
                                 {1s, EndAsked{}, end_now, 3750ms}}}})));
}

TEST_CASE("asked for a check, or told to read the settings anew, it checks at once") {
  play(GENERATE(values<Story>({{"a check",
                                {{0s, Began{}, check, never},
                                 {0s, done, nothing, 60min},
                                 {10s, CheckAsked{}, check, never},
                                 {11s, done, nothing, 60min + 11s}}},
                               {"a check while one is going on: one more, for what it has not seen",
                                {{0s, Began{}, check, never},
                                 {0s, CheckAsked{}, nothing, never},
                                 {1s, done, check, never}}},
                               {"the same where no others are wanted",
                                {{0s, Began{}, check, never},
                                 {0s, CheckAsked{}, nothing, never},
                                 {1s, done_upload_only, check, never},
                                 {2s, done_upload_only, nothing, never}}},
                               {"settings",
                                {{0s, Began{}, check, never},
                                 {0s, failed, nothing, 3750ms},
                                 {1s, Reloaded{}, check, never},
                                 {2s, failed, nothing, 2s + 3750ms}}}})));
}

TEST_CASE("where no checks are wanted, only changes wake it") {
  play({"",
        {{0s, Began{}, check, never},
         {0s, done_upload_only, nothing, never},
         {10s, LocalChanged{}, nothing, 11s},
         {11s, TimeCame{}, look, never},
         {12s, done_upload_only, nothing, never},
         // Until the settings want them again, as the run that follows a change of them finds.
         {20s, LocalChanged{}, nothing, 21s},
         {21s, TimeCame{}, look, never},
         {22s, done, nothing, 60min + 22s}}});
}

TEST_CASE("a machine that slept catches up when it wakes") {
  play({"",
        {{0s, Began{}, check, never},
         {0s, done, nothing, 60min},
         {10h, TimeCame{}, check, never},
         {10h, failed, nothing, 10h + 3750ms}}});
}

}  // namespace
}  // namespace start_claude::sync
