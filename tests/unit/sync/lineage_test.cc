#include "sync/lineage.h"

#include <catch2/catch.hpp>

namespace start_claude::sync {
namespace {

/// A revision named by one letter, in full length.
std::string r(char letter) { return std::string(64, letter); }
/// The same, as lineage carries it.
std::string s(char letter) { return std::string(16, letter); }

std::vector<std::string> filled(char first, std::size_t count) {
  std::vector<std::string> lineage;
  for (std::size_t i = 0; i < count; ++i) {
    lineage.push_back(s(static_cast<char>(first + static_cast<char>(i))));
  }
  return lineage;
}

TEST_CASE("the common ancestor is the newest revision both sides took in") {
  struct Row {
    const char* name;
    LineageInput input;
    std::optional<std::string> ancestor;
  };
  // `a` is what this machine last synced, `l` its file now, `r` the remote.
  const Row rows[] = {
      {"the remote is what we last synced", {r('l'), r('a'), {r('a')}, r('a'), {s('a')}}, r('a')},
      {"the remote was made from it", {r('l'), r('a'), {r('a')}, r('r'), {s('r'), s('a')}}, r('a')},
      {"the remote was made from our file as it is now",
       {r('l'), r('a'), {r('a')}, r('r'), {s('r'), s('l'), s('a')}},
       r('l')},
      {"the remote was made from something older, without seeing ours",
       {r('l'), r('a'), {r('a'), r('c')}, r('r'), {s('r'), s('c')}},
       r('c')},
      {"an older content was restored by somebody who saw ours",
       {r('a'), r('a'), {r('a'), r('c')}, r('c'), {s('c'), s('a')}},
       r('a')},
      {"an older content was put back by somebody who did not",
       {r('a'), r('a'), {r('a'), r('c')}, r('c'), {s('c')}},
       r('c')},
      {"an older content of ours is shown once more, by a store that is behind",
       {r('l'), r('a'), {r('a'), r('c'), r('d')}, r('c'), {s('c'), s('d')}},
       r('c')},
      {"our file went back to an older content by hand",
       {r('c'), r('a'), {r('a'), r('c')}, r('r'), {s('r'), s('a'), s('c')}},
       r('a')},
      {"a foreign writer leaves no lineage", {r('l'), r('a'), {r('a')}, r('r'), {}}, r('a')},
      {"a foreign writer edited back to an older content",
       {r('a'), r('a'), {r('a'), r('c')}, r('c'), {}},
       r('a')},
      {"a whole lineage with nothing of ours",
       {r('l'), r('a'), {r('a')}, r('r'), {s('r'), s('x')}},
       std::nullopt},
      {"a lineage that is cut off", {r('l'), r('a'), {r('a')}, r('A'), filled('A', 16)}, r('a')},
      {"nothing is remembered", {r('l'), "", {}, r('r'), {s('r'), s('x')}}, std::nullopt},
      {"nothing is remembered, but the remote was made from our file",
       {r('l'), "", {}, r('r'), {s('r'), s('l')}},
       r('l')},
      {"nothing is remembered and nothing known", {r('l'), "", {}, r('r'), {}}, std::nullopt},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(common_ancestor(row.input) == row.ancestor);
  }
}

TEST_CASE("a lineage names itself first, everything once, and no more than it may") {
  CHECK(extend_lineage(r('n'), {s('r'), s('a')}, {r('a'), r('c')}) ==
        std::vector<std::string>{s('n'), s('r'), s('a'), s('c')});
  CHECK(extend_lineage(r('n'), filled('A', 16), filled('a', 16)).size() == lineage_length_max);
  CHECK(extend_lineage(r('n'), {}, {}) == std::vector<std::string>{s('n')});
}

TEST_CASE("the base is the newest content of ours, however the remote's lineage is woven") {
  const LineageInput input{
      .local_revision = r('e'),
      .ancestor = r('c'),
      .taken_in = {r('c'), r('a')},
      .remote_revision = r('f'),
      .remote_lineage = {short_revision(r('f')), short_revision(r('a')), short_revision(r('c'))}};
  CHECK(common_ancestor(input) == r('c'));
}

TEST_CASE("what the file held since the ancestor counts as known, once it is in the bucket") {
  LineageInput input{.local_revision = r('e'),
                     .ancestor = r('a'),
                     .taken_in = {r('a')},
                     .remote_revision = r('d'),
                     .remote_lineage = {short_revision(r('d')), short_revision(r('a'))},
                     .here_since = {r('d')}};
  CHECK(common_ancestor(input) == r('d'));
}

}  // namespace
}  // namespace start_claude::sync
