#include "resolve/descent.h"

#include <catch2/catch.hpp>

#include "config/document.h"

namespace start_claude::resolve {
namespace {

TEST_CASE("a document tells which of two contents it was edited from") {
  const auto document = [](const char* text) { return *config::parse_document(text); };
  const json::Value earlier = document(R"({"settings":{"a":"1","b":"1","c":"1"}})");
  const json::Value later = document(R"({"settings":{"a":"2","b":"2","c":"1"}})");
  struct Row {
    const char* name;
    const char* text;
    bool descends;
  };
  const Row rows[] = {
      {"the later one itself", R"({"settings":{"a":"2","b":"2","c":"1"}})", true},
      {"the earlier one itself", R"({"settings":{"a":"1","b":"1","c":"1"}})", false},
      {"an edit of what both have", R"({"settings":{"a":"2","b":"2","c":"9"}})", true},
      {"the same in the earlier one", R"({"settings":{"a":"1","b":"1","c":"9"}})", false},
      {"one change taken back", R"({"settings":{"a":"1","b":"2","c":"1"}})", false},
      {"edits over all that changed", R"({"settings":{"a":"9","b":"9","c":"1"}})", false},
      {"an edit over one of two changes", R"({"settings":{"a":"2","b":"9","c":"1"}})", true},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const json::Value edited = document(row.text);
    CHECK(descends_from_later(edited, {.earlier = earlier, .later = later}) == row.descends);
  }
}

TEST_CASE("a profile of the same name says nothing about where a document comes from") {
  const auto document = [](const char* text) { return *config::parse_document(text); };
  const json::Value earlier = document(R"({"configs":[]})");
  const json::Value later = document(R"({"configs":[{"name":"home","model":"theirs"}]})");
  const json::Value edited = document(R"({"configs":[{"name":"home","model":"ours"}]})");
  CHECK_FALSE(descends_from_later(edited, {.earlier = earlier, .later = later}));
}

}  // namespace
}  // namespace start_claude::resolve
