#include "config/secret_members.h"

#include <catch2/catch.hpp>

#include "json/parse.h"

using namespace start_claude;

TEST_CASE("names tell secrets") {
  const std::string name = GENERATE(
      "apiKey", "authToken", "awsBearerTokenBedrock", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN",
      "secretAccessKey", "accessKeyId", "sessionToken", "x-api-key", "X-Api-Key", "Authorization",
      "proxy-authorization", "password", "DB_PASSWD", "clientSecret", "credentials", "apikey",
      "APIKEY", "OPENAIAPIKEY", "tokens", "refreshTokens", "Cookie", "key", "NPM_AUTH",
      "GITHUB_PAT", "customHeaders", "ANTHROPIC_CUSTOM_HEADERS", "passphrase");
  INFO(name);
  CHECK(config::is_secret_member(name));
}

TEST_CASE("names of other things do not") {
  const std::string name =
      GENERATE("name", "model", "baseUrl", "maxOutputTokens", "MAX_THINKING_TOKENS",
               "maxMcpOutputTokens", "CLAUDE_CODE_MAX_OUTPUT_TOKENS", "token_limit", "keyboard",
               "authType", "path", "pattern", "tokenizer", "enabled", "headers", "isDefault", "",
               "author", "profileType", "skipBedrockAuthCheck");
  INFO(name);
  CHECK_FALSE(config::is_secret_member(name));
}

TEST_CASE("a path is secret by its own name or by that of what it stands in") {
  using Path = std::vector<std::string>;
  CHECK(config::is_secret_path({"configs", "work", "apiKey"}));
  CHECK(config::is_secret_path({"configs", "work", "env", "API_KEY"}));
  CHECK(config::is_secret_path({"settings", "credentials", "name"}));
  CHECK(config::is_secret_path({"secrets", "configs", "work"}));
  CHECK_FALSE(config::is_secret_path({"settings", "s3Sync", "key"}));  // the object's name
  CHECK(config::is_secret_path({"settings", "s3Sync", "accessKeyId"}));
  CHECK_FALSE(config::is_secret_path({"configs", "token", "model"}));  // a profile of that name
  CHECK_FALSE(config::is_secret_path({"configs", "token"}));
  CHECK(config::is_secret_path({"configs", "work", "customHeaders"}));
  CHECK(config::is_secret_path({"configs", "work", "customHeaders", "X-Api-Key"}));
  CHECK_FALSE(config::is_secret_path({"configs", "work", "customHeaders", "X-Team"}));
  CHECK_FALSE(config::is_secret_path({"settings", "balanceMode", "strategy"}));
  CHECK_FALSE(config::is_secret_path(Path{}));
}

TEST_CASE("some values tell by themselves") {
  struct Row {
    std::string text;
    bool is_secret;
  };
  const auto row = GENERATE(values<Row>({
      {R"({"env":{"API_KEY":"x"}})", true},
      {R"([{"name":"db","env":{"PASSWORD":"x"}}])", true},
      {R"(["--api-key","abc"])", true},
      {R"(["--api-key=abc"])", true},
      {R"("http://user:hunter2@proxy:3128")", true},
      {R"("Bearer abc")", true},
      {R"("sk-ant-api03-abc")", true},
      {R"("Accept: */*\nX-Api-Key: abc")", true},
      {R"("http://proxy:3128/path@here:now")", false},
      {R"("http://user@proxy")", false},
      {R"("claude-opus-4")", false},
      {R"(["--model","opus"])", false},
      {R"({"env":{"DEBUG":"1"}})", false},
      {R"(12)", false},
      {R"(null)", false},
  }));
  INFO(row.text);
  const auto value = std::get<json::Value>(json::parse(row.text));
  CHECK(config::holds_secret(value) == row.is_secret);
  CHECK(config::is_secret({"settings", "mcp"}, value) == row.is_secret);
  CHECK(config::is_secret({"settings", "apiKey"}, value));
}
