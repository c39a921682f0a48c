// When two values are the same, and the small operations on objects.
#include "json/value.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <type_traits>

#include "json/number.h"
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

struct NormalRow {
  std::string spelling;
  std::string normal;
};

TEST_CASE("All spellings of a number have one normal form, without loss") {
  const auto row = GENERATE(values<NormalRow>({
      {"0", "0"},
      {"-0", "0"},
      {"-0.00e99", "0"},
      {"1.10", "1.1"},
      {"11e-1", "1.1"},
      {"1e2", "100"},
      {"100.0", "100"},
      {"12e9", "12000000000"},
      {"1234567890123e-5", "12345678.90123"},
      {"-12.50E+1", "-125"},
      {"0.00001", "0.00001"},
      {"0.00000001", "1e-8"},
      {"12345678901234567890123", "12345678901234567890123"},
      {"12345678901234567890123.50", "12345678901234567890123.5"},
      {"0.1e400", "1e399"},
      {"1e39", "1" + std::string(39, '0')},
      {"1e40", "1e40"},
      {"1" + std::string(40, '0'), "1e40"},
      {"15e999999999999", "1.5e1000000000000"},
      {"1e99999999999999999999999", "1e99999999999999999999999"},
      {"0.001e100000000000000000000", "1e99999999999999999997"},
      {"1000e-100000000000000000000", "1e-99999999999999999997"},
      {"1e-0000000000000000000000000001", "0.1"},
  }));
  CAPTURE(row.spelling);
  CHECK(normal_number(row.spelling) == row.normal);
  CHECK(normal_number(row.normal) == row.normal);
  CHECK(is_number(row.normal));
  CHECK(Number{row.spelling} == Number{row.normal});
}

struct PairRow {
  std::string a;
  std::string b;
  bool equal;
};

TEST_CASE("Values are equal if they say the same") {
  const auto row = GENERATE(values<PairRow>({
      {"1.10", "1.1", true},
      {"9007199254740993", "9007199254740992", false},  // one double
      {"1e400", "1e401", false},                        // both infinite as doubles
      {"0.1", "0.10000000000000000001", false},
      {"1", "\"1\"", false},
      {"null", "false", false},
      {"\"\\u0041\"", "\"A\"", true},
      {"\"\\ud800\"", "\"\\ud801\"", false},
      {"\"\\ud800\"", "\"\\ufffd\"", false},
      {"[1,2]", "[2,1]", false},
      {R"({"a":1,"b":2})", R"({"b":2,"a":1})", true},
      {R"({"a":1})", R"({"a":1,"b":null})", false},
      {R"({"a":1,"a":2})", R"({"a":2})", true},  // the last one counts
      {R"({"a":1,"a":2})", R"({"a":3,"a":2})", true},
      {R"({"a":1,"a":2})", R"({"a":1})", false},
      {R"({"a":1,"a":2})", R"({"a":2,"a":1})", false},
      {R"({"a":1,"b":0,"a":2})", R"({"b":0,"a":2,"b":0})", true},
  }));
  const Value a = value_of(row.a);
  const Value b = value_of(row.b);
  CAPTURE(row.a, row.b);
  CHECK((a == b) == row.equal);
  CHECK((b == a) == row.equal);
  CHECK((write_canonical(a) == write_canonical(b)) == row.equal);
  CHECK((hash_of(a) == hash_of(b)) == row.equal);
}

TEST_CASE("The canonical text sorts names, drops repeats and normalises numbers") {
  CHECK(write_canonical(
            value_of(R"({ "b": [1.0, "\u00e9\/"], "B": 1e2, "b\u0000": {}, "b": true })")) ==
        R"({"B":100,"b":true,"b\u0000":{}})");
}

TEST_CASE("A new file is indented by two spaces") {
  CHECK(write_pretty(value_of(R"({"a":[1,{"b":null}],"c":{},"d":[]})")) ==
        "{\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    }\n  ],\n  \"c\": {},\n  \"d\": "
        "[]\n}\n");
}

TEST_CASE("What is not UTF-8 is never written") {
  CHECK(write_compact(std::string("a\xFFz")) == "\"a\xEF\xBF\xBDz\"");
  CHECK(write_compact(std::string("\xE2\x82")) == "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
  CHECK(write_compact(std::string("\xED\xB0\x80")) == R"("\udc00")");
  CHECK(write_compact(std::string("\xE0\x80\x80\xF4\x90\x80\x80")).find('\xE0') ==
        std::string::npos);
  CHECK(write_compact(std::string("\xF0\x80\x80\x80")).find('\xF0') == std::string::npos);
  CHECK(write_compact(std::string("\xF4\x90\x80\x80")).find('\xF4') == std::string::npos);
}

TEST_CASE("Of a repeated name the last member is found and set, and all are removed") {
  Value value = value_of(R"({"a":1,"b":2,"a":3})");
  Object& object = *value.as_object();
  CHECK(*object.find("a") == Value::integer(3));
  object.set("a", "x");
  object.set("c", true);
  CHECK(write_compact(value) == R"({"a":1,"b":2,"a":"x","c":true})");
  CHECK(object.remove("a"));
  CHECK_FALSE(object.remove("a"));
  CHECK(write_compact(value) == R"({"b":2,"c":true})");
  CHECK(value.find("a") == nullptr);
  CHECK(Value("text").find("a") == nullptr);
}

// A pointer or a number must not turn into true on its way into a document.
static_assert(!std::is_convertible_v<const Value*, Value>);
static_assert(!std::is_convertible_v<int, Value>);
static_assert(!std::is_convertible_v<std::nullptr_t, Value>);
static_assert(std::is_convertible_v<bool, Value>);
static_assert(std::is_nothrow_move_constructible_v<Value>);  // or vectors of them would copy

TEST_CASE("Neither nesting nor repeated names make comparing slow") {
  std::string left = "0";
  std::string right = "0";
  for (int depth = 0; depth < 500; ++depth) {
    left = R"({"a":1,"b":)" + left + R"(,"a":2})";
    right = R"({"a":3,"b":)" + right + R"(,"a":2})";  // differs where it does not count
  }
  CHECK(value_of(left) == value_of(right));
  CHECK(hash_of(value_of(left)) == hash_of(value_of(right)));
}

TEST_CASE("a copy of an object is its own once either is changed") {
  Value original = Object{{"inner", Object{{"n", Value::integer(1)}}}, {"list", Array{"a"}}};
  Value copy = original;
  const Value second = copy;
  CHECK(copy == original);

  copy.as_object()->find("inner")->as_object()->set("n", Value::integer(2));
  copy.as_object()->find("list")->as_array()->emplace_back("b");
  copy.as_object()->set("new", true);
  CHECK(write_compact(original) == R"({"inner":{"n":1},"list":["a"]})");
  CHECK(write_compact(second) == R"({"inner":{"n":1},"list":["a"]})");
  CHECK(write_compact(copy) == R"({"inner":{"n":2},"list":["a","b"],"new":true})");

  original.as_object()->remove("list");
  original.as_object()->members().front().name = "renamed";
  CHECK(write_compact(original) == R"({"renamed":{"n":1}})");
  CHECK(write_compact(second) == R"({"inner":{"n":1},"list":["a"]})");
}

TEST_CASE("an object whose members were moved away is empty") {
  Object from{{"a", true}};
  const Object to = std::move(from);
  CHECK(from.empty());
  CHECK(from == Object{});
  from.set("b", false);
  CHECK(write_compact(Value(to)) == R"({"a":true})");
}

TEST_CASE("the canonical text in pieces is the canonical text") {
  Array list;
  for (int i = 0; i < 20'000; ++i) list.emplace_back(Object{{"b", Value::integer(i)}, {"a", "x"}});
  const Value value(std::move(list));
  std::string joined;
  std::size_t largest = 0;
  write_canonical(value, [&](std::string_view piece) {
    joined += piece;
    largest = std::max(largest, piece.size());
  });
  CHECK(joined == write_canonical(value));
  CHECK(largest < joined.size() / 2);
}

}  // namespace
}  // namespace start_claude::json
