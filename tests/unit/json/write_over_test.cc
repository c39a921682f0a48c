// A change in a document touches the bytes of what changed, and nothing else.
#include <catch2/catch.hpp>
#include <functional>
#include <string>

#include "json/parse.h"
#include "json/write.h"

namespace start_claude::json {
namespace {

Value value_of(std::string_view text) {
  const auto parsed = parse(text);
  INFO(text);
  REQUIRE(std::holds_alternative<Value>(parsed));
  return std::get<Value>(parsed);
}

struct Row {
  std::string what;
  std::string original;
  std::string value;  ///< what it is to say
  std::string result;
};

void check(const Row& row) {
  INFO(row.what);
  const std::string result = write_over(row.original, value_of(row.value));
  CHECK(result == row.result);
  CHECK(value_of(result) == value_of(row.value));
}

TEST_CASE("What says the same stays as it is, byte for byte") {
  const std::string original = GENERATE(values<std::string>({
      "{}",
      " \r\n[ ]\t",
      "\xEF\xBB\xBF{ \"a\" :\t1.10 ,\r\n \"b\":[ 1,2 ,3 ] }\r\n\r\n",
      "{\"n\":12345678901234567890123,\"s\":\"\\u0041\\/\\ud800\",\"d\":1,\"d\":2}",
  }));
  CHECK(write_over(original, value_of(original)) == original);
}

TEST_CASE("Spelling and member order alone are no change") {
  check({"another spelling", "{\"a\": 1.10, \"b\": \"\\u0041\"}", R"({"a":1.1,"b":"A"})",
         "{\"a\": 1.10, \"b\": \"\\u0041\"}"});
  check({"another order", "{\"a\": 1, \"b\": 2}", R"({"b":2,"a":1})", "{\"a\": 1, \"b\": 2}"});
}

TEST_CASE("Members keep their spacing, new ones are spaced like their neighbours") {
  const auto row = GENERATE(values<Row>({
      {"a changed value", "{\n\t\"a\" :  1 ,\n\n\t\"b\":2\n}\n", R"({"a":5,"b":2})",
       "{\n\t\"a\" :  5 ,\n\n\t\"b\":2\n}\n"},
      {"a new last member", "{\n    \"a\": 1\n}\n", R"({"a":1,"b":2})",
       "{\n    \"a\": 1,\n    \"b\": 2\n}\n"},
      {"a new first member", "{\n  \"a\": 1\n}", R"({"b":2,"a":1})",
       "{\n  \"b\": 2,\n  \"a\": 1\n}"},
      {"CRLF", "{\r\n  \"a\": 1\r\n}\r\n", R"({"a":1,"b":{"c":2}})",
       "{\r\n  \"a\": 1,\r\n  \"b\": {\r\n    \"c\": 2\r\n  }\r\n}\r\n"},
      {"a byte order mark", "\xEF\xBB\xBF{\n  \"a\": 1\n}", R"({"a":2,"b":3})",
       "\xEF\xBB\xBF{\n  \"a\": 2,\n  \"b\": 3\n}"},
      {"the first one gone", "{\n  \"a\": 1,\n  \"b\": 2\n}", R"({"b":2})", "{\n  \"b\": 2\n}"},
      {"the last one gone", "{\n  \"a\": 1,\n  \"b\": 2\n}", R"({"a":1})", "{\n  \"a\": 1\n}"},
      {"the middle one gone", "{\"a\":1, \"b\":2,  \"c\":3}", R"({"a":1,"c":3})",
       "{\"a\":1,  \"c\":3}"},
      {"all gone", "{\n  \"a\": 1\n}\n", "{}", "{}\n"},
      {"two swapped and one changed", "{\n  \"a\": 1,\n\n  \"b\": 2\n}", R"({"b":2,"a":3})",
       "{\n  \"b\": 2,\n  \"a\": 3\n}"},
      {"one line stays one line", "{ \"a\": 1 }", R"({"a":1,"b":[1,2]})",
       "{ \"a\": 1, \"b\": [1, 2] }"},
      {"no white space stays none", "{\"a\":1}", R"({"a":1,"b":{"c":[1,2]}})",
       "{\"a\":1,\"b\":{\"c\":[1,2]}}"},
      {"commas first", "{ \"a\": 1\n, \"b\": 2\n}", R"({"a":1,"b":2,"c":3})",
       "{ \"a\": 1\n, \"b\": 2\n, \"c\": 3\n}"},
      {"an escaped name is kept", "{\"\\u0061\": 1}", R"({"a":2})", "{\"\\u0061\": 2}"},
      {"a blank line is not copied", "{\n  \"a\": 1,\n\n  \"b\": 2\n}", R"({"a":1,"b":2,"c":3})",
       "{\n  \"a\": 1,\n\n  \"b\": 2,\n  \"c\": 3\n}"},
      {"a repeated name", "{\"a\": 1,  \"a\": 2, \"b\": 3}", R"({"a":1,"a":2,"b":4})",
       "{\"a\": 1,  \"a\": 2, \"b\": 4}"},
      {"a repeated name, settled", "{\"a\": 1,  \"a\": \"\\u0041\", \"b\": 3}",
       R"({"a":"A","b":4})", "{\"a\": \"\\u0041\", \"b\": 4}"},
  }));
  check(row);
}

TEST_CASE("A new container looks like the ones beside it") {
  const auto row = GENERATE(values<Row>({
      {"the first into an empty document", "{}", R"({"a":{"b":[1]}})",
       "{\n  \"a\": {\n    \"b\": [\n      1\n    ]\n  }\n}"},
      {"the first into an empty object, tabs", "{\n\t\"a\": {},\n\t\"b\": 1\n}\n",
       R"({"a":{"x":1},"b":1})", "{\n\t\"a\": {\n\t\t\"x\": 1\n\t},\n\t\"b\": 1\n}\n"},
      {"the first into an empty array", "{\n   \"a\": []\n}", R"({"a":[1,2]})",
       "{\n   \"a\": [\n      1,\n      2\n   ]\n}"},
      {"a sibling on one line", "[\n  {\"a\": 1, \"b\": 2}\n]", R"([{"a":1,"b":2},{"a":3,"b":4}])",
       "[\n  {\"a\": 1, \"b\": 2},\n  {\"a\": 3, \"b\": 4}\n]"},
      {"a sibling with tags on one line",
       "[\n  {\n    \"n\": 1,\n    \"t\": [\"x\",\"y\"],\n    \"e\": {\n      \"k\": 1\n    }\n  "
       "}\n]",
       R"([{"n":1,"t":["x","y"],"e":{"k":1}},{"n":2,"t":["z","w"],"e":{"k":2,"l":3}}])",
       "[\n  {\n    \"n\": 1,\n    \"t\": [\"x\",\"y\"],\n    \"e\": {\n      \"k\": 1\n    }\n  "
       "},\n"
       "  {\n    \"n\": 2,\n    \"t\": [\"z\",\"w\"],\n    \"e\": {\n      \"k\": 2,\n      \"l\": "
       "3\n"
       "    }\n  }\n]"},
      {"a first one before its sibling", "[\n  {\"a\": 1, \"b\": 2}\n]",
       R"([{"a":3,"b":4},{"a":1,"b":2}])", "[\n  {\"a\": 3, \"b\": 4},\n  {\"a\": 1, \"b\": 2}\n]"},
      {"each member as the sibling's of that name",
       "[\n  {\n    \"s\": [\n      1\n    ],\n    \"t\": [1,2]\n  }\n]",
       R"([{"s":[1],"t":[1,2]},{"t":[3,4],"s":[5]}])",
       "[\n  {\n    \"s\": [\n      1\n    ],\n    \"t\": [1,2]\n  },\n"
       "  {\n    \"t\": [3,4],\n    \"s\": [\n      5\n    ]\n  }\n]"},
      {"brackets that share a line", "{\"c\": [{\n  \"a\": 1\n}]}", R"({"c":[{"a":1},{"a":2}]})",
       "{\"c\": [{\n  \"a\": 1\n}, {\n  \"a\": 2\n}]}"},
      {"an array where a number was", "{\n \"a\": 1\n}", R"({"a":[1]})",
       "{\n \"a\": [\n  1\n ]\n}"},
      {"another kind of root", "[\n    1\n]\n", R"({"a":1})", "{\n    \"a\": 1\n}\n"},
      {"a scalar root", " 1 ", R"({"a":1})", " {\n  \"a\": 1\n} "},
  }));
  check(row);
}

TEST_CASE("Elements are found again where they went") {
  const auto row = GENERATE(values<Row>({
      {"one appended", "[1, 2]", "[1,2,3]", "[1, 2, 3]"},
      {"one inserted", "[\n  1.0,\n  2.0\n]", "[1,9,2]", "[\n  1.0,\n  9,\n  2.0\n]"},
      {"one gone", "[1.0, 2.0,  3.0]", "[1,3]", "[1.0,  3.0]"},
      {"the same number twice, the last one gone", "[1.0, 2, 1.00]", "[1,2]", "[1.0, 2]"},
      {"turned round", "[1.0, 2.0, 3.0]", "[3,2,1]", "[3.0, 2.0, 1.0]"},
      {"by id, renamed", R"([{"id":1, "name":"a"},{"id":2,"name":  "b"}])",
       R"([{"id":2,"name":"c"},{"id":1,"name":"a","x":0}])",
       R"([{"id":2,"name":  "c"},{"id":1, "name":"a", "x":0}])"},
      {"by name", R"([{"name":  "a","v":1},{"name":"b",  "v":1}])",
       R"([{"name":"b","v":2},{"name":"a","v":3}])",
       R"([{"name":"b",  "v":2},{"name":  "a","v":3}])"},
      {"by place, among others", R"([{"v":1}, {"v":1.0,  "w":2}])", R"([{"v":1},{"v":1,"w":3}])",
       R"([{"v":1}, {"v":1.0,  "w":3}])"},
      {"by place", R"([0, {"v":  1}, 2])", R"([0,{"v":3},2])", R"([0, {"v":  3}, 2])"},
  }));
  check(row);
}

TEST_CASE("What is not JSON is replaced") {
  CHECK(write_over("{\"a\":", value_of(R"({"b":1})")) == "{\n  \"b\": 1\n}\n");
  CHECK(write_over("", value_of("[]")) == "[]\n");
}

// A configuration as a person keeps it: groups, tabs, numbers and escapes of their own.
constexpr const char* configuration =
    "{\n"
    "\t\"version\": 1,\n"
    "\n"
    "\t\"configs\": [\n"
    "\t\t{\n"
    "\t\t\t\"name\": \"work\", \"id\": \"w-1\",\n"
    "\t\t\t\"temperature\": 1.10,\n"
    "\t\t\t\"env\": { \"A\": \"1\" }\n"
    "\t\t},\n"
    "\n"
    "\t\t{ \"name\": \"caf\\u00e9\", \"id\": \"h-1\", \"big\": 12345678901234567890123 },\n"
    "\t\t{\n"
    "\t\t\t\"name\": \"lab\",\n"
    "\t\t\t\"env\": {}\n"
    "\t\t}\n"
    "\t],\n"
    "\t\"settings\": {\"s3Sync\": {\"bucket\": \"b\"}, \"theme\": \"dark\"}\n"
    "}\n";

/// `configuration` with the one occurrence of `from` replaced.
std::string with(std::string_view from, std::string_view to) {
  std::string text = configuration;
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  REQUIRE(text.find(from, at + 1) == std::string::npos);
  return text.replace(at, from.size(), to);
}

struct Edit {
  std::string what;
  std::function<void(Object&)> edit;
  std::string from;
  std::string to;
};

Array& profiles(Object& document) { return *document.find("configs")->as_array(); }

TEST_CASE("An edit of a configuration touches only its own bytes") {
  const auto row = GENERATE(values<Edit>({
      {"a field of one profile",
       [](Object& document) { profiles(document)[0].as_object()->set("temperature", Number{"2"}); },
       "1.10", "2"},
      {"a profile removed",
       [](Object& document) { profiles(document).erase(profiles(document).begin() + 1); },
       "\n\n\t\t{ \"name\": \"caf\\u00e9\", \"id\": \"h-1\", \"big\": 12345678901234567890123 },",
       ""},
      {"a profile added at the end",
       [](Object& document) {
         profiles(document).push_back(Object{{"name", "new"}, {"env", Object{{"X", "y"}}}});
       },
       "\t\t\t\"env\": {}\n\t\t}\n",
       "\t\t\t\"env\": {}\n\t\t},\n\t\t{\n\t\t\t\"name\": \"new\",\n\t\t\t\"env\": {\n"
       "\t\t\t\t\"X\": \"y\"\n\t\t\t}\n\t\t}\n"},
      {"a field added to a profile on one line",
       [](Object& document) { profiles(document)[1].as_object()->set("model", "opus"); },
       "12345678901234567890123 }", "12345678901234567890123, \"model\": \"opus\" }"},
      {"the S3 settings left out",
       [](Object& document) { document.find("settings")->as_object()->remove("s3Sync"); },
       "\"s3Sync\": {\"bucket\": \"b\"}, ", ""},
  }));
  CAPTURE(row.what);
  Value edited = value_of(configuration);
  row.edit(*edited.as_object());
  CHECK(write_over(configuration, edited) == with(row.from, row.to));
}

}  // namespace
}  // namespace start_claude::json
