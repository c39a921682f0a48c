// What replacing one document by another does, by name.
#include "resolve/effects.h"

#include <catch2/catch.hpp>
#include <string>

#include "base/text.h"
#include "json/parse.h"
#include "json/write.h"

namespace start_claude::resolve {
namespace {

json::Value read(const std::string& text) {
  return std::get<json::Value>(json::parse(base::replace_all(text, "'", "\"")));
}

/// "b removed; a.model changed 1 -> 2; c added"
std::string story(const std::string& before, const std::string& after) {
  const auto value = [](const std::optional<json::Value>& shown) {
    return shown ? json::write_compact(*shown) : std::string("-");
  };
  std::string told;
  for (const Effect& effect : effects_between(read(before), read(after))) {
    if (!told.empty()) told += "; ";
    told += format_path(effect.path);
    switch (effect.kind) {
      case Effect::Kind::removed: told += " removed"; break;
      case Effect::Kind::added: told += " added"; break;
      case Effect::Kind::renamed:
      case Effect::Kind::changed:
        told += (effect.kind == Effect::Kind::renamed ? " renamed " : " changed ") +
                value(effect.before) + " -> " + value(effect.after);
        break;
    }
  }
  return told;
}

TEST_CASE("what went, changed and came is told by name") {
  struct Row {
    std::string name, before, after, told;
  };
  const Row rows[] = {
      {"nothing", "{'configs':[{'name':'a'}]}", "{'configs':[{'name':'a'}]}", ""},
      {"removals come first", "{'configs':[{'name':'a','k':1},{'name':'b','k':2}]}",
       "{'configs':[{'name':'a','k':3},{'name':'c','k':4}]}",
       "b removed; a.k changed 1 -> 3; c added"},
      {"a tombstone is a removal", "{'configs':[{'name':'a','k':1}]}",
       "{'configs':[{'name':'a','isDeleted':true}]}", "a removed"},
      {"a tombstone that is pruned is nothing", "{'configs':[{'name':'a','isDeleted':true}]}",
       "{'configs':[]}", ""},
      {"a profile that comes back", "{'configs':[{'name':'a','isDeleted':true}]}",
       "{'configs':[{'name':'a','k':1}]}", "a added"},
      {"renamed, with an id", "{'configs':[{'id':'1','name':'a','k':1}]}",
       "{'configs':[{'id':'1','name':'b','k':2}]}",
       "a.k changed 1 -> 2; a.name renamed \"a\" -> \"b\""},
      {"renamed, without one", "{'configs':[{'name':'a','k':1}]}",
       "{'configs':[{'name':'b','k':1,'order':2}]}", "a.name renamed \"a\" -> \"b\""},
      {"an id that comes is an edit", "{'configs':[{'name':'a','k':1}]}",
       "{'configs':[{'name':'a','k':1,'id':'1'}]}", "a.id changed - -> \"1\""},
      {"profiles that say nothing are not the same", "{'configs':[{'name':'a'}]}",
       "{'configs':[{'name':'b'}]}", "a removed; b added"},
      {"order, once", "{'configs':[{'name':'a','order':1},{'name':'b','order':2}]}",
       "{'configs':[{'name':'b','order':1},{'name':'a','order':2}]}",
       "order of profiles changed - -> -"},
      {"settings", "{'configs':[],'settings':{'theme':'light'}}",
       "{'configs':[],'settings':{'theme':'dark'}}",
       "settings.theme changed \"light\" -> \"dark\""},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(story(row.before, row.after) == row.told);
  }
}

TEST_CASE("only what is gone or replaced is a loss") {
  const auto loses = [](const std::string& before, const std::string& after) {
    return loses_something(effects_between(read(before), read(after)));
  };
  CHECK(loses("{'configs':[{'name':'a','k':1}]}", "{'configs':[]}"));
  CHECK(loses("{'configs':[{'name':'a','k':1}]}", "{'configs':[{'name':'a','k':2}]}"));
  CHECK_FALSE(loses("{'configs':[]}", "{'configs':[{'name':'a','k':1}]}"));
  CHECK_FALSE(loses("{'configs':[{'name':'a'}]}", "{'configs':[{'name':'a','k':1}]}"));
}

TEST_CASE("profiles that were renamed are not many that went") {
  const auto before =
      read("{'configs':[{'name':'a','k':1},{'name':'b','k':2},{'name':'c','k':3}]}");
  CHECK_FALSE(removes_many(
      before, read("{'configs':[{'name':'x','k':1},{'name':'y','k':2},{'name':'z','k':3}]}")));
  CHECK(removes_many(before, read("{'configs':[{'name':'x','k':4}]}")));
  CHECK_FALSE(removes_many(before, read("{'configs':[{'name':'a','k':1}]}")));
}

}  // namespace
}  // namespace start_claude::resolve
