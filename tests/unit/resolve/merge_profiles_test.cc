// The merge of `configs`: which profile is which, deletion, order, and the one default.
#include <catch2/catch.hpp>

#include "merge_notation.h"

using namespace start_claude;
using namespace start_claude::resolve;

namespace {

/// `configs` alone; "-" for a document without an ancestor.
json::Value configs(const std::string& entries) { return read("{'configs':[" + entries + "]}"); }

MergeResult merge_configs(const MergeCase& row, const MergeOptions& options = {}) {
  std::optional<json::Value> ancestor;
  if (row.ancestor != "-") ancestor = configs(row.ancestor);
  return merge(ancestor, configs(row.local), configs(row.remote), options);
}

void check(const MergeCase& row, const MergeOptions& options = {}) {
  INFO(row.what);
  const auto result = merge_configs(row, options);
  CHECK(written(result.merged) == "{'configs':[" + row.merged + "]}");
  CHECK(story(result) == row.story);
}

const std::string tomb_1 = "{'name':'a','isDeleted':true,'deletedAt':'2026-01-01T00:00:00Z'}";
const std::string tomb_2 = "{'name':'a','isDeleted':true,'deletedAt':'2026-02-02 00:00:00'}";

}  // namespace

TEST_CASE("profiles match by id, else by name, the k-th with the k-th") {
  check(GENERATE(values<MergeCase>({
      {"by name, whatever its case", "{'name':'Work','m':1,'k':1}", "{'name':'Work','m':2,'k':1}",
       "{'name':'work','m':1,'k':2}", "{'name':'work','m':2,'k':2}",
       "Work.name remote; Work.m local; Work.k remote"},
      {"by id, renamed here", "{'id':'1','name':'a','m':1}", "{'id':'1','name':'b','m':1}",
       "{'id':'1','name':'a','m':2}", "{'id':'1','name':'b','m':2}", "a.name local; a.m remote"},
      {"renamed here, another of the old name added there", "{'id':'1','name':'a'}",
       "{'id':'1','name':'b'}", "{'id':'1','name':'a'},{'id':'2','name':'a'}",
       "{'id':'1','name':'b'},{'id':'2','name':'a'}", "a.name local; a#2 remote"},
      {"names swapped", "{'id':'1','name':'a'},{'id':'2','name':'b'}",
       "{'id':'1','name':'b'},{'id':'2','name':'a'}",
       "{'id':'1','name':'a','m':1},{'id':'2','name':'b'}",
       "{'id':'1','name':'b','m':1},{'id':'2','name':'a'}",
       "a.name local; a.m remote; b.name local"},
      {"gained an id here", "{'name':'a','m':1}", "{'id':'1','name':'a','m':1}",
       "{'name':'a','m':2}", "{'id':'1','name':'a','m':2}", "a.id local; a.m remote"},
      {"gained an id and another name here: by neither", "{'name':'a','m':1}",
       "{'id':'1','name':'b','m':1}", "{'name':'a','m':1}", "{'id':'1','name':'b','m':1}",
       "b local; a local"},
      {"gained different ids: the same one everywhere", "{'name':'a'}", "{'id':'2','name':'a'}",
       "{'id':'1','name':'a'}", "{'id':'1','name':'a'}", "a.id rule remote"},
      {"gained ids of another kind: a text goes first", "{'name':'a'}", "{'id':7,'name':'a'}",
       "{'id':'9','name':'a'}", "{'id':'9','name':'a'}", "a.id rule remote"},
      {"gained ids that are no texts: still the same one everywhere", "{'name':'a'}",
       "{'id':1,'name':'a'}", "{'id':['p'],'name':'a'}", "{'id':1,'name':'a'}", "a.id rule local"},
      {"two of one name, the second edited there", "{'name':'a','m':1},{'name':'a','m':1}",
       "{'name':'a','m':1},{'name':'a','m':1}", "{'name':'a','m':1},{'name':'a','m':2}",
       "{'name':'a','m':1},{'name':'a','m':2}", "a#2.m remote"},
      {"two of one id", "{'id':'1','name':'a'},{'id':'1','name':'b'}", "{'id':'1','name':'b'}",
       "{'id':'1','name':'a'},{'id':'1','name':'b','m':1}", "{'id':'1','name':'b','m':1}",
       "a local; b.m remote"},
      {"of one id and name a tombstone and its successor, the other way round there",
       "{'id':'1','name':'a','isDeleted':true},{'id':'1','name':'a','m':1}",
       "{'id':'1','name':'a','isDeleted':true},{'id':'1','name':'a','m':2}",
       "{'id':'1','name':'a','m':1,'k':1},{'id':'1','name':'a','isDeleted':true}",
       "{'id':'1','name':'a','m':2,'k':1},{'id':'1','name':'a','isDeleted':true}",
       "a#2.m local; a#2.k remote; order of configurations remote"},
      {"two of one id deleted here, the other way round, one edited there",
       "{'id':'1','name':'a'},{'id':'1','name':'b'}",
       "{'id':'1','name':'b','isDeleted':true},{'id':'1','name':'a','isDeleted':true}",
       "{'id':'1','name':'a','m':1},{'id':'1','name':'b'}",
       "{'id':'1','name':'b','isDeleted':true},{'id':'1','name':'a','isDeleted':true}",
       "b local; a unsettled!; order of configurations local"},
      {"a third of one name added on each side: one and the same", "{'name':'a'}",
       "{'name':'a'},{'name':'a','m':1}", "{'name':'a'},{'name':'a','m':1}",
       "{'name':'a'},{'name':'a','m':1}", "a#2 both"},
      {"no names at all", "{'m':1}", "{'m':2}", "{'m':1,'k':1}", "{'m':2,'k':1}",
       "(no name).m local; (no name).k remote"},
  })));
}

TEST_CASE("labels of namesakes never meet a real name") {
  const auto result = merge(configs(""), configs("{'name':'a'},{'name':'a'},{'name':'a#2'}"),
                            configs("{'name':'b'}"), {});
  CHECK(story(result) == "a local; a#3 local; a#2 local; b remote");
}

TEST_CASE("a profile added on both sides is merged field by field") {
  check(GENERATE(values<MergeCase>({
      {"alike: one piece of news", "", "{'name':'a','m':1}", "{'m':1,'name':'a'}",
       "{'name':'a','m':1}", "a both"},
      {"differently", "", "{'name':'a','m':1,'l':1}", "{'name':'A','m':1,'r':1}",
       "{'name':'a','m':1,'l':1,'r':1}", "a.name unsettled!; a.m both; a.l local; a.r remote"},
      {"without an ancestor agreement is no news", "-", "{'name':'a','m':1,'k':1},{'name':'l'}",
       "{'name':'a','m':1,'k':2},{'name':'r'}",
       "{'name':'a','m':1,'k':1},{'name':'l'},{'name':'r'}", "a.k unsettled!; l local; r remote"},
  })));
}

TEST_CASE("deletion against an edit is a conflict on the whole profile") {
  const std::string a = "{'name':'a','m':1}";
  const std::string edited = "{'name':'a','m':2}";
  check(GENERATE_COPY(values<MergeCase>({
      {"removed here, untouched there", a, "", a, "", "a local"},
      {"untouched here, tombstone there", a, a, tomb_1, tomb_1, "a remote"},
      {"removed here, edited there", a, "", edited, "", "a unsettled!"},
      {"edited here, removed there", a, edited, "", edited, "a unsettled!"},
      {"edited here, tombstone there", a, edited, tomb_1, edited, "a unsettled!"},
      {"removed on both sides", a, "", "", "", "a both"},
      {"tombstones on both sides: the later", a, tomb_1, tomb_2, tomb_2, "a both"},
      {"tombstones on both sides: the later, turned round", a, tomb_2, tomb_1, tomb_2, "a both"},
      {"removed here, tombstone there: others must hear of it", a, "", tomb_1, tomb_1, "a both"},
      {"a new one here, a tombstone there", "", a, tomb_1, a, "a unsettled!"},
      {"no ancestor: live here, tombstone there", "-", a, tomb_1, a, "a unsettled!"},
  })));
}

TEST_CASE("a deletion stays, unless somebody brings the profile back") {
  const std::string a = "{'name':'a','m':1}";
  const std::string b = "{'name':'a','m':2}";
  check(GENERATE_COPY(values<MergeCase>({
      {"nobody touched it", tomb_1, tomb_1, tomb_1, tomb_1, ""},
      {"pruned there", tomb_1, tomb_1, "", "", "a remote"},
      {"pruned on both sides", tomb_1, "", "", "", "a both"},
      {"deleted again here, pruned there", tomb_1, tomb_2, "", tomb_2, "a rule local"},
      {"brought back here", tomb_1, a, tomb_1, a, "a local"},
      {"brought back here, pruned there", tomb_1, a, "", a, "a rule local"},
      {"brought back here, deleted again there", tomb_1, a, tomb_2, a, "a unsettled!"},
      {"brought back on both sides", tomb_1, a, b, a,
       "a.m unsettled!; a.isDeleted both; a.deletedAt both"},
      {"deleted again on both sides", tomb_1, "{'name':'a','isDeleted':true}", tomb_2, tomb_2,
       "a rule remote"},
      {"a namesake of a tombstone is another profile", tomb_1, tomb_1 + "," + a, a, a,
       "a remote; a#2 both"},
  })));
}

TEST_CASE("whatever a side left in a tombstone, the merge takes who it was and no more") {
  const std::string leaky =
      "{'id':'1','name':'a','apiKey':'sk-1','isDeleted':true,'order':3,'deletedAt':'x'}";
  const std::string clean = "{'id':'1','name':'a','isDeleted':true,'order':3,'deletedAt':'x'}";
  check(GENERATE_COPY(values<MergeCase>({
      {"deleted there", "{'id':'1','name':'a','apiKey':'sk-1','order':3}",
       "{'id':'1','name':'a','apiKey':'sk-1','order':3}", leaky, clean, "a remote"},
      {"new there", "", "", leaky, clean, "a remote"},
      {"on all sides", leaky, leaky, leaky, clean, ""},
  })));
}

TEST_CASE("settling a deletion against an edit") {
  const auto edited = std::string("{'name':'a','m':2},{'name':'b','m':2}");
  struct Row {
    std::string what;
    MergeOptions options;
    std::string merged, story;
  };
  const auto row = GENERATE(values<Row>({
      {"by side", {.conflicts = Side::remote}, "", "a chosen remote!; b chosen remote!"},
      {"by a choice on the profile",
       {.choices = {{{"configs", "a"}, Side::remote}}},
       "{'name':'b','m':2}",
       "a chosen remote!; b unsettled!"},
      {"by a choice on all of them",
       {.choices = {{{"configs"}, Side::remote}}},
       "",
       "a chosen remote!; b chosen remote!"},
  }));
  check({row.what, "{'name':'a','m':1},{'name':'b','m':1}", edited, "", row.merged, row.story},
        row.options);
}

TEST_CASE("a choice on a profile settles every field of it, and of no namesake") {
  check(
      {"the second a", "{'name':'a','m':1},{'name':'a','m':1,'k':1}",
       "{'name':'a','m':2},{'name':'a','m':2,'k':2}", "{'name':'a','m':3},{'name':'a','m':3,'k':3}",
       "{'name':'a','m':2},{'name':'a','m':3,'k':3}",
       "a.m unsettled!; a#2.m chosen remote!; a#2.k chosen remote!"},
      {.choices = {{{"configs", "a#2"}, Side::remote}}});
}

TEST_CASE("order is a field of its own and never conflicts") {
  const auto named = [](std::string_view names) {
    std::vector<std::string> entries;
    for (const char name : names) entries.push_back(std::string("{'name':'") + name + "'}");
    return base::join(entries, ",");
  };
  struct Row {
    std::string what, ancestor, local, remote, merged, story;
  };
  const auto row = GENERATE(values<Row>({
      {"only they reordered", "abc", "abc", "cab", "cab", "order of configurations remote"},
      {"only we reordered", "abc", "cab", "abc", "cab", "order of configurations local"},
      {"they reordered, we added", "ab", "axb", "ba", "bax",
       "x local; order of configurations remote"},
      {"we reordered, they added", "ab", "ba", "ayb", "bay",
       "y remote; order of configurations local"},
      {"both reordered alike", "abc", "cba", "cba", "cba", "order of configurations both"},
      {"both reordered differently", "abc", "cba", "bac", "cba",
       "order of configurations rule local"},
      {"both added at the end", "a", "ax", "ay", "axy", "x local; y remote"},
      {"both added in front", "a", "xa", "ya", "xya", "x local; y remote"},
      {"additions follow their predecessor", "abc", "abc", "axyzbc", "axyzbc",
       "x remote; y remote; z remote"},
      {"the predecessor is gone", "abc", "ac", "abxc", "axc", "b local; x remote"},
  }));
  check({row.what, named(row.ancestor), named(row.local), named(row.remote), named(row.merged),
         row.story});
}

TEST_CASE("the order number of a profile never conflicts either") {
  const MergeCase row{"both renumbered",        "{'name':'a','order':1}", "{'name':'a','order':2}",
                      "{'name':'a','order':3}", "{'name':'a','order':2}", "a.order rule local"};
  check(row);
  CHECK(written(merge_configs(row, {.conflicts = Side::remote}).merged) ==
        "{'configs':[{'name':'a','order':3}]}");
}

TEST_CASE("exactly one profile stays the default") {
  const std::string p = "{'name':'p','isDefault':true}", p_not = "{'name':'p','isDefault':false}";
  const std::string q = "{'name':'q','isDefault':true}", q_not = "{'name':'q','isDefault':false}";
  const std::string r = "{'name':'r','isDefault':true}", r_bare = "{'name':'r'}";
  const std::string before = p + "," + q_not + "," + r_bare;
  const std::string all_local = p_not + "," + q + "," + r_bare;
  const std::string all_remote = p_not + "," + q_not + "," + r;
  check(GENERATE_COPY(values<MergeCase>({
      {"only they moved it", before, before, all_remote, all_remote,
       "p.isDefault remote; r.isDefault remote"},
      {"both moved it to the same", before, all_local, all_local, all_local,
       "p.isDefault both; q.isDefault both"},
      {"moved to different ones: one conflict, on ours", before, all_local, all_remote, all_local,
       "p.isDefault both; q.isDefault unsettled!; r.isDefault one default"},
      {"they added a new default", p, p, p_not + "," + r, p_not + "," + r,
       "p.isDefault remote; r remote"},
      {"both added a new default", "", q, r, q + ",{'name':'r','isDefault':false}",
       "q local; q.isDefault unsettled!; r remote; r.isDefault one default"},
      {"they made it the default, we still had another and edited it", p + "," + r_bare,
       "{'name':'p','isDefault':true,'m':1}," + r_bare, r,
       "{'name':'p','isDefault':false,'m':1}," + r,
       "p unsettled!; p.isDefault one default; r.isDefault remote"},
      {"the default was taken away here", p, p_not, "{'name':'p','isDefault':true,'m':1}",
       "{'name':'p','isDefault':false,'m':1}", "p.isDefault local; p.m remote"},
      {"absent and false are one choice", "-", "{'name':'a','isDefault':false}", "{'name':'a'}",
       "{'name':'a','isDefault':false}", "a.isDefault local"},
      {"several defaults on one side: a field like any other", p + "," + q_not, p + "," + q,
       p + "," + q_not, p + "," + q, "q.isDefault local"},
  })));
}

TEST_CASE("different defaults are settled like any conflict, at either profile") {
  const std::string ancestor = "{'name':'p'},{'name':'q'}";
  const std::string local = "{'name':'p','isDefault':true},{'name':'q'}";
  const std::string remote = "{'name':'p'},{'name':'q','isDefault':true}";
  const FieldPath at_p{"configs", "p", "isDefault"}, at_q{"configs", "q", "isDefault"};
  struct Row {
    std::string what;
    MergeOptions options;
    std::string merged, story;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"local",
       {.conflicts = Side::local},
       local,
       "p.isDefault chosen local!; q.isDefault one default"},
      {"remote",
       {.conflicts = Side::remote},
       remote,
       "p.isDefault one default!; q.isDefault remote"},
      {"a choice at ours",
       {.choices = {{at_p, Side::remote}}},
       remote,
       "p.isDefault one default!; q.isDefault remote"},
      {"a choice at theirs",
       {.conflicts = Side::local, .choices = {{at_q, Side::remote}}},
       remote,
       "p.isDefault one default!; q.isDefault remote"},
  }));
  check({row.what, ancestor, local, remote, row.merged, row.story}, row.options);
}

TEST_CASE("a default that was deleted passes the choice back") {
  // We made q the default; they deleted q, and that is what stands: p is the default again.
  check({"deleted there", "{'name':'p','isDefault':true},{'name':'q','m':1}",
         "{'name':'p'},{'name':'q','m':1,'isDefault':true}", "{'name':'p','isDefault':true}",
         "{'name':'p','isDefault':true}", "p.isDefault one default; q chosen remote!"},
        {.conflicts = Side::remote});
}

TEST_CASE("differences name each field once, layout and member order aside") {
  struct Row {
    std::string what, from, to, differences;
  };
  const auto row = GENERATE(values<Row>({
      {"none", "{'configs':[{'name':'a','m':1.0}],'v':[1]}",
       "{'v':[1],'configs':[{'m':1,'name':'a'}]}", ""},
      {"a field", "{'configs':[{'name':'a','env':{'A':1,'B':1}}]}",
       "{'configs':[{'name':'a','env':{'A':2,'B':1}}]}", "a.env.A 1 2"},
      {"a profile on one side", "{'configs':[{'name':'a'}]}", "{'configs':[{'name':'b'}]}",
       "a {'name':'a'} -; b - {'name':'b'}"},
      {"deleted", "{'configs':[{'name':'a'}]}", "{'configs':[{'name':'a','isDeleted':true}]}",
       "a {'name':'a'} {'name':'a','isDeleted':true}"},
      {"a setting", "{'settings':{'x':1}}", "{}", "settings {'x':1} -"},
      {"order", "{'configs':[{'name':'a'},{'name':'b'}]}",
       "{'configs':[{'name':'b'},{'name':'a'}]}", "order of configurations ['a','b'] ['b','a']"},
      {"no list of profiles, or one of none", "{}", "{'configs':[]}",
       "order of configurations - []"},
      {"no objects", "1", "2", "the whole document 1 2"},
  }));
  INFO(row.what);
  std::vector<std::string> found;
  for (const FieldChange& change : differences(read(row.from), read(row.to))) {
    found.push_back(format_path(change.path) + " " + written(change.local) + " " +
                    written(change.remote));
  }
  CHECK(base::join(found, "; ") == row.differences);
}

TEST_CASE("tombstones are kept for 30 days") {
  const auto now = *base::parse_time("2026-03-31T12:00:00Z");
  struct Row {
    std::string what, entry;
    bool stays;
  };
  const auto row = GENERATE(values<Row>({
      {"30 days to the millisecond", "{'isDeleted':true,'deletedAt':'2026-03-01T12:00:00Z'}", true},
      {"a millisecond more", "{'isDeleted':true,'deletedAt':'2026-03-01T11:59:59.999Z'}", false},
      {"the other spelling", "{'isDeleted':true,'deletedAt':'2026-01-01 00:00:00'}", false},
      {"from the future", "{'isDeleted':true,'deletedAt':'2027-01-01T00:00:00Z'}", true},
      {"no date", "{'isDeleted':true}", true},
      {"no readable date", "{'isDeleted':true,'deletedAt':'long ago'}", true},
      {"a live one with an old date", "{'deletedAt':'2026-01-01T00:00:00Z'}", true},
  }));
  INFO(row.what);
  const auto pruned = prune_tombstones(configs("{'name':'x'}," + row.entry), now);
  CHECK(pruned.find("configs")->as_array()->size() == (row.stays ? 2U : 1U));
  CHECK(prune_tombstones(read("{'configs':7}"), now) == read("{'configs':7}"));
}
