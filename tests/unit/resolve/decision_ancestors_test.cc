// The decision over several ancestors: contents of which none comes from another.
#include <catch2/catch.hpp>
#include <string>

#include "resolve/resolve.h"
#include "resolve_cases.h"

namespace start_claude::resolve {
namespace {

using namespace test;  // the vocabulary of the rows

struct Row {
  std::string name;
  Sample local, remote, ancestor, other;
  std::string unattended;
  Direction direction = Direction::both;
};

Case case_of(const Row& row, Occasion occasion) {
  Case sides{row.local, row.remote, row.ancestor};
  sides.other_ancestors = {row.other};
  sides.occasion = occasion;
  sides.direction = row.direction;
  return sides;
}

}  // namespace

TEST_CASE("one of several ancestors alone does not say which side changed") {
  const Row rows[] = {
      {"here is one of them, the other sees two changes", v(2), v(1), v(2), v(3),
       "download: remote_changed"},
      {"there is one of them, the other sees two changes", v(2), v(1), v(1), v(3),
       "upload: local_changed"},
      {"here is one of them, the other has less", v(1), key_changed, v(1), profile_named("b"),
       "download: remote_changed"},
      {"here is one of them, with a profile that the other lacks and there is not", v(1), empty,
       v(1), empty, "hold: remote_emptied"},
      {"there is one of them, the other has less", key_changed, v(1), v(1), profile_named("b"),
       "upload: local_changed"},
      {"each side is one of them", v(1), v(2), v(1), v(2), "hold: conflict"},
      {"here is one of them, there what only the other lacks is gone", profiles_named("ab"),
       profiles_named("ac"), profiles_named("ab"), profiles_named("a"), "hold: conflict"},
      {"each changed a field, says one; the other sees two changes of one", model_changed,
       key_changed, v(1), v(3), "merge and upload: both_changed"},
      {"each changed a field, says one; the other says it was the same side", model_changed,
       key_changed, v(1), v(2), "hold: conflict"},
      {"both changed, all see it", v(1), v(2), v(3), v(4), "hold: conflict"},
      {"many gone there since either of them", profiles_named("abcde"), profiles_named("ab"),
       profiles_named("abcde"), profiles_named("abcdef"), "hold: many_removed"},
      {"many gone there by the measure of one of them", profiles_named("abcdefghij"),
       profiles_named("defghi"), profiles_named("abcfghi"), profiles_named("abcde"),
       "hold: many_removed"},
      {"many gone here since one of them", profiles_named("abfghijk"), profiles_named("abcde"),
       profiles_named("abcde"), profiles_named("abcd"), "hold: conflict"},
      {"both gone", missing, missing, empty, v(1), "hold: both_gone"},
      {"had profiles in one, now empty", empty, v(1), empty, v(2), "download: local_lost"},
      {"one-way up: there is one of them, and so says the other", key_changed, v(1), v(1),
       profile_named("b"), "upload: local_changed", Direction::up},
      {"one-way up: there is one of them, the other sees news there", v(2), v(1), v(1), v(2),
       "hold: remote_newer", Direction::up},
      {"one-way down: here is one of them, the other sees news here", v(1), v(2), v(1), v(2),
       "hold: conflict", Direction::down},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(describe(resolve(case_of(row, Occasion::unattended).input())) == row.unattended);
    Row turned = row;
    std::swap(turned.ancestor, turned.other);
    CHECK(describe(resolve(case_of(turned, Occasion::unattended).input())) == row.unattended);
  }
}

TEST_CASE("nobody is asked about what all ancestors agree on") {
  const auto described = [](const Row& row) {
    return describe(resolve(case_of(row, Occasion::by_hand).input()));
  };
  CHECK(described({"", v(1), key_changed, v(1), profile_named("b"), ""}) ==
        "download: remote_changed");
  CHECK(described({"", model_changed, key_changed, v(1), profile_named("b"), ""}) ==
        "ask confirm_merge: both_changed, default yes");
  CHECK(described({"", v(1), v(2), v(1), v(2), ""}) ==
        "ask choose_fields: conflict, preselected neither");
  CHECK(described({"", profiles_named("abcde"), profiles_named("ab"), profiles_named("abcde"),
                   profiles_named("abcdef"), ""}) ==
        "ask accept_removals: many_removed, default no");
}

TEST_CASE("an ancestor that is there twice decides as it does once") {
  const Sample samples[] = {missing,
                            empty,
                            v(1),
                            v(2),
                            v(3),
                            model_changed,
                            key_changed,
                            profiles_named("abcd"),
                            with_tombstones("ab")};
  for (const Sample& local : samples)
    for (const Sample& remote : samples)
      for (const Sample& ancestor : {empty, v(1), v(2), profiles_named("abcd")})
        for (const auto direction : {Direction::both, Direction::up, Direction::down})
          for (const auto occasion : {Occasion::by_hand, Occasion::unattended})
            for (const auto preference : {ConflictPreference::ask, ConflictPreference::local}) {
              Case once{local, remote, ancestor};
              once.direction = direction;
              once.occasion = occasion;
              once.preference = preference;
              Case twice = once;
              twice.other_ancestors = {ancestor, ancestor};
              const Resolution expected = resolve(once.input());
              const Resolution resolution = resolve(twice.input());
              INFO("local " << local.name << ", remote " << remote.name << ", ancestor "
                            << ancestor.name);
              REQUIRE(describe(resolution) == describe(expected));
              REQUIRE(conflicts_of(resolution) == conflicts_of(expected));
              REQUIRE(removals_of(resolution).profiles == removals_of(expected).profiles);
            }
}

TEST_CASE("answers follow from several ancestors as the question did") {
  const Input input = case_of({"", v(1), v(2), v(1), v(2), ""}, Occasion::by_hand).input();
  const auto question = std::get<Question>(resolve(input));
  REQUIRE(question.merge->conflicts.size() == 1);
  const FieldPath path = question.merge->conflicts[0].path;
  CHECK(path == FieldPath{"configs", "production", "model"});
  const auto answered = [&](Side side) {
    return describe(answer(input, question, {Option::yes, {{path, side}}}));
  };
  CHECK(answered(Side::remote) == "download: conflict");
  CHECK(answered(Side::local) == "upload: conflict");
}

}  // namespace start_claude::resolve
