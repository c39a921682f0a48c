#include "ui/changes.h"

#include <catch2/catch.hpp>

#include "json/parse.h"

using namespace start_claude;

TEST_CASE("a value is shown on one line, and no secret with it") {
  struct Row {
    std::string what;
    resolve::FieldPath path;
    std::string value, shown;
  };
  const auto row = GENERATE(values<Row>({
      {"a text", {"configs", "a", "model"}, R"("claude-opus-4")", "claude-opus-4"},
      {"a list", {"settings", "list"}, R"(["a", 1.10])", R"(["a",1.10])"},
      {"control characters", {"settings", "x"}, R"("a\u001b[31mb")", "a?[31mb"},
      {"a secret by its name", {"configs", "a", "apiKey"}, R"("sk-ant-0123456789f2c")", "****9f2c"},
      {"a profile called token is none", {"configs", "token", "model"}, R"("opus")", "opus"},
      {"a count of tokens is none", {"configs", "a", "maxOutputTokens"}, "32000", "32000"},
      {"a secret by what it stands in", {"configs", "a", "secrets", "x"}, R"("short")", "****"},
      {"a URL with a password",
       {"configs", "a", "httpProxy"},
       R"("http://u:hunter2@proxy:3128")",
       "****3128"},
      {"a flag in a list", {"settings", "args"}, R"(["--api-key", "abcdefgh"])", "****gh\"]"},
      {"a secret further down", {"settings", "mcp"}, R"({"env": {"API_KEY": "abc"}})", "{...}"},
  }));
  INFO(row.what);
  CHECK(ui::format_value(row.path, std::get<json::Value>(json::parse(row.value))) == row.shown);
}

TEST_CASE("an absent value is shown as none") {
  CHECK(ui::format_value({"x"}, std::nullopt) == "(none)");
}
