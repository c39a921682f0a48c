#include "json/member_text.h"

#include <catch2/catch.hpp>

using namespace start_claude;

TEST_CASE("one member's value is another one, the rest is byte for byte") {
  struct Row {
    std::string before;
    std::optional<std::string> after;
  };
  const auto row = GENERATE(values<Row>({
      {R"({"model":"a"})", R"({"model":"NEW"})"},
      {"\xEF\xBB\xBF { \"x\" : [1, {\"model\":\"in\"}],\r\n \"model\" : \"a\" , \"y\":1.10}\n",
       "\xEF\xBB\xBF { \"x\" : [1, {\"model\":\"in\"}],\r\n \"model\" : \"NEW\" , \"y\":1.10}\n"},
      {R"({"a":"\"model\":\"no\"","model":null})", R"({"a":"\"model\":\"no\"","model":"NEW"})"},
      {R"({"a":"}\\","model":{"b":["]"]},"c":1})", R"({"a":"}\\","model":"NEW","c":1})"},
      {R"({"model":"a","b":1,"model":"c"})", R"({"model":"NEW","b":1,"model":"NEW"})"},
      {R"({"mod\u0065l":"a"})", R"({"mod\u0065l":"NEW"})"},
      {R"({"a":{"model":"x"}})", std::nullopt},
      {"{}", std::nullopt},
      {R"(["model"])", std::nullopt},
      {R"("model")", std::nullopt},
      {"", std::nullopt},
      {R"({"model":"a")", std::nullopt},
      {R"({"model":"a)", std::nullopt},
      {R"({"model":"a\)", std::nullopt},
      {R"({"model"})", std::nullopt},
      {R"({"model":})", std::nullopt},
      {R"({"model":"a"} x)", std::nullopt},
      {R"({"model":"a" "b":1})", std::nullopt},
  }));
  CAPTURE(row.before);
  CHECK(json::with_member_text(row.before, "model", "\"NEW\"") == row.after);
}
