// The merge of fields that mean nothing to it: settings, version, anything unknown.
#include <catch2/catch.hpp>

#include "merge_notation.h"

using namespace start_claude;
using namespace start_claude::resolve;

TEST_CASE("the policy for one field") {
  struct Row {
    std::string what;
    int ancestor, local, remote;
    std::optional<int> merged;
  };
  const auto row = GENERATE(values<Row>({
      {"nobody changed it", 1, 1, 1, 1},
      {"only we changed", 1, 2, 1, 2},
      {"only they changed", 1, 1, 2, 2},
      {"both made the same change", 1, 2, 2, 2},
      {"both changed, differently", 1, 2, 3, std::nullopt},
  }));
  INFO(row.what);
  CHECK(merge_three_way(row.ancestor, row.local, row.remote) == row.merged);
}

TEST_CASE("fields merge by what changed since the ancestor") {
  const auto row = GENERATE(values<MergeCase>({
      {"different fields", "{'x':1,'y':1}", "{'x':2,'y':1}", "{'x':1,'y':2}", "{'x':2,'y':2}",
       "x local; y remote"},
      {"the same change", "{'x':1}", "{'x':2}", "{'x':2.0}", "{'x':2}", "x both"},
      {"different changes: local stands meanwhile", "{'x':1}", "{'x':2}", "{'x':3}", "{'x':2}",
       "x unsettled!"},
      {"added here", "{}", "{'x':1}", "{}", "{'x':1}", "x local"},
      {"added there, after its predecessor", "{'a':1,'b':1}", "{'b':1,'a':1}",
       "{'a':1,'new':1,'b':1}", "{'b':1,'a':1,'new':1}", "new remote"},
      {"added on both sides, alike", "{}", "{'x':1}", "{'x':1}", "{'x':1}", "x both"},
      {"added on both sides, differently", "{}", "{'x':1}", "{'x':2}", "{'x':1}", "x unsettled!"},
      {"removed here", "{'x':1,'y':1}", "{'y':1}", "{'x':1,'y':2}", "{'y':2}", "x local; y remote"},
      {"removed on both sides", "{'x':1}", "{}", "{}", "{}", "x both"},
      {"removed here, changed there", "{'x':1}", "{}", "{'x':2}", "{}", "x unsettled!"},
      {"changed here, removed there", "{'x':1}", "{'x':2}", "{}", "{'x':2}", "x unsettled!"},
      {"null is a value", "{'x':null}", "{}", "{'x':null}", "{}", "x local"},
      {"layout and spelling never count", "{'x':1.10,'y':1e2}", "{'y':100,'x':1.1}",
       "{'x':1.10,'y':2}", "{'y':2,'x':1.1}", "y remote"},
  }));
  INFO(row.what);
  const auto result = merge(read(row.ancestor), read(row.local), read(row.remote), {});
  CHECK(written(result.merged) == row.merged);
  CHECK(story(result) == row.story);
  CHECK(result.settled() == result.conflicts.empty());
}

TEST_CASE("objects merge member by member, to any depth") {
  const auto row = GENERATE(values<MergeCase>({
      {"settings", "{'settings':{'a':{'x':1,'y':1}}}", "{'settings':{'a':{'x':2,'y':1}}}",
       "{'settings':{'a':{'x':1,'y':2}}}", "{'settings':{'a':{'x':2,'y':2}}}",
       "settings.a.x local; settings.a.y remote"},
      {"anything unknown", "{'extensionsLibrary':{}}", "{'extensionsLibrary':{'m':{'u':1}}}",
       "{'extensionsLibrary':{'s':2}}", "{'extensionsLibrary':{'m':{'u':1},'s':2}}",
       "extensionsLibrary.m local; extensionsLibrary.s remote"},
      {"an object added on both sides", "{}", "{'env':{'A':1,'C':1}}", "{'env':{'B':1,'C':2}}",
       "{'env':{'A':1,'B':1,'C':1}}", "env.A local; env.B remote; env.C unsettled!"},
      {"an empty object added on both sides", "{}", "{'env':{}}", "{'env':{}}", "{'env':{}}",
       "env both"},
      {"removed here, untouched there", "{'env':{'A':1}}", "{}", "{'env':{'A':1}}", "{}",
       "env local"},
      {"removed here, edited there: a conflict on the whole, not half an object",
       "{'env':{'A':1,'B':1}}", "{}", "{'env':{'A':2,'B':1}}", "{}", "env unsettled!"},
      {"an object there, a text here", "{'x':{'a':1}}", "{'x':'t'}", "{'x':{'a':2}}", "{'x':'t'}",
       "x unsettled!"},
      {"what was a text is one value", "{'x':'t'}", "{'x':{'a':1}}", "{'x':{'b':1}}",
       "{'x':{'a':1}}", "x unsettled!"},
      {"emptied here, added to there", "{'env':{'A':1}}", "{'env':{}}", "{'env':{'A':1,'B':1}}",
       "{'env':{'B':1}}", "env.A local; env.B remote"},
  }));
  INFO(row.what);
  const auto result = merge(read(row.ancestor), read(row.local), read(row.remote), {});
  CHECK(written(result.merged) == row.merged);
  CHECK(story(result) == row.story);
}

TEST_CASE("arrays of scalars are sets where both sides only added") {
  const auto row = GENERATE(values<MergeCase>({
      {"both added", "{'x':['a']}", "{'x':['a','l']}", "{'x':['r','a']}", "{'x':['a','l','r']}",
       "x set"},
      {"both added the same and more", "{'x':[]}", "{'x':[1,2]}", "{'x':[3,1.0]}", "{'x':[1,2,3]}",
       "x set"},
      {"one removed", "{'x':['a','b']}", "{'x':['a']}", "{'x':['a','b','r']}", "{'x':['a']}",
       "x unsettled!"},
      {"one reordered: order may matter", "{'x':['a','b']}", "{'x':['b','a']}",
       "{'x':['a','b','r']}", "{'x':['b','a']}", "x unsettled!"},
      {"a repetition is no set", "{'x':['-v']}", "{'x':['-v','-v']}", "{'x':['-v','r']}",
       "{'x':['-v','-v']}", "x unsettled!"},
      {"only one side changed", "{'x':['a','b']}", "{'x':['a','b']}", "{'x':['b']}", "{'x':['b']}",
       "x remote"},
      {"new on both sides: nothing says it is a set", "{}", "{'x':['l']}", "{'x':['r']}",
       "{'x':['l']}", "x unsettled!"},
      {"arrays of objects are one value", "{'x':[{'a':1}]}", "{'x':[{'a':1},{'l':1}]}",
       "{'x':[{'a':1},{'r':1}]}", "{'x':[{'a':1},{'l':1}]}", "x unsettled!"},
  }));
  INFO(row.what);
  const auto result = merge(read(row.ancestor), read(row.local), read(row.remote), {});
  CHECK(written(result.merged) == row.merged);
  CHECK(story(result) == row.story);
}

TEST_CASE("a schema number only grows where both sides changed it") {
  const auto row = GENERATE(values<MergeCase>({
      {"higher there", "{'version':1}", "{'version':2}", "{'version':3}", "{'version':3}",
       "version rule remote"},
      {"higher here", "", "{'version':3}", "{'version':1}", "{'version':3}", "version rule local"},
      {"only one side changed: down again", "{'version':3}", "{'version':3}", "{'version':1}",
       "{'version':1}", "version remote"},
      {"no numbers", "{'version':1}", "{'version':'a'}", "{'version':2}", "{'version':'a'}",
       "version unsettled!"},
      {"deeper down it is a field like any other", "{'x':{'version':1}}", "{'x':{'version':2}}",
       "{'x':{'version':3}}", "{'x':{'version':2}}", "x.version unsettled!"},
  }));
  INFO(row.what);
  const auto result = merge(read_if_any(row.ancestor), read(row.local), read(row.remote), {});
  CHECK(written(result.merged) == row.merged);
  CHECK(story(result) == row.story);
}

TEST_CASE("without an ancestor what only one side has is an addition, and agreement is no news") {
  const auto result =
      merge(std::nullopt, read("{'same':1,'l':1,'x':1}"), read("{'same':1,'r':1,'x':2}"), {});
  CHECK(written(result.merged) == "{'same':1,'l':1,'r':1,'x':1}");
  CHECK(story(result) == "l local; r remote; x unsettled!");
}

TEST_CASE("conflicts are settled by choices, else by a side") {
  const auto ancestor = read("{'s':{'a':{'x':0},'b':{'x':0}},'t':0}");
  const auto local = read("{'s':{'a':{'x':1},'b':{'x':1}},'t':1}");
  const auto remote = read("{'s':{'a':{'x':2},'b':{'x':2}},'t':2}");
  struct Row {
    std::string what;
    MergeOptions options;
    std::string merged, story;
  };
  const auto row = GENERATE(values<Row>({
      {"one side for all",
       {.conflicts = Side::remote},
       "{'s':{'a':{'x':2},'b':{'x':2}},'t':2}",
       "s.a.x chosen remote!; s.b.x chosen remote!; t chosen remote!"},
      {"a choice goes first",
       {.conflicts = Side::remote, .choices = {{{"t"}, Side::local}}},
       "{'s':{'a':{'x':2},'b':{'x':2}},'t':1}",
       "s.a.x chosen remote!; s.b.x chosen remote!; t chosen local!"},
      {"a choice settles what is under it, the longest path decides",
       {.choices = {{{"s"}, Side::remote}, {{"s", "b", "x"}, Side::local}}},
       "{'s':{'a':{'x':2},'b':{'x':1}},'t':1}",
       "s.a.x chosen remote!; s.b.x chosen local!; t unsettled!"},
  }));
  INFO(row.what);
  const auto result = merge(ancestor, local, remote, row.options);
  CHECK(written(result.merged) == row.merged);
  CHECK(story(result) == row.story);
  CHECK(result.unsettled == (row.options.conflicts ? 0U : 1U));
}

TEST_CASE("a change tells all three values and the one taken") {
  const auto result = merge(read("{'x':1}"), read("{'x':2}"), read("{}"), {});
  const FieldChange expected{.path = {"x"},
                             .ancestor = read("1"),
                             .local = read("2"),
                             .remote = std::nullopt,
                             .merged = read("2"),
                             .reason = Reason::unsettled,
                             .taken_from = Side::local};
  REQUIRE(result.changes.size() == 1);
  CHECK(result.changes[0] == expected);
  CHECK(result.conflicts == result.changes);
}

TEST_CASE("documents that are no objects are one value") {
  CHECK(story(merge(read("1"), read("2"), read("{}"), {})) == "the whole document unsettled!");
  CHECK(story(merge(read("{}"), read("{'configs':7}"), read("{'configs':[]}"), {})) ==
        "order of profiles unsettled!");
}

TEST_CASE("paths are written for people") {
  struct Row {
    FieldPath path;
    std::string text;
  };
  const auto row = GENERATE(values<Row>({
      {{"configs", "production", "model"}, "production.model"},
      {{"configs", "production", "env", "A.B"}, "production.env.A.B"},
      {{"configs", "production"}, "production"},
      {{"configs", "", "model"}, "(no name).model"},
      {{"configs"}, "order of profiles"},
      {{"settings", "x", "y"}, "settings.x.y"},
      {{}, "the whole document"},
  }));
  CHECK(format_path(row.path) == row.text);
}
