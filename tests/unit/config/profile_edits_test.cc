// Edits as the manager's page makes them: nothing is lost that an edit does not name.

#include "config/profile_edits.h"

#include <catch2/catch.hpp>

#include "config/profile_rules.h"
#include "json/parse.h"
#include "json/write.h"

namespace start_claude::config {
namespace {

json::Value parse(std::string_view text) {
  auto parsed = json::parse(text);
  return std::get<json::Value>(std::move(parsed));
}

std::string text_of(const json::Value& value) { return json::write_compact(value); }

const json::Value three = parse(R"({"configs":[
  {"name":"production","apiKey":"sk-0123456789abcdef","isDefault":true,"weight":1.10,
   "big":12345678901234567890123,"env":{"DEBUG":"1","MY_TOKEN":"0123456789abcdef"}},
  {"name":"gone","isDeleted":true,"deletedAt":"2026-11-01T00:00:00.000Z"},
  {"name":"staging","id":"s-1","model":"m"},
  {"name":"home","order":7}]})");

const json::Value& profile(const json::Value& document, std::size_t index) {
  return (*document.find("configs")->as_array())[index];
}

TEST_CASE("a number that went through JavaScript is the number that was written") {
  const auto patch = parse(R"({"weight":1.1,"big":1.2345678901234568e+22,"model":"n"})");
  const json::Value changed = with_profile_patched(three, 0, patch);
  CHECK(text_of(*profile(changed, 0).find("weight")) == "1.10");
  CHECK(text_of(*profile(changed, 0).find("big")) == "12345678901234567890123");
  CHECK(text_of(*profile(changed, 0).find("model")) == R"("n")");
}

TEST_CASE("a patch sets what it names, null removes, and objects are patched member by member") {
  struct Row {
    const char* patch;
    const char* env;
  };
  const auto row = GENERATE(values<Row>(
      {{R"({"env":{"DEBUG":"2"}})", R"({"DEBUG":"2","MY_TOKEN":"0123456789abcdef"})"},
       {R"({"env":{"DEBUG":null,"NEW":"x"}})", R"({"MY_TOKEN":"0123456789abcdef","NEW":"x"})"},
       {R"({"env":{"MY_TOKEN":"other"}})", R"({"DEBUG":"1","MY_TOKEN":"other"})"}}));
  CAPTURE(row.patch);
  CHECK(text_of(*profile(with_profile_patched(three, 0, parse(row.patch)), 0).find("env")) ==
        row.env);
}

TEST_CASE("headers are patched one by one, in a text as in an object") {
  struct Row {
    const char* before;
    const char* patch;
    const char* after;
  };
  const auto row = GENERATE(values<Row>(
      {{R"("X-A: 1\nx-b:2")", R"({"X-B":"3","X-C":"4"})", R"("X-A: 1\nx-b: 3\nX-C: 4")"},
       {R"("X-A: 1\nX-B: 2")", R"({"x-a":null})", R"("X-B: 2")"},
       {R"("X-A:1")", R"({"X-A":"1"})", R"("X-A:1")"},
       {R"({"X-A":"1"})", R"({"X-B":"2"})", R"({"X-A":"1","X-B":"2"})"},
       {"null", R"({"X-A":"1"})", R"("X-A: 1")"},
       {R"("X-A: 1")", R"("X-B: 2")", R"("X-B: 2")"}}));
  CAPTURE(row.before, row.patch);
  CHECK(text_of(patched(parse(row.before), parse(row.patch), {"configs", "p", "customHeaders"})) ==
        row.after);
}

TEST_CASE("profiles are found by id, else by name in any case, and tombstones never") {
  CHECK(find_profile(three, parse(R"({"id":"s-1","name":"renamed"})")) == 2U);
  CHECK(find_profile(three, parse(R"({"name":"PRODUCTION"})")) == 0U);
  CHECK(find_profile(three, parse(R"({"name":"gone"})")) == std::nullopt);
  CHECK(profile_at(three, 1) == nullptr);
  CHECK(profile_at(three, 9) == nullptr);
}

TEST_CASE("there is one default profile: the first one, the one chosen, the next one") {
  const auto first = with_profile_added(parse(R"({"configs":[]})"), parse(R"({"name":"a"})"));
  CHECK(text_of(first) == R"({"configs":[{"name":"a","isDefault":true}]})");
  const auto moved = with_default_profile(three, 2);
  CHECK(text_of(*profile(moved, 0).find("isDefault")) == "false");
  CHECK(text_of(*profile(moved, 2).find("isDefault")) == "true");
  const auto deleted = with_profile_deleted(three, 0, UtcTime{});
  CHECK(text_of(*profile(deleted, 2).find("isDefault")) == "true");
  const auto marked = with_profile_added(three, parse(R"({"name":"new","isDefault":true})"));
  CHECK(text_of(*profile(marked, 0).find("isDefault")) == "false");
}

TEST_CASE("what is deleted leaves a tombstone without its secrets") {
  const auto deleted = with_profile_deleted(three, 0, UtcTime{});
  CHECK(text_of(profile(deleted, 0)) ==
        R"({"name":"production","isDeleted":true,"deletedAt":"1970-01-01T00:00:00.000Z"})");
}

TEST_CASE("a copy has everything but the id and the default, and stands after its original") {
  CHECK(name_for_copy(three, "production") == "production copy");
  const auto copied = with_profile_copied(three, 0, {"production copy", "id-2"});
  const json::Value& copy = profile(copied, 1);
  CHECK(copy.find("isDefault") == nullptr);
  CHECK(text_of(*copy.find("apiKey")) == R"("sk-0123456789abcdef")");
  CHECK(text_of(*copy.find("id")) == R"("id-2")");
  CHECK(name_for_copy(copied, "Production") == "Production copy 2");
}

TEST_CASE("profiles are shown by order, and reordering numbers those that have one") {
  CHECK(profile_order(three) == std::vector<std::size_t>{0, 2, 3});
  const auto moved = with_profiles_ordered(three, {3, 0, 2});
  REQUIRE(moved);
  CHECK(text_of(*profile(*moved, 0).find("name")) == R"("home")");
  CHECK(text_of(*profile(*moved, 0).find("order")) == "1");
  CHECK(text_of(*profile(*moved, 1).find("name")) == R"("gone")");
  CHECK(text_of(*profile(*moved, 3).find("order")) == "3");
  CHECK(profile_order(*moved) == std::vector<std::size_t>{0, 2, 3});
  const auto plain = parse(R"({"configs":[{"name":"a"},{"name":"b"}]})");
  const auto swapped = with_profiles_ordered(plain, {1, 0});
  REQUIRE(swapped);
  CHECK(text_of(*swapped) == R"({"configs":[{"name":"b"},{"name":"a"}]})");
}

TEST_CASE("an order that leaves one out, or names one twice, is refused") {
  const auto order = GENERATE(std::vector<std::size_t>{0, 2}, std::vector<std::size_t>{0, 2, 2},
                              std::vector<std::size_t>{0, 1, 2, 3});
  CHECK_FALSE(with_profiles_ordered(three, order));
}

TEST_CASE("what is wrong with a profile is said beside its field") {
  struct Row {
    const char* profile;
    const char* field;
    const char* problem;
  };
  const auto row = GENERATE(values<Row>(
      {{R"({"name":" "})", "name", "is required"},
       {R"({"name":"STAGING"})", "name", "is the name of another configuration"},
       {R"({"name":"gone"})", "", ""},
       {R"({"name":"n","baseUrl":"ftp://x"})", "baseUrl", "must begin with http:// or https://"},
       {R"({"name":"n","baseUrl":"https://"})", "baseUrl", "names no host"},
       {R"({"name":"n","baseUrl":"https://a b"})", "baseUrl", "must not have blanks in it"},
       {R"({"name":"n","baseUrl":"https://a.example/v1"})", "", ""},
       {R"({"name":"n","order":-1})", "order", "must be a whole number, 0 or more"},
       {R"({"name":"n","maxOutputTokens":0})", "maxOutputTokens", "must be a whole number above 0"},
       {R"({"name":"n","enabled":"yes"})", "enabled", "must be on or off"},
       {R"({"name":"n","env":{"A B":"x"}})", "env.A B", "is no name for a variable"},
       {R"({"name":"n","env":{"A":1}})", "env.A", "must be a text"}}));
  CAPTURE(row.profile);
  const auto document = with_profile_added(three, parse(row.profile));
  const auto problems = profile_problems(nullptr, document, 4);
  if (*row.field == '\0') {
    CHECK(problems.empty());
  } else {
    REQUIRE(problems.size() == 1);
    CHECK(problems[0] == FieldProblem{row.field, row.problem});
  }
}

TEST_CASE("what was strange before an edit does not stop it") {
  const auto document = parse(R"({"configs":[{"name":"a","baseUrl":"odd","order":"x"}]})");
  const json::Value before = profile(document, 0);
  const auto changed = with_profile_patched(document, 0, parse(R"({"model":"m"})"));
  CHECK(profile_problems(&before, changed, 0).empty());
}

TEST_CASE("balance settings are checked member by member") {
  const auto after =
      parse(R"({"balanceMode":{"port":70000,"strategy":"Random","healthCheck":{"intervalMs":0}}})");
  const auto problems = settings_problems(nullptr, after);
  REQUIRE(problems.size() == 3);
  CHECK(problems[0].field == "balanceMode.port");
  CHECK(problems[1].field == "balanceMode.strategy");
  CHECK(problems[2].field == "balanceMode.healthCheck.intervalMs");
  CHECK(settings_problems(&after, after).empty());
}

TEST_CASE("what can be saved for balance mode is used as it is") {
  const auto row = GENERATE(table<std::string, std::string, std::string, bool>({
      {"healthCheck", "intervalMs", "999", false},
      {"healthCheck", "intervalMs", "1000", true},
      {"failedEndpoint", "banDurationSeconds", "86400", true},
      {"failedEndpoint", "banDurationSeconds", "86401", false},
      {"speedFirst", "minSamples", "100", true},
      {"speedFirst", "minSamples", "101", false},
      {"timeouts", "connectMs", "99", false},
      {"timeouts", "firstByteMs", "600000", true},
      {"timeouts", "stallMs", "3600001", false},
  }));
  const auto& [section, name, number, is_fine] = row;
  CAPTURE(section, name, number);
  const json::Object members{{name, json::Number{number}}};
  const json::Value after =
      json::Object{{"balanceMode", json::Object{{section, json::Value(members)}}}};
  CHECK(settings_problems(nullptr, after).empty() == is_fine);
}

}  // namespace
}  // namespace start_claude::config
