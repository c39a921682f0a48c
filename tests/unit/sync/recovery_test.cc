// What the places of an intent say about how far it came: every picture there can be.
#include "sync/recovery.h"

#include <catch2/catch.hpp>

#include "sync/intent_outcome.h"

namespace start_claude::sync {
namespace {

/// What a place holds.
enum class Holds { nothing, before, after, edited, damaged };

constexpr Holds all[] = {Holds::nothing, Holds::before, Holds::after, Holds::edited,
                         Holds::damaged};

const char* name_of(Holds holds) {
  switch (holds) {
    case Holds::nothing: return "nothing";
    case Holds::before: return "before";
    case Holds::after: return "after";
    case Holds::edited: return "edited";
    case Holds::damaged: return "damaged";
  }
  return "";
}

LocalCopy copy_of(Holds holds) {
  LocalCopy copy;
  copy.exists = holds != Holds::nothing;
  if (!copy.exists || holds == Holds::damaged) return copy;
  copy.document = json::Value(json::Object{});
  copy.revision = name_of(holds);
  return copy;
}

IntentOutcome judged(const Intent& intent, Holds config, Holds beside) {
  return judge({intent, copy_of(config), copy_of(beside)});
}

constexpr auto not_begun = IntentOutcome::not_begun;
constexpr auto replaced = IntentOutcome::replaced;
constexpr auto displaced = IntentOutcome::displaced;

TEST_CASE("an exchange: config.json and what lies beside it tell how far it came") {
  const Intent intent{.before = "before",
                      .before_modified_ns = 1,
                      .after = "after",
                      .replaces = true,
                      .beside = ".config.json.0011.start-claude-old"};
  struct Row {
    Holds beside;
    /// By what config.json holds, as in `all`.
    IntentOutcome outcomes[5];
  };
  const Row rows[] = {
      // It was made before the intent was written: gone, it is in its place, or was.
      {Holds::nothing, {not_begun, not_begun, replaced, replaced, not_begun}},
      // It came out of config.json: what is there now comes from `after`, or is gone since.
      {Holds::before, {replaced, replaced, replaced, replaced, replaced}},
      // It lies there still, or again.
      {Holds::after, {not_begun, not_begun, replaced, not_begun, not_begun}},
      // An edit saved in that very moment came out; unless what was read is still in its place, and
      // this is of somebody else.
      {Holds::edited, {displaced, not_begun, displaced, displaced, displaced}},
      // Cut off while it was made.
      {Holds::damaged, {not_begun, not_begun, replaced, not_begun, not_begun}},
  };
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < std::size(all); ++i) {
      INFO("config.json: " << name_of(all[i]) << ", beside it: " << name_of(row.beside));
      CHECK(judged(intent, all[i], row.beside) == row.outcomes[i]);
    }
  }
}

TEST_CASE("what was only to be put leaves config.json alone, whatever is there") {
  const Intent intent{.before = "before", .before_modified_ns = 1, .after = "after", .puts = true};
  for (const Holds config : all) {
    for (const Holds beside : all) CHECK(judged(intent, config, beside) == not_begun);
  }
}

TEST_CASE("a power cut that cuts off what came out does not hide that it came out") {
  Intent intent{.before = "before",
                .before_modified_ns = 5,
                .before_inode = 7,
                .after = "after",
                .replaces = true,
                .beside = ".config.json.0011.start-claude-old"};
  LocalCopy beside = copy_of(Holds::damaged);
  beside.fingerprint = {.modified_ns = 5, .inode = 7};
  const auto judged_as = [&] {
    return judge({.intent = intent,
                  .config = copy_of(Holds::edited),
                  .beside = beside,
                  .had_power_cut = true});
  };
  CHECK(judged_as() == replaced);
  beside.fingerprint.inode = 8;
  CHECK(judged_as() == not_begun);
  // Made after the intent it may itself be what was cut off, with an inode that was free by then.
  beside.fingerprint.inode = 7;
  intent.puts = true;
  CHECK(judged_as() == not_begun);
}

TEST_CASE("what was edited since tells by its values which of both it was edited from") {
  const Intent intent{.before = "before", .after = "after", .replaces = true};
  const auto document = [](const char* a, const char* b) {
    return json::Value(json::Object{{"a", a}, {"b", b}, {"same", "x"}});
  };
  const auto judged_as = [&](const char* a, const char* b, bool has_beside) {
    LocalCopy config = copy_of(Holds::edited);
    config.document = document(a, b);
    return judge_by_contents({.intent = intent,
                              .config = config,
                              .beside = copy_of(has_beside ? Holds::edited : Holds::nothing),
                              .before = document("old", "old"),
                              .after = document("new", "new")});
  };
  // Alone it needs most of what was to come; beside what came out of it, no fewer of the new values
  // than of the old ones.
  CHECK(judged_as("new", "new", false) == replaced);
  CHECK(judged_as("new", "old", false) == not_begun);
  CHECK(judged_as("new", "edited", false) == not_begun);
  CHECK(judged_as("edited", "edited", false) == not_begun);
  CHECK(judged_as("new", "old", true) == replaced);
  CHECK(judged_as("new", "edited", true) == replaced);
  CHECK(judged_as("edited", "edited", true) == replaced);
  CHECK(judged_as("old", "edited", true) == not_begun);
}

TEST_CASE("written in place, nothing lies beside it: it holds what it was to become, or does not") {
  const Intent intent{
      .before = "before", .before_modified_ns = 1, .after = "after", .replaces = true};
  for (const Holds config : all) {
    CHECK(judged(intent, config, Holds::nothing) ==
          (config == Holds::after ? replaced : not_begun));
  }
}

}  // namespace
}  // namespace start_claude::sync
