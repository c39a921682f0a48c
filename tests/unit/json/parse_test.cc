// What is JSON, what is not, and where it stops.
#include "json/parse.h"

#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "json/write.h"

namespace start_claude::json {
namespace {

/// The compact text of what was read, or "LINE:COLUMN reason".
std::string reading_of(std::string_view text) {
  const auto parsed = parse(text);
  if (const Value* value = std::get_if<Value>(&parsed)) return write_compact(*value);
  const SyntaxError& error = std::get<SyntaxError>(parsed);
  return std::to_string(error.line) + ':' + std::to_string(error.column) + ' ' + error.reason;
}

std::string repeated(std::string_view part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

struct Row {
  std::string text;
  std::string reading;
};

using namespace std::string_literals;

TEST_CASE("JSON is read as it was meant") {
  const auto row = GENERATE(values<Row>({
      {"null", "null"},
      {" true\n", "true"},
      {"false", "false"},
      {"\"root\"", "\"root\""},
      {"[]", "[]"},
      {"{ }", "{}"},
      {"[1,[2,{\"a\":[]}],{}]", "[1,[2,{\"a\":[]}],{}]"},
      {"\xEF\xBB\xBF{\"bom\":1}", "{\"bom\":1}"},
      {"{\"b\":1,\"a\":2}", "{\"b\":1,\"a\":2}"},  // in the author's order
      {"{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":2}"},  // twice, as written
      {"{\"\":\"\"}", "{\"\":\"\"}"},
      {"{\"\\u0061\\\"\":1}", "{\"a\\\"\":1}"},  // escapes in a name
      {"12345678901234567890123", "12345678901234567890123"},
      {"[1.10,-0,1e400,1E+2,0.0e-0]", "[1.10,-0,1e400,1E+2,0.0e-0]"},
      {"1e99999999999999999999999", "1e99999999999999999999999"},
      {R"("\"\\\/\b\f\n\r\t")", R"("\"\\/\b\f\n\r\t")"},
      {R"("\u00e9\uD83D\uDE00")", "\"\u00e9\U0001F600\""},
      {R"("\u0000\u001F\u007f")", "\"\\u0000\\u001f\x7F\""},
      {R"("\ud800")", R"("\ud800")"},  // half a pair: kept
      {R"("\udc00x\uD800\uD801\uDC00")", "\"\\udc00x\\ud800\U00010400\""},
  }));
  CAPTURE(row.text);
  CHECK(reading_of(row.text) == row.reading);
}

TEST_CASE("What is not JSON is refused, with its place and its reason") {
  const auto row = GENERATE(values<Row>({
      {"", "1:1 nothing but white space where a value should be"},
      {" \n\t\n ", "3:2 nothing but white space where a value should be"},
      {"\xEF\xBB\xBF", "1:1 nothing but white space where a value should be"},
      {"\0"s, "1:1 a value should be here, not byte 0x00"},
      {"{\"a\":1}\0"s, "1:8 something follows the end of the document"},
      {"1 2", "1:3 something follows the end of the document"},
      {"\"a\" \"b\"", "1:5 something follows the end of the document"},
      {"[1]\n[2]", "2:1 something follows the end of the document"},
      {"[1]]", "1:4 something follows the end of the document"},
      {"{\"a\":1}}", "1:8 something follows the end of the document"},
      {"[1,2", "1:5 the text ends inside an array"},
      {"{\n  \"a\": 1\n", "3:1 the text ends inside an object"},
      {"{\"a\":{\"b\":1}", "1:13 the text ends inside an object"},
      {"[[1]", "1:5 the text ends inside an array"},
      {"[1}", "1:3 a comma or ] should be here, not \"}\""},
      {"{\"a\":1]", "1:7 a comma or } should be here, not \"]\""},
      {"[1 2]", "1:4 a comma or ] should be here, not \"2\""},
      {"[1,]", "1:4 a comma before ]"},
      {"[,1]", "1:2 a value should be here, not \",\""},
      {"{\"a\":1,}", "1:8 a comma before }"},
      {"{\"a\" 1}", "1:6 a colon should follow the name"},
      {"{\"a\"}", "1:5 a colon should follow the name"},
      {"{\"a\":}", "1:6 a value should be here, not \"}\""},
      {"{a:1}", "1:2 a name in double quotes should be here, not \"a\""},
      {"{1:1}", "1:2 a name in double quotes should be here, not \"1\""},
      {"[\"a\":1]", "1:5 a comma or ] should be here, not \":\""},
      {"[[\"a\":1],\"b\":2]", "1:6 a comma or ] should be here, not \":\""},
      {"{'a':1}", "1:2 a name in double quotes should be here, not \"'\""},
      {"['a']", "1:2 single quotes; JSON has double quotes only"},
      {"{\n  // why\n  \"a\":1}", "2:3 a comment, which JSON does not have"},
      {"[True]", "1:2 True is not JSON"},
      {"[nul]", "1:2 a word without quotes"},
      {"truex", "1:1 a word without quotes"},
      {"{\"apiKey\": sk-secret}", "1:12 a word without quotes"},  // and not which
      {"<html>", "1:1 a value should be here, not \"<\""},
      {"[01]", "1:2 not a number as JSON writes it"},
      {"[+1]", "1:2 not a number as JSON writes it"},
      {"[.5]", "1:2 not a number as JSON writes it"},
      {"[1.]", "1:2 not a number as JSON writes it"},
      {"[1e]", "1:2 not a number as JSON writes it"},
      {"[-]", "1:2 not a number as JSON writes it"},
      {"[0x10]", "1:2 not a number as JSON writes it"},
      {"[1\x0C]", "1:2 not a number as JSON writes it"},
      {"\r\n\"abc", "2:1 unterminated string"},
      {"[\"a\nb\"]", "1:4 a line break in a string"},
      {"[\"\t\"]", "1:3 a control character in a string: byte 0x09"},
      {"[\"\0\"]"s, "1:3 a control character in a string: byte 0x00"},
      {R"(["\x"])", "1:3 an escape JSON does not have"},
      {R"(["\u12g4"])", "1:3 an escape JSON does not have"},
      {R"({"\q":1})", "1:3 an escape JSON does not have"},
      {R"(["\ud800\u12"])", "1:9 an escape JSON does not have"},
      {"[\"\xFF\"]", "1:3 not UTF-8: byte 0xff"},
      {"[\"\xC0\x80\"]", "1:3 not UTF-8: byte 0xc0"},
      {"[\"\xED\xA0\x80\"]", "1:3 not UTF-8: byte 0xed"},
      {"[\xFF]", "1:2 a value should be here, not byte 0xff"},
      {"\xFF\xFE[\0]\0"s, "1:1 a value should be here, not byte 0xff"},  // UTF-16
  }));
  CAPTURE(row.text);
  CHECK(reading_of(row.text) == row.reading);
}

TEST_CASE("Nesting is limited, so that no text overflows the stack") {
  CHECK(reading_of(repeated("[", 512) + repeated("]", 512)) ==
        repeated("[", 512) + repeated("]", 512));
  const std::string objects = repeated("{\"a\":", 512) + "1" + repeated("}", 512);
  CHECK(reading_of(objects) == objects);

  CHECK(reading_of(repeated("[", 513) + repeated("]", 513)) == "1:513 nested more than 512 deep");
  CHECK(reading_of(repeated("[", 100000)) == "1:513 nested more than 512 deep");
  CHECK(reading_of(repeated("{\"a\":", 100000)) == "1:2561 nested more than 512 deep");
  CHECK(reading_of(repeated("[", 100000) + repeated("]", 100000)) ==
        "1:513 nested more than 512 deep");
}

TEST_CASE("one place of a text is read without the rest") {
  const std::array<std::string_view, 2> place{"a", "b"};
  const auto at = [&place](std::string_view text) -> std::string {
    const auto value = parse_at(text, place);
    return value ? write_compact(*value) : "nothing";
  };
  CHECK(
      at(R"({"x": [{"a": {"b": 1}}, "\u0061"], "a": {"c": {"b": 2}, "b": {"d": [3, "\n"]}}, "z": 4})") ==
      R"({"d":[3,"\n"]})");
  CHECK(at(R"({"\u0061": {"b": null}})") == "null");
  CHECK(at("\xEF\xBB\xBF{\"a\": {\"b\": 1}}") == "1");
  CHECK(at(R"({"a": {"b": 1, "b": 2}})") == "2");
  CHECK(at(R"({"a": {"b": 1}, "a": {"b": 2}})") == "2");
  CHECK(at(R"({"a": {"b": 1}, "a": {}})") == "nothing");
  CHECK(at(R"({"a": {"b": 1}, "a": 5})") == "nothing");
  CHECK(at(R"({"a": [{"b": 1}]})") == "nothing");
  CHECK(at("[]") == "nothing");
  CHECK(at("7") == "nothing");
  CHECK(at("") == "nothing");
}

}  // namespace
}  // namespace start_claude::json
