// The merge over several ancestors: contents of which none comes from another, because one was
// overwritten unread.
#include <algorithm>
#include <catch2/catch.hpp>

#include "merge_notation.h"
#include "support/random_json.h"

using namespace start_claude;
using namespace start_claude::resolve;

namespace {

std::vector<const json::Value*> pointers(const std::vector<json::Value>& documents) {
  std::vector<const json::Value*> all;
  for (const json::Value& document : documents) all.push_back(&document);
  return all;
}

bool equal(const MergeResult& a, const MergeResult& b) {
  return json::write_compact(a.merged) == json::write_compact(b.merged) && a.changes == b.changes &&
         a.conflicts == b.conflicts && a.unsettled == b.unsettled;
}

/// The contents of an object, of each document.
struct Row {
  std::string what;
  std::vector<std::string> ancestors;
  std::string local, remote, merged, story;
};

/// In every order of the ancestors, and with the first of them twice.
void check(const Row& row, const std::string& before, const std::string& after) {
  INFO(row.what);
  const auto document = [&](const std::string& text) { return read(before + text + after); };
  std::vector<std::string> texts = row.ancestors;
  std::sort(texts.begin(), texts.end());
  std::optional<MergeResult> first;
  do {
    std::vector<json::Value> ancestors;
    for (const std::string& text : texts) ancestors.push_back(document(text));
    ancestors.push_back(ancestors.front());
    const auto result = merge(pointers(ancestors), document(row.local), document(row.remote), {});
    if (!first) first = result;
    CHECK(equal(result, *first));
  } while (std::next_permutation(texts.begin(), texts.end()));
  CHECK(written(first->merged) == before + row.merged + after);
  CHECK(story(*first) == row.story);
}

const std::string tomb_1 = "{'name':'a','isDeleted':true,'deletedAt':'2026-01-01T00:00:00Z'}";
const std::string tomb_2 = "{'name':'a','isDeleted':true,'deletedAt':'2026-02-02T00:00:00Z'}";

}  // namespace

TEST_CASE("each ancestor says of a field which side changed it") {
  const auto row = GENERATE(values<Row>({
      {"all: only remote", {"'x':1", "'x':1,'y':1"}, "'x':1", "'x':2", "'x':2", "x remote"},
      {"one: only remote, one: both", {"'x':1", "'x':3"}, "'x':1", "'x':2", "'x':2", "x remote"},
      {"one: only local, one: both", {"'x':2", "'x':3"}, "'x':1", "'x':2", "'x':1", "x local"},
      {"they disagree", {"'x':1", "'x':2"}, "'x':1", "'x':2", "'x':1", "x unsettled!"},
      {"two disagree, a third sees both changed",
       {"'x':1", "'x':2", "'x':3"},
       "'x':1",
       "'x':2",
       "'x':1",
       "x unsettled!"},
      {"all: both", {"'x':3", "'x':4"}, "'x':1", "'x':2", "'x':1", "x unsettled!"},
      {"the same change", {"'x':3", "'x':4"}, "'x':1", "'x':1", "'x':1", "x both"},
      {"in one of them already", {"'x':3", "'x':1"}, "'x':1", "'x':1", "'x':1", ""},
      {"removed here since one, never in the other",
       {"'x':1", ""},
       "",
       "'x':1",
       "",
       "x unsettled!"},
      {"removed here since one, edited since the other",
       {"'x':1", "'x':2"},
       "",
       "'x':1",
       "",
       "x local"},
      {"gone on both sides", {"'x':1", "'x':2"}, "", "", "", "x both"},
      {"gone on both sides, and in one of them", {"'x':1", ""}, "", "", "", ""},
      {"the higher version",
       {"'version':1", "'version':2"},
       "'version':1",
       "'version':2",
       "'version':2",
       "version rule remote"},
  }));
  check(row, "{", "}");
}

TEST_CASE("over several ancestors objects merge member by member, sets by what was added") {
  const auto row = GENERATE(values<Row>({
      {"each member by itself",
       {"{'a':1,'b':1,'c':1}", "{'a':1,'b':9,'c':2}"},
       "{'a':1,'b':2,'c':1}",
       "{'a':2,'b':1,'c':2}",
       "{'a':2,'b':2,'c':1}",
       "env.a remote; env.b local; env.c unsettled!"},
      {"one never had it: what it lacks is new",
       {"{'a':1}", "null"},
       "{'a':1}",
       "{'a':1,'b':1}",
       "{'a':1,'b':1}",
       "env.b remote"},
      {"a member that only ancestors have",
       {"{'a':1,'c':1}", "{'b':1,'c':1}"},
       "{'d':1}",
       "{}",
       "{'d':1}",
       "env.d local; env.c both"},
      {"one value before, an object in the other",
       {"7", "{'a':1}"},
       "{'a':1,'b':1}",
       "{'a':2}",
       "{'a':2,'b':1}",
       "env.a remote; env.b local"},
      {"one value in all of them", {"7", "8"}, "{'a':1}", "{'a':2}", "{'a':1}", "env unsettled!"},
      {"sets grow",
       {"['p']", "['q']"},
       "['p','q','r']",
       "['p','q','s']",
       "['p','q','r','s']",
       "env set"},
      {"an element of one of them was removed",
       {"['p']", "['p','q']"},
       "['p','r']",
       "['p','q','s']",
       "['p','r']",
       "env unsettled!"},
      {"a set in one, nothing in the other",
       {"['p']", "null"},
       "['p','r']",
       "['p','s']",
       "['p','r','s']",
       "env set"},
  }));
  check(row, "{'env':", "}");
}

TEST_CASE("over several ancestors profiles are deleted, ordered and made the default by all") {
  const std::string a = "{'name':'a','k':1}", a2 = "{'name':'a','k':2}", b = "{'name':'b'}";
  const auto row = GENERATE_COPY(values<Row>({
      {"deleted there since both", {a, a + "," + b}, a, "", "", "a remote"},
      {"deleted there since one, edited here since the other", {a, a2}, a, "", "", "a remote"},
      {"deleted there since one, added here since the other", {a, ""}, a, "", a, "a unsettled!"},
      {"deleted there, edited here since all", {a2, a2 + "," + b}, a, "", a, "a unsettled!"},
      {"added here since all", {b, ""}, b + "," + a, b, b + "," + a, "a local"},
      {"deleted by a tombstone since one", {a, b}, a, tomb_1, tomb_1, "a remote"},
      {"brought back since one, deleted since the other",
       {a, tomb_1},
       a,
       tomb_1,
       a,
       "a unsettled!"},
      {"brought back since one, edited and deleted since the other",
       {a2, tomb_1},
       a,
       tomb_1,
       a,
       "a local"},
      {"a tombstone pruned there, live in one", {a, tomb_1}, tomb_1, "", tomb_1, "a both"},
      {"a tombstone pruned there, unknown to one",
       {"", tomb_1},
       tomb_1,
       "",
       tomb_1,
       "a rule local"},
      {"a tombstone pruned there", {tomb_1, tomb_1 + "," + b}, tomb_1, "", "", "a remote"},
      {"two tombstones: the one that is new", {tomb_1, a}, tomb_1, tomb_2, tomb_2, "a remote"},
      {"deleted everywhere", {a, a2}, "", "", "", "a both"},
      {"deleted everywhere, unknown to one", {a, ""}, "", "", "", ""},
      {"fields of a profile that one lacks", {a, ""}, a, a2, a2, "a.k remote"},
      {"added alike since one", {a, ""}, a2, a2, a2, "a.k both"},
      {"moved here since one, both moved since none",
       {b + "," + a, a + "," + b},
       a + "," + b,
       b + "," + a,
       a + "," + b,
       "order of profiles rule local"},
      {"moved there",
       {a + "," + b, ""},
       a + "," + b,
       b + "," + a,
       b + "," + a,
       "order of profiles remote"},
  }));
  check(row, "{'configs':[", "]}");
}

TEST_CASE("the default of several ancestors") {
  const std::string a = "{'name':'a','isDefault':true},{'name':'b'},{'name':'c'}";
  const std::string b = "{'name':'a'},{'name':'b','isDefault':true},{'name':'c'}";
  const std::string c = "{'name':'a'},{'name':'b'},{'name':'c','isDefault':true}";
  const std::string none = "{'name':'a'},{'name':'b'},{'name':'c'}";
  const auto row = GENERATE_COPY(values<Row>({
      {"moved there since one, on both sides since the other",
       {a, c},
       a,
       b,
       b,
       "a.isDefault one default; b.isDefault remote"},
      {"moved there since one, here since the other",
       {a, b},
       a,
       b,
       a,
       "a.isDefault unsettled!; b.isDefault one default"},
      {"cleared there since all", {a, a + ",{'name':'d'}"}, a, none, none, "a.isDefault remote"},
      // As over one ancestor: whoever has a default goes before who has none.
      {"cleared there since one, set here since the other",
       {a, none},
       a,
       none,
       a,
       "a.isDefault one default"},
  }));
  check(row, "{'configs':[", "]}");
}

TEST_CASE("one ancestor, however often, merges as one; several in any order alike") {
  const auto seed = GENERATE(range(1, 401));
  INFO("seed " << seed);
  support::RandomJson random(static_cast<std::uint64_t>(seed));
  const auto edited = [&](json::Value document) {
    for (std::size_t edits = random.below(8); edits > 0; --edits) random.edit(document);
    return document;
  };
  const json::Value first =
      edited(read("{'configs':[{'id':'1','name':'a','env':{'k':1}},{'name':'b','isDefault':true},"
                  "{'name':'A'}],'settings':{'a':['p'],'b':{'a':1}}}"));
  const json::Value second = edited(first);
  const json::Value third = edited(first);
  const json::Value local = edited(random.below(2) == 0 ? first : second);
  const json::Value remote = edited(random.below(2) == 0 ? first : third);
  for (const MergeOptions& options : {MergeOptions{}, MergeOptions{.conflicts = Side::remote}}) {
    const auto one = merge(first, local, remote, options);
    CHECK(equal(merge({&first}, local, remote, options), one));
    CHECK(equal(merge({&first, &first}, local, remote, options), one));
    const auto all = merge({&first, &second, &third}, local, remote, options);
    CHECK(equal(merge({&third, &first, &second, &first}, local, remote, options), all));
    CHECK(equal(merge({&second, &third, &third, &first}, local, remote, options), all));
    if (options.conflicts) CHECK(all.settled());
  }
}
