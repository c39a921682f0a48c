// The decision table, row by row, in the words of docs/architecture.md.
#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "resolve/resolve.h"
#include "resolve_cases.h"

namespace start_claude::resolve {
namespace {

using namespace test;  // the vocabulary of the rows

struct Row {
  std::string name;
  Case sides;
  std::string by_hand;
  std::string unattended;
};

void check(const Row& row) {
  INFO(row.name);
  Case by_hand = row.sides;
  by_hand.occasion = Occasion::by_hand;
  CHECK(describe(resolve(by_hand.input())) == row.by_hand);
  Case unattended = row.sides;
  unattended.occasion = Occasion::unattended;
  CHECK(describe(resolve(unattended.input())) == row.unattended);
}

std::set<std::string> names_in(const MergeResult& merge) {
  std::set<std::string> names;
  for (const json::Value& profile : *merge.merged.find("configs")->as_array()) {
    names.insert(*profile.find("name")->as_string());
  }
  return names;
}

TEST_CASE("s3-sync: what changed decides") {
  const Row rows[] = {
      {"equal to each other", {v(1), v(1), none}, "in sync: equal", "in sync: equal"},
      {"empty, never had any",
       {empty, v(1), none},
       "download: first_download",
       "download: first_download"},
      {"no file, never had any",
       {missing, v(1), none},
       "download: first_download",
       "download: first_download"},
      {"nothing anywhere",
       {missing, missing, none},
       "in sync: nothing_anywhere",
       "in sync: nothing_anywhere"},
      {"never seen any remote",
       {v(1), missing, none},
       "upload: first_upload",
       "upload: first_upload"},
      {"only we changed", {v(2), v(1), v(1)}, "upload: local_changed", "upload: local_changed"},
      {"only they changed",
       {v(1), v(2), v(1)},
       "download: remote_changed",
       "download: remote_changed"},
      {"both changed, no field in common",
       {model_changed, key_changed, v(1)},
       "ask confirm_merge: both_changed, default yes",
       "merge and upload: both_changed"},
      {"had profiles, now empty",
       {empty, v(1), v(1)},
       "download: local_lost",
       "download: local_lost"},
      {"had profiles, now gone",
       {missing, v(2), v(1)},
       "download: local_lost",
       "download: local_lost"},
      {"gone though it was there",
       {v(1), missing, v(1)},
       "ask recreate_remote: remote_gone, default yes",
       "hold: remote_gone"},
      {"gone on both sides", {missing, missing, v(1)}, "hold: both_gone", "hold: both_gone"},
      {"the remote is not a document",
       {v(1), damaged, v(1)},
       "ask repair_remote: remote_damaged, default yes",
       "hold: remote_damaged"},
      {"the local file is not a document",
       {damaged, v(1), v(1)},
       "hold: local_damaged",
       "hold: local_damaged"},
      {"the remote was emptied",
       {v(1), empty, v(1)},
       "ask accept_empty_remote: remote_emptied, default no",
       "hold: remote_emptied"},
  };
  for (const Row& row : rows) check(row);
}

TEST_CASE("s3-sync: a field changed on both sides is settled by clear time or a person") {
  struct TimeRow {
    std::string name;
    Milliseconds local_newer_by;
    TimeTrust trust;
    std::string by_hand;
    std::string unattended;
  };
  const TimeRow rows[] = {
      {"local newer by more than 5 min", 300'001, TimeTrust::trusted,
       "ask choose_fields: conflict, preselected local", "upload: conflict"},
      {"local newer by 5 min exactly", 300'000, TimeTrust::trusted,
       "ask choose_fields: conflict, preselected local", "hold: conflict"},
      {"remote newer by more than 5 min", -300'001, TimeTrust::trusted,
       "ask choose_fields: conflict, preselected remote", "download: conflict"},
      {"remote newer by 5 min exactly", -300'000, TimeTrust::trusted,
       "ask choose_fields: conflict, preselected remote", "hold: conflict"},
      {"the same time", 0, TimeTrust::trusted, "ask choose_fields: conflict, preselected neither",
       "hold: conflict"},
      {"clock off", 900'000, TimeTrust::untrusted,
       "ask choose_fields: conflict, preselected neither", "hold: conflict"},
  };
  for (const TimeRow& row : rows) {
    Case sides{v(2), v(3), v(1)};
    sides.local_newer_by = row.local_newer_by;
    sides.trust = row.trust;
    check({row.name, sides, row.by_hand, row.unattended});
  }
}

TEST_CASE("s3-sync: without an ancestor only time can decide") {
  struct TimeRow {
    Milliseconds local_newer_by;
    TimeTrust trust;
    std::string by_hand;
    std::string unattended;
  };
  const TimeRow rows[] = {
      {300'001, TimeTrust::trusted, "ask choose_side: local_newer, default keep_both",
       "upload: local_newer"},
      {300'000, TimeTrust::trusted, "ask choose_side: local_newer, default keep_both",
       "hold: times_too_close"},
      {1, TimeTrust::trusted, "ask choose_side: local_newer, default keep_both",
       "hold: times_too_close"},
      {0, TimeTrust::trusted, "ask choose_side: times_too_close, default leave_both",
       "hold: times_too_close"},
      {-1, TimeTrust::trusted, "ask choose_side: remote_newer, default keep_both",
       "hold: times_too_close"},
      {-300'000, TimeTrust::trusted, "ask choose_side: remote_newer, default keep_both",
       "hold: times_too_close"},
      {-300'001, TimeTrust::trusted, "ask choose_side: remote_newer, default keep_both",
       "download: remote_newer"},
      {-900'000, TimeTrust::untrusted, "ask choose_side: times_untrusted, default leave_both",
       "hold: times_untrusted"},
  };
  for (const TimeRow& row : rows) {
    Case sides{v(2), v(3), none};
    sides.local_newer_by = row.local_newer_by;
    sides.trust = row.trust;
    check({std::to_string(row.local_newer_by) + " ms", sides, row.by_hand, row.unattended});
  }
}

TEST_CASE("s3-sync: without an ancestor nobody's own profile is dropped") {
  Case sides{profile_named("mine"), profile_named("theirs"), none};
  sides.occasion = Occasion::unattended;
  sides.local_newer_by = -600'000;
  const Resolution resolution = resolve(sides.input());
  REQUIRE(describe(resolution) == "merge and upload: remote_newer");
  const json::Value& merged = std::get<Merge>(resolution).result.merged;
  CHECK(merged.find("configs")->as_array()->size() == 2);
}

TEST_CASE("s3-upload: warns before it replaces edits that are not here") {
  const Row rows[] = {
      {"equal", {v(1), v(1), v(1)}, "in sync: equal", "in sync: equal"},
      {"only we changed", {v(2), v(1), v(1)}, "upload: local_changed", "upload: local_changed"},
      {"only they changed",
       {v(1), v(2), v(1)},
       "ask replace_newer_remote: remote_newer, default no",
       "hold: remote_newer"},
      {"both changed",
       {v(2), v(3), v(1)},
       "ask replace_newer_remote: remote_newer, default no",
       "hold: remote_newer"},
      {"nothing here", {missing, v(1), none}, "hold: nothing_to_upload", "hold: nothing_to_upload"},
      {"emptied here",
       {empty, v(1), v(1)},
       "hold: empty_upload_refused",
       "hold: empty_upload_refused"},
      {"gone there",
       {v(1), missing, v(1)},
       "ask recreate_remote: remote_gone, default yes",
       "hold: remote_gone"},
      {"damaged here", {damaged, v(1), v(1)}, "hold: local_damaged", "hold: local_damaged"},
      {"damaged there",
       {v(1), damaged, none},
       "ask repair_remote: remote_damaged, default yes",
       "hold: remote_damaged"},
  };
  for (Row row : rows) {
    row.sides.direction = Direction::up;
    check(row);
  }
}

TEST_CASE("s3-upload: without an ancestor the newer side is the question") {
  struct TimeRow {
    Milliseconds local_newer_by;
    std::string by_hand;
    std::string unattended;
  };
  const TimeRow rows[] = {
      {300'001, "upload: local_newer", "upload: local_newer"},
      {300'000, "upload: local_newer", "hold: times_too_close"},
      {0, "ask replace_newer_remote: times_too_close, default no", "hold: times_too_close"},
      {-1, "ask replace_newer_remote: remote_newer, default no", "hold: times_too_close"},
      {-300'001, "ask replace_newer_remote: remote_newer, default no", "hold: remote_newer"},
  };
  for (const TimeRow& row : rows) {
    Case sides{v(2), v(3), none};
    sides.direction = Direction::up;
    sides.local_newer_by = row.local_newer_by;
    check({std::to_string(row.local_newer_by) + " ms", sides, row.by_hand, row.unattended});
  }
}

TEST_CASE("s3-upload: without an ancestor a newer file never drops what only the remote has") {
  Case sides{profile_named("ours"), profile_named("theirs"), none};
  sides.direction = Direction::up;
  sides.local_newer_by = 300'001;
  check({"a profile of each", sides, "ask replace_newer_remote: remote_newer, default no",
         "hold: remote_newer"});
}

TEST_CASE("s3-download: warns before it replaces edits that are not there") {
  const Row rows[] = {
      {"equal", {v(1), v(1), v(1)}, "in sync: equal", "in sync: equal"},
      {"only they changed",
       {v(1), v(2), v(1)},
       "download: remote_changed",
       "download: remote_changed"},
      {"only we changed",
       {v(2), v(1), v(1)},
       "ask replace_newer_local: local_newer, default no",
       "hold: local_newer"},
      {"both changed, no field in common",
       {model_changed, key_changed, v(1)},
       "ask confirm_merge: both_changed, default yes",
       "merge here: both_changed"},
      {"nothing there yet",
       {v(1), missing, none},
       "hold: nothing_to_download",
       "hold: nothing_to_download"},
      {"gone there", {v(1), missing, v(1)}, "hold: remote_gone", "hold: remote_gone"},
      {"damaged there", {v(1), damaged, none}, "hold: remote_damaged", "hold: remote_damaged"},
      {"nothing here",
       {missing, v(1), none},
       "download: first_download",
       "download: first_download"},
  };
  for (Row row : rows) {
    row.sides.direction = Direction::down;
    check(row);
  }
}

TEST_CASE("force skips the question and nothing else") {
  struct ForceRow {
    std::string name;
    Direction direction;
    AllowEmpty allow_empty;
    Case sides;
    std::string result;
  };
  const auto up = Direction::up;
  const auto down = Direction::down;
  const auto no = AllowEmpty::no;
  const ForceRow rows[] = {
      {"upload over a newer remote", up, no, {v(1), v(2), v(1)}, "upload: forced"},
      {"upload over a conflict", up, no, {v(2), v(3), v(1)}, "upload: forced"},
      {"upload over damage", up, no, {v(1), damaged, v(1)}, "upload: forced"},
      {"upload of the same", up, no, {v(1), v(1), v(1)}, "in sync: equal"},
      {"upload of an emptied file", up, no, {empty, v(1), v(1)}, "hold: empty_upload_refused"},
      {"upload of an emptied file, meant",
       up,
       AllowEmpty::yes,
       {empty, v(1), v(1)},
       "upload: forced"},
      {"upload of a missing file, meant",
       up,
       AllowEmpty::yes,
       {missing, v(1), v(1)},
       "hold: empty_upload_refused"},
      {"upload of a damaged file", up, no, {damaged, v(1), v(1)}, "hold: local_damaged"},
      {"download over newer edits", down, no, {v(2), v(1), v(1)}, "download: forced"},
      {"download over a damaged file", down, no, {damaged, v(1), v(1)}, "download: forced"},
      {"download of damage", down, no, {v(1), damaged, v(1)}, "hold: remote_damaged"},
      {"download of nothing", down, no, {v(1), missing, v(1)}, "hold: remote_gone"},
  };
  for (const ForceRow& row : rows) {
    INFO(row.name);
    Case sides = row.sides;
    sides.direction = row.direction;
    sides.force = Force::yes;
    sides.allow_empty = row.allow_empty;
    for (const Occasion occasion : {Occasion::by_hand, Occasion::unattended}) {
      sides.occasion = occasion;
      CHECK(describe(resolve(sides.input())) == row.result);
    }
  }
}

TEST_CASE("a machine that only reads: edits stay here, and what is new there comes") {
  Row rows[] = {
      {"equal", {v(1), v(1), none}, "in sync: equal", "in sync: equal"},
      {"only we changed", {v(2), v(1), v(1)}, "in sync: local_newer", "in sync: local_newer"},
      {"only they changed",
       {v(1), v(2), v(1)},
       "download: remote_changed",
       "download: remote_changed"},
      {"both changed, no field in common",
       {model_changed, key_changed, v(1)},
       "ask confirm_merge: both_changed, default yes",
       "merge here: both_changed"},
      {"both changed the same field",
       {.local = v(2), .remote = v(3), .ancestor = v(1), .local_newer_by = -600'000},
       "ask choose_fields: conflict, preselected remote",
       "download: conflict"},
      {"never seen any remote",
       {v(1), missing, none},
       "in sync: local_newer",
       "in sync: local_newer"},
      {"it was there and is gone", {v(1), missing, v(1)}, "hold: remote_gone", "hold: remote_gone"},
      {"damaged over there", {v(1), damaged, v(1)}, "hold: remote_damaged", "hold: remote_damaged"},
      {"lost here", {missing, v(1), v(1)}, "download: local_lost", "download: local_lost"},
      {"without an ancestor, ours newer",
       {.local = v(1), .remote = v(2), .ancestor = none, .local_newer_by = 600'000},
       "ask choose_side: local_newer, default keep_both",
       "in sync: local_newer"},
  };
  for (Row& row : rows) {
    row.sides.access = Access::read_only;
    check(row);
  }
}

TEST_CASE("the manager opens: downloads what is newer by more than 30 s, else leaves alone") {
  struct ManagerRow {
    std::string name;
    Case sides;
    Milliseconds local_newer_by;
    Milliseconds local_age;
    std::string result;
  };
  const ManagerRow rows[] = {
      {"newer by more than 30 s", {v(1), v(2), v(1)}, -30'001, 60'000, "download: remote_changed"},
      {"newer by 30 s exactly", {v(1), v(2), v(1)}, -30'000, 60'000, "hold: remote_barely_newer"},
      {"edited 29 s ago", {v(1), v(2), v(1)}, -60'000, 29'999, "hold: local_just_changed"},
      {"edited 30 s ago", {v(1), v(2), v(1)}, -60'000, 30'000, "download: remote_changed"},
      {"only we changed", {v(2), v(1), v(1)}, 60'000, 60'000, "hold: local_changed"},
      {"both changed", {model_changed, key_changed, v(1)}, -60'000, 60'000, "hold: both_changed"},
      {"nothing here", {missing, v(1), none}, 0, 0, "download: first_download"},
      {"equal", {v(1), v(1), v(1)}, 0, 0, "in sync: equal"},
  };
  for (const ManagerRow& row : rows) {
    INFO(row.name);
    Case sides = row.sides;
    sides.occasion = Occasion::manager_opening;
    sides.local_newer_by = row.local_newer_by;
    sides.local_age = row.local_age;
    CHECK(describe(resolve(sides.input())) == row.result);
  }
}

TEST_CASE("conflictResolution settles what would be asked or held") {
  for (const auto occasion : {Occasion::by_hand, Occasion::unattended}) {
    Case sides{v(2), v(3), v(1)};
    sides.occasion = occasion;
    sides.preference = ConflictPreference::local;
    CHECK(describe(resolve(sides.input())) == "upload: conflict");
    sides.preference = ConflictPreference::remote;
    CHECK(describe(resolve(sides.input())) == "download: conflict");
  }
}

TEST_CASE("what follows from an answer") {
  Case conflict{v(2), v(3), v(1)};
  const Input input = conflict.input();
  const Question question = std::get<Question>(resolve(input));
  const FieldPath path = question.merge->conflicts.at(0).path;
  SECTION("every field chosen") {
    CHECK(describe(answer(input, question,
                          {.option = Option::yes, .choices = {{path, Side::remote}}})) ==
          "download: conflict");
  }
  SECTION("a field left open") {
    CHECK(describe(answer(input, question, {.option = Option::yes})) == "hold: conflict");
  }
  SECTION("declined") {
    CHECK(describe(answer(input, question, {.option = Option::no})) == "hold: conflict");
  }
}

TEST_CASE("what follows from choosing a side") {
  Case sides{profile_named("mine"), profile_named("theirs"), none};
  const Input input = sides.input();
  const Question question = std::get<Question>(resolve(input));
  const auto follows = [&](Option option) { return describe(answer(input, question, {option})); };
  CHECK(follows(Option::keep_both) == "merge and upload: times_too_close");
  CHECK(follows(Option::take_remote) == "download: times_too_close");
  CHECK(follows(Option::replace_remote) == "upload: times_too_close");
  CHECK(follows(Option::leave_both) == "hold: times_too_close");
}

TEST_CASE("without an ancestor Enter keeps every profile of both sides") {
  struct KeepRow {
    std::string name;
    Milliseconds local_newer_by;
    TimeTrust trust;
    std::string by_hand;
  };
  const KeepRow rows[] = {
      {"ours newer", 1, TimeTrust::trusted, "ask choose_side: local_newer, default keep_both"},
      {"theirs newer", -1, TimeTrust::trusted, "ask choose_side: remote_newer, default keep_both"},
      {"the same time", 0, TimeTrust::trusted,
       "ask choose_side: times_too_close, default keep_both"},
      {"clock off", 900'000, TimeTrust::untrusted,
       "ask choose_side: times_untrusted, default keep_both"},
  };
  for (const KeepRow& row : rows) {
    INFO(row.name);
    Case sides{profile_named("mine"), profile_named("theirs"), none};
    sides.local_newer_by = row.local_newer_by;
    sides.trust = row.trust;
    const Input input = sides.input();
    const Resolution asked = resolve(input);
    CHECK(describe(asked) == row.by_hand);
    const auto& question = std::get<Question>(asked);
    CHECK(names_in(std::get<Merge>(answer(input, question, {question.default_option})).result) ==
          std::set<std::string>{"mine", "theirs"});
  }
}

TEST_CASE("without an ancestor a field with two values needs a time, or a person") {
  Case sides{v(2), v(3), none};
  const Input input = sides.input();
  const Question question = std::get<Question>(resolve(input));
  REQUIRE(question.merge->conflicts.size() == 1);
  const FieldPath path = question.merge->conflicts.front().path;
  CHECK(describe(answer(input, question, {Option::keep_both})) == "hold: times_too_close");
  CHECK(describe(answer(input, question,
                        {.option = Option::keep_both, .choices = {{path, Side::local}}})) ==
        "upload: times_too_close");
}

TEST_CASE("without an ancestor a tombstone removes no profile that is there") {
  for (const auto preference :
       {ConflictPreference::ask, ConflictPreference::local, ConflictPreference::remote}) {
    for (const bool is_deleted_here : {false, true}) {
      Case sides{v(1), tombstone_of_production(), none};
      if (is_deleted_here) std::swap(sides.local, sides.remote);
      sides.occasion = Occasion::unattended;
      sides.local_newer_by = is_deleted_here ? 600'000 : -600'000;
      sides.preference = preference;
      const std::string resolution = describe(resolve(sides.input()));
      CHECK(resolution.substr(0, resolution.find(':')) ==
            (is_deleted_here ? "download" : "upload"));
    }
  }
}

TEST_CASE("more than half of the profiles, and at least three, never go unasked") {
  const std::string ask = "ask accept_removals: many_removed, default no";
  const std::string hold = "hold: many_removed";
  struct RemovalRow {
    std::string name;
    Direction direction;
    Case sides;
    std::string by_hand;
    std::string unattended;
  };
  const auto both = Direction::both;
  const Sample ten = profiles_named("abcdefghij");
  const Sample five = profiles_named("abcde");
  const RemovalRow rows[] = {
      {"gone here", both, {profiles_named("a"), ten, ten}, ask, hold},
      {"gone there", both, {ten, profiles_named("a"), ten}, ask, hold},
      {"gone here, upload", Direction::up, {profiles_named("a"), ten, ten}, ask, hold},
      {"gone there, download", Direction::down, {ten, profiles_named("a"), ten}, ask, hold},
      {"three of five", both, {profiles_named("ab"), five, five}, ask, hold},
      {"three of six",
       both,
       {profiles_named("abc"), profiles_named("abcdef"), profiles_named("abcdef")},
       "upload: local_changed",
       "upload: local_changed"},
      {"two of two but one",
       both,
       {profiles_named("a"), profiles_named("abc"), profiles_named("abc")},
       "upload: local_changed",
       "upload: local_changed"},
      {"three of three by tombstones",
       both,
       {with_tombstones("abc"), profiles_named("abc"), profiles_named("abc")},
       ask,
       hold},
      {"three of three, and as many others",
       both,
       {profiles_named("xyz"), profiles_named("abc"), profiles_named("abc")},
       ask,
       hold},
      {"inside a merge",
       both,
       {profiles_named("a"), profiles_named("abcdefghijk"), ten},
       "ask confirm_merge: both_changed, default no",
       hold},
      {"inside a merge, there",
       both,
       {profiles_named("abcdefghijk"), profiles_named("a"), ten},
       "ask confirm_merge: both_changed, default no",
       hold},
      {"inside a merge that adds more than it removes",
       both,
       {profiles_named("ab"), profiles_named("abcdeuvwxyz"), five},
       "ask confirm_merge: both_changed, default no",
       hold},
      {"agreed on by both",
       both,
       {profiles_named("ax"), profiles_named("ay"), ten},
       "ask confirm_merge: both_changed, default yes",
       "merge and upload: both_changed"},
  };
  for (const RemovalRow& row : rows) {
    Case sides = row.sides;
    sides.direction = row.direction;
    check({row.name, sides, row.by_hand, row.unattended});
  }
}

TEST_CASE("many profiles go where that is meant") {
  const Sample ten = profiles_named("abcdefghij");
  SECTION("by a yes") {
    const Input input = Case{profiles_named("a"), ten, ten}.input();
    const Question question = std::get<Question>(resolve(input));
    CHECK(question.removals.from == Side::remote);
    CHECK(question.removals.profiles.size() == 9);
    CHECK(question.removals.of == 10);
    CHECK(describe(answer(input, question, {Option::yes})) == "upload: local_changed");
    CHECK(describe(answer(input, question, {Option::no})) == "hold: many_removed");
  }
  SECTION("by force, up") {
    Case sides{profiles_named("a"), ten, ten};
    sides.direction = Direction::up;
    sides.force = Force::yes;
    sides.occasion = Occasion::unattended;
    CHECK(describe(resolve(sides.input())) == "upload: forced");
  }
  SECTION("by force, down") {
    Case sides{ten, profiles_named("a"), ten};
    sides.direction = Direction::down;
    sides.force = Force::yes;
    sides.occasion = Occasion::unattended;
    CHECK(describe(resolve(sides.input())) == "download: forced");
  }
}

TEST_CASE("the side that Enter takes never removes a profile") {
  Case sides{v(2), profile_named("other"), v(1)};
  sides.local_newer_by = -600'000;
  const Question question = std::get<Question>(resolve(sides.input()));
  REQUIRE(question.topic == Topic::choose_fields);
  CHECK(question.preselected == NewerSide::remote);
  CHECK(preselected_side(question, question.merge->conflicts.at(0)) == Side::local);
}

}  // namespace
}  // namespace start_claude::resolve
