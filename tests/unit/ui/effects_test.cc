#include "ui/effects.h"

#include <catch2/catch.hpp>

#include "base/text.h"
#include "json/parse.h"
#include "json/write.h"

namespace start_claude::ui {
namespace {

json::Value read(const std::string& text) {
  return std::get<json::Value>(json::parse(base::replace_all(text, "'", "\"")));
}

std::vector<resolve::Effect> effects(const std::string& before, const std::string& after) {
  return resolve::effects_between(read(before), read(after));
}

std::string profiles(int count) {
  std::string list;
  for (int i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    list += (i > 0 ? "," : "") + ("{'name':'p" + number + "','model':'" + number + "'}");
  }
  return "{'configs':[" + list + "]}";
}

TEST_CASE("what a run did is one phrase, secrets masked") {
  CHECK(
      format_effects(effects(
          "{'configs':[{'name':'production','model':'claude-sonnet-4','apiKey':'sk-ant-12349f2c'},"
          "{'name':'staging','model':'x'},{'name':'old','model':'y'}]}",
          "{'configs':[{'name':'production','model':'claude-opus-4','apiKey':'sk-ant-567871ab'},"
          "{'name':'new','model':'y'},{'name':'laptop','model':'z'}]}")) ==
      "staging removed, production.model claude-sonnet-4 -> claude-opus-4, production.apiKey "
      "****9f2c -> ****71ab, old renamed to new, laptop added");
  CHECK(format_effects({}).empty());
}

TEST_CASE("values that look alike are only said to have changed") {
  CHECK(format_effects(effects("{'configs':[{'name':'a','apiKey':'sk-ant-00006789'}]}",
                               "{'configs':[{'name':'a','apiKey':'sk-ant-11116789'}]}")) ==
        "a.apiKey changed");
}

TEST_CASE("long lists are cut with a count, and JSON has them whole") {
  const auto all = effects(profiles(20), "{'configs':[]}");
  CHECK(format_effects(all) == "p0, p1, p2, p3, p4, p5, p6, p7 and 12 more removed");
  CHECK(removed_json({.local = all, .remote = {}}).find("local")->as_array()->size() == 20);
}

TEST_CASE("JSON has each change, and no secret") {
  const auto all = effects("{'configs':[{'name':'a','apiKey':'sk-ant-secret9f2c'}]}",
                           "{'configs':[{'name':'b','model':'m'}]}");
  CHECK(
      json::write_compact(json_of(resolve::Effects{.local = all, .remote = {}})) ==
      R"({"local":[{"path":"a","kind":"removed","before":{"name":"a","apiKey":"****9f2c"},)"
      R"("after":null},{"path":"b","kind":"added","before":null,"after":{"name":"b","model":"m"}}],)"
      R"("remote":[]})");
}

TEST_CASE("many removals say how many of how many, and where") {
  const resolve::Removals removals{resolve::Side::remote, {"a", "b", "c"}, 4};
  CHECK(format_removals(removals) == "3 of 4 profiles were removed here: a, b, c");
}

}  // namespace
}  // namespace start_claude::ui
