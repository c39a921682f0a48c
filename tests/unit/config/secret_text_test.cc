#include "config/secret_text.h"

#include <catch2/catch.hpp>

namespace start_claude::config {
namespace {

struct Row {
  std::string shows;
  std::string text;
  std::string masked;
};

TEST_CASE("secrets in a document's text are masked and nothing else changes") {
  const auto row = GENERATE(values<Row>({
      {"the layout stays", "{ \"apiKey\" :\n\t\"sk-1\", \"model\":\"x\" }",
       "{ \"apiKey\" :\n\t\"#\", \"model\":\"x\" }"},
      {"members around a secret", R"({"a":"1","authToken":"t","b":"2"})",
       R"({"a":"1","authToken":"#","b":"2"})"},
      {"a value with escapes", R"({"apiKey":"a\"b\\","model":"x"})",
       R"({"apiKey":"#","model":"x"})"},
      {"an escaped name", R"({"api\u004bey":"sk-1"})", R"({"api\u004bey":"#"})"},
      {"all that a secret holds", R"({"apiKeys":["k1",{"of":"k2"}],"model":"x"})",
       R"({"apiKeys":["#",{"of":"#"}],"model":"x"})"},
      {"a value that says so itself", R"({"baseUrl":"https://me:pw@host/"})", R"({"baseUrl":"#"})"},
      {"what follows a flag", R"({"args":["--api-key","sk-1","--model","x"]})",
       R"({"args":["--api-key","#","--model","x"]})"},
      {"a document that is cut off", R"({"model":"x","apiKey":"sk-1)",
       R"({"model":"x","apiKey":"#)"},
      {"a secret that is no string", R"({"apiKey":null,"model":"x"})",
       R"({"apiKey":null,"model":"x"})"},
      {"settings of S3", R"({"s3Sync":{"secretAccessKey":"s","bucket":"b"}})",
       R"({"s3Sync":{"secretAccessKey":"#","bucket":"b"}})"},
      {"no JSON at all", R"(<Error attribute="sk-1"><Code>x</Code>)",
       R"(<Error attribute="sk-1"><Code>x</Code>)"},
      {"closing marks without opening ones", "}]{\"apiKey\":\"s\"}", "}]{\"apiKey\":\"#\"}"},
  }));
  INFO(row.shows);
  CHECK(mask_secret_strings(row.text, "#") == row.masked);
}

}  // namespace
}  // namespace start_claude::config
