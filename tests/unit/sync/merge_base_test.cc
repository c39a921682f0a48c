#include "sync/merge_base.h"

#include <catch2/catch.hpp>

namespace start_claude::sync {
namespace {

/// "a3 b1": three of the machine a, one of b.
VersionVector clock(std::string_view text) {
  VersionVector made;
  for (std::size_t i = 0; i < text.size(); i += 3) {
    if (text[i] == '+') {
      made.is_cut = true;
      break;
    }
    made.entries.push_back(
        {std::string(machine_id_length, text[i]), static_cast<std::uint64_t>(text[i + 1] - '0')});
  }
  return made;
}

Remembered remembered(std::vector<Seen> seen) {
  Remembered made;
  made.seen = std::move(seen);
  return made;
}

TEST_CASE("the base is the newest content that both sides have seen") {
  struct Row {
    const char* name;
    std::vector<Seen> seen;
    RemoteState agreed;
    std::string_view remote;
    bool guards;
    std::vector<std::string> bases;
  };
  // x, y, z are contents of this machine, `a`; r and s are of others.
  const RemoteState none;
  const Row rows[] = {
      {"nothing is known", {}, none, "b1", true, {}},
      {"the remote was made from our newest",
       {{"x", clock("a1")}, {"y", clock("a2")}},
       none,
       "b1 a2",
       true,
       {"y"}},
      {"the remote has seen only an older one",
       {{"x", clock("a1")}, {"y", clock("a2")}},
       none,
       "b1 a1",
       true,
       {"x"}},
      {"many wrote since: however many, they have seen it",
       {{"x", clock("a1 b7 c9")}, {"y", clock("a2 b7 c9")}},
       none,
       "d4 b9 c9 a1",
       true,
       {"x"}},
      {"others who have not seen ours", {{"x", clock("a1")}}, none, "b1", true, {}},
      {"what was taken in by a merge that did not arrive there",
       {{"x", clock("a1")}, {"r", clock("b2 a1"), false}, {"y", clock("a2 b2")}},
       none,
       "b3 a1",
       true,
       {"r"}},
      {"two that neither has seen the other of: overwritten unread",
       {{"x", clock("a1")},
        {"r", clock("b2"), false},
        {"s", clock("c2"), false},
        {"y", clock("a2 b2 c2")}},
       none,
       "b2 c2 a1",
       false,
       {"s", "r", "x"}},
      {"a foreign writer has no clock: what was last agreed on",
       {{"x", clock("a1")}},
       {.ancestor = "r", .clock = clock("a1")},
       "",
       true,
       {"r"}},
      {"a foreign writer, and nothing was agreed on", {{"x", clock("a1")}}, none, "", true, {}},
      {"put back on purpose: the store lets nobody go back unread",
       {{"x", clock("a1")}, {"y", clock("a2")}},
       {.ancestor = "y", .clock = clock("a2")},
       "a1",
       true,
       {"y"}},
      {"gone back where writers overwrite each other: to be brought forward again",
       {{"x", clock("a1")}, {"y", clock("a2")}},
       {.ancestor = "y", .clock = clock("a2")},
       "a1",
       false,
       {"x"}},
      {"gone back to what never was here, but went into what is",
       {{"y", clock("a2 b2")}},
       {.ancestor = "y", .clock = clock("a2 b2")},
       "b1",
       false,
       {"there"}},
      {"a clock that is cut off: what was last agreed on",
       {{"x", clock("a1")}},
       {.ancestor = "x", .clock = clock("a1")},
       "b9 +",
       true,
       {"x"}},
      {"cut off, and writers overwrite each other",
       {{"x", clock("a1")}},
       {.ancestor = "x", .clock = clock("a1")},
       "b9 +",
       false,
       {}},
      {"agreed on with a foreign writer before anything was counted here",
       {{"y", clock("a1")}},
       {.ancestor = "r"},
       "b1",
       true,
       {"r"}},
      {"the same where whoever wrote since need not have read it",
       {{"y", clock("a1")}},
       {.ancestor = "r"},
       "b1",
       false,
       {}},
      {"a new object by somebody who has seen nothing of ours",
       {{"x", clock("a1")}},
       {.ancestor = "x", .clock = clock("a1")},
       "b1",
       true,
       {}},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const Remembered known = remembered(row.seen);
    const VersionVector remote = clock(row.remote);
    CHECK(merge_bases({.remembered = known,
                       .agreed = row.agreed,
                       .remote_clock = remote,
                       .remote_revision = "there",
                       .store_guards = row.guards}) == row.bases);
  }
}

}  // namespace
}  // namespace start_claude::sync
