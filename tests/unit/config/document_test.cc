#include "config/document.h"

#include <catch2/catch.hpp>

#include "json/write.h"

using namespace start_claude;
using config::Shape;

namespace {

json::Value document(std::string_view text) { return config::parse_document(text).value(); }

std::string compact(const json::Value& value) { return json::write_compact(value); }

}  // namespace

TEST_CASE("a text that is no JSON is refused with the place and the reason") {
  const auto parsed = config::parse_document("{\n  \"configs\": [\n");
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().kind == ErrorKind::invalid_data);
  CHECK(parsed.error().message.starts_with("is not valid JSON (line 3, column 1: "));
}

TEST_CASE("what is no JSON at all is called what it is") {
  const auto message = [](std::string_view text) {
    const auto parsed = config::parse_document(text);
    REQUIRE_FALSE(parsed);
    return parsed.error().message;
  };
  CHECK(message("\x1F\x8B\x08") == "is compressed with gzip: it must be plain JSON");
  const std::string utf_16 = "is UTF-16 text: it must be saved as UTF-8";
  CHECK(message(std::string("\xFF\xFE{\0", 4)) == utf_16);
  CHECK(message(std::string("\xFE\xFF\0{", 4)) == utf_16);
  CHECK(message(std::string("{\0\r\0", 4)) == utf_16);
}

TEST_CASE("only an object with a list of objects stands for a configuration") {
  struct Row {
    std::string text;
    Shape shape;
  };
  const auto row = GENERATE(values<Row>({
      {R"({"configs":[]})", Shape::document},
      {R"({"configs":[{"name":"a"}],"more":1})", Shape::document},
      {R"({})", Shape::bare},
      {R"({"settings":{}})", Shape::bare},
      {R"({"configs":[{},{"name":"a"}]})", Shape::document},
      {R"({"configs":[{"id":"1"}]})", Shape::document},
      {R"({"configs":[{}]})", Shape::nameless},
      {R"({"configs":[{"model":"m"},{"name":7}]})", Shape::nameless},
      {R"({"configs":null})", Shape::damaged},
      {R"({"configs":{}})", Shape::damaged},
      {R"({"configs":["a"]})", Shape::damaged},
      {R"([])", Shape::damaged},
      {R"("<html>")", Shape::damaged},
  }));
  INFO(row.text);
  CHECK(config::shape_of(document(row.text)) == row.shape);
}

TEST_CASE("tombstones are entries but not profiles") {
  const auto two = document(R"({"configs":[{"name":"a"},{"name":"b","isDeleted":true}]})");
  CHECK(config::entry_count(two) == 2);
  CHECK(config::profile_count(two) == 1);
  CHECK(config::entry_count(document("{}")) == 0);
  CHECK(config::profile_count(document(R"({"configs":7})")) == 0);
}

TEST_CASE("settings.s3Sync leaves no trace in what may leave the machine") {
  struct Row {
    std::string what, text, shared;
  };
  const auto row = GENERATE(values<Row>({
      {"the rest of the settings stays",
       R"({"configs":[],"settings":{"a":1,"s3Sync":{"bucket":"b"},"z":2}})",
       R"({"configs":[],"settings":{"a":1,"z":2}})"},
      {"settings that held nothing else go", R"({"settings":{"s3Sync":{}},"configs":[]})",
       R"({"configs":[]})"},
      {"settings that were empty stay", R"({"configs":[],"settings":{}})",
       R"({"configs":[],"settings":{}})"},
      {"a repeated s3Sync", R"({"settings":{"s3Sync":{"k":1},"a":1,"s3Sync":{"k":2}}})",
       R"({"settings":{"a":1}})"},
      {"repeated settings, the last of which goes: those before it never counted",
       R"({"settings":"a","settings":{"s3Sync":{"k":1}},"configs":[]})", R"({"configs":[]})"},
      {"repeated settings, of which only the last counts",
       R"({"settings":{"s3Sync":{"k":1}},"settings":{"a":1}})", R"({"settings":{"a":1}})"},
      {"null", R"({"configs":[],"settings":{"s3Sync":null}})", R"({"configs":[]})"},
      {"no object at all", R"([1])", R"([1])"},
  }));
  INFO(row.what);
  const auto shared = config::without_s3_sync(document(row.text));
  CHECK(compact(shared) == row.shared);
  CHECK_FALSE(config::has_s3_sync(shared));
}

TEST_CASE("s3Sync is found wherever it could leave the machine") {
  CHECK(config::has_s3_sync(document(R"({"settings":{"s3Sync":{}}})")));
  CHECK(config::has_s3_sync(document(R"({"settings":{"s3Sync":{}},"settings":{}})")));
  CHECK_FALSE(config::has_s3_sync(document(R"({"s3Sync":{}})")));
  CHECK_FALSE(config::has_s3_sync(document(R"({"settings":[]})")));
}

TEST_CASE("a download keeps the s3Sync of this machine, and its place") {
  struct Row {
    std::string what, downloaded, local, kept;
  };
  const auto row = GENERATE(values<Row>({
      {"between its neighbours", R"({"configs":[],"settings":{"a":2,"z":2}})",
       R"({"settings":{"a":1,"s3Sync":{"b":1},"z":1},"configs":[]})",
       R"({"configs":[],"settings":{"a":2,"s3Sync":{"b":1},"z":2}})"},
      {"in front", R"({"settings":{"a":2}})", R"({"settings":{"s3Sync":1,"a":1}})",
       R"({"settings":{"s3Sync":1,"a":2}})"},
      {"into new settings, after configs", R"({"version":1,"configs":[],"x":1})",
       R"({"configs":[],"settings":{"s3Sync":1},"x":1})",
       R"({"version":1,"configs":[],"settings":{"s3Sync":1},"x":1})"},
      {"in place of a foreign one", R"({"settings":{"s3Sync":{"secret":1}}})",
       R"({"settings":{"s3Sync":{"b":1}}})", R"({"settings":{"s3Sync":{"b":1}}})"},
      {"a foreign one where there is none here", R"({"settings":{"s3Sync":{"secret":1}}})",
       R"({"configs":[]})", R"({})"},
      {"settings that are no object", R"({"settings":7})", R"({"settings":{"s3Sync":1}})",
       R"({"settings":{"s3Sync":1}})"},
  }));
  INFO(row.what);
  CHECK(compact(config::with_s3_sync_of(document(row.downloaded), document(row.local))) ==
        row.kept);
}

TEST_CASE("a revision names the content that machines share") {
  const auto of = [](std::string_view text) { return config::revision_of(document(text)); };
  const std::string revision = of(R"({"configs":[{"name":"a","n":1.0}]})");
  CHECK(revision.size() == 64);
  // Layout, member order, number spelling, this machine's s3Sync, empty settings: all the same.
  CHECK(of("{ \"configs\" : [ {\"n\":1,\"name\":\"\\u0061\"} ] }\n") == revision);
  CHECK(of(R"({"configs":[{"name":"a","n":1}],"settings":{"s3Sync":{"bucket":"b"}}})") == revision);
  CHECK(of(R"({"settings":{},"configs":[{"name":"a","n":1}]})") == revision);
  CHECK(of(R"({"configs":[{"name":"a","n":2}]})") != revision);
  CHECK(of(R"({"configs":[{"name":"a","n":1}],"settings":{"a":{}}})") != revision);
  CHECK(of(R"({"configs":[{"name":"a"},{"name":"b"}]})") !=
        of(R"({"configs":[{"name":"b"},{"name":"a"}]})"));
}

TEST_CASE("the schema number is a small integer, else 1") {
  struct Row {
    std::string text;
    int number;
  };
  const auto row = GENERATE(values<Row>({{R"({"version":3})", 3},
                                         {R"({})", 1},
                                         {R"({"version":"3"})", 1},
                                         {R"({"version":2.5})", 1},
                                         {R"({"version":-1})", 1},
                                         {R"({"version":99999999999999999999})", 1}}));
  INFO(row.text);
  CHECK(config::schema_version(document(row.text)) == row.number);
}
