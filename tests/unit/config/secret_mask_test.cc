// What is shown of a document, and what counts as a mask.

#include "config/secret_mask.h"

#include <catch2/catch.hpp>

#include "base/text.h"
#include "json/parse.h"
#include "json/write.h"

namespace start_claude::config {
namespace {

json::Value parse(std::string_view text) { return std::get<json::Value>(json::parse(text)); }

std::string paths_of(const ShownValue& shown) {
  std::vector<std::string> paths;
  for (const auto& path : shown.secrets) paths.push_back(base::join(path, "."));
  return base::join(paths, " ");
}

TEST_CASE("every secret is shown as a mask, and it is said where they are") {
  struct Row {
    const char* profile;
    const char* shown;
    const char* secrets;
  };
  const auto row = GENERATE(values<Row>(
      {{R"({"apiKey":"sk-0123456789abcdef","weight":1.10,"big":12345678901234567890123})",
        R"({"apiKey":"****cdef","weight":1.10,"big":12345678901234567890123})", "apiKey"},
       {R"({"apiKey":"short","authToken":""})", R"({"apiKey":"****","authToken":""})", "apiKey"},
       {R"({"env":{"DEBUG":"1","MY_TOKEN":"0123456789abcdef","P":"sk-0123456789abcdef"}})",
        R"({"env":{"DEBUG":"1","MY_TOKEN":"****cdef","P":"****cdef"}})", "env.MY_TOKEN env.P"},
       {R"({"customHeaders":"X-Team: blue\nAuthorization: Bearer 0123456789"})",
        R"({"customHeaders":"X-Team: blue\nAuthorization: ****6789"})",
        "customHeaders.Authorization"},
       {R"({"customHeaders":"X-Team:blue"})", R"({"customHeaders":"X-Team:blue"})", ""},
       {R"({"customHeaders":{"X-Team":"blue","X-Api-Key":"0123456789abcdef"}})",
        R"({"customHeaders":{"X-Team":"blue","X-Api-Key":"****cdef"}})", "customHeaders.X-Api-Key"},
       {R"({"customHeaders":"X-A: 1\nX-A: 2"})", R"({"customHeaders":"****A: 2"})",
        "customHeaders"},
       {R"({"httpProxy":"http://me:hush@proxy:3128/a?b#c","baseUrl":"https://api.example"})",
        R"({"httpProxy":"http://****@proxy:3128/a?****","baseUrl":"https://api.example"})",
        "httpProxy"},
       {R"({"args":["--api-key","0123456789abcdef"],"plain":["a"]})",
        R"({"args":["****","****cdef"],"plain":["a"]})", "args"}}));
  CAPTURE(row.profile);
  const ShownValue shown = shown_value(parse(row.profile), {"configs", "production"});
  CHECK(json::write_compact(shown.value) == row.shown);
  CHECK(paths_of(shown) == row.secrets);
}

TEST_CASE("a member is found below a profile, a header of a text among them") {
  const auto profile = parse(R"({"env":{"A":"1"},"customHeaders":"X-A: 1\nX-B: two words"})");
  const std::vector<std::string> root{"configs", "p"};
  CHECK(value_at(profile, root, {"env", "A"}) == json::Value("1"));
  CHECK(value_at(profile, root, {"customHeaders", "X-B"}) == json::Value("two words"));
  CHECK(value_at(profile, root, {"customHeaders", "X-C"}) == std::nullopt);
  CHECK(value_at(profile, root, {"env", "A", "B"}) == std::nullopt);
}

TEST_CASE("whatever stands for a secret is a mask") {
  const std::string text =
      GENERATE("****", "****9f2c", " ****9f2c ", "\u00A0****9f2c", "*", "**9f2c", "*9f2c",
               "********9f2c", "••••••••", "••9f2c", "●●●●", "＊＊＊＊", "AKIA****MPLE",
               "sk-ant-****9f2c", "sk-ant…9f2c", "sk-...9f2c", "Bearer ****9f2c", "Bearer *9f2c",
               "https://me:****@host/", "https://me:*@host", "https://****@host",
               "http://me:%2A%2A%2A@host", "--api-key=****cdef", "Authorization: ••••cdef");
  CAPTURE(text);
  CHECK(is_mask(text));
}

TEST_CASE("secrets are no masks") {
  const std::string text =
      GENERATE("", "sk-ant-0123456789abcdef", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY=", "a*b",
               "*hunter2", "https://me:hush@host/a", "https://me:p*ss@host/a", "pass phrase. ok",
               "eyJhbGciOi.eyJzdWIiOi.SflKxw");
  CAPTURE(text);
  CHECK_FALSE(is_mask(text));
}

TEST_CASE("other texts are masks only if they are nothing else") {
  for (const char* text : {"****9f2c", "***", "••••9f2c", "http://me:****@host"}) {
    CAPTURE(text);
    CHECK(is_plain_mask(text));
  }
  for (const char* text : {"*", "*.example.com", "**", "**/*.ts", "*/*", "**** important", "a"}) {
    CAPTURE(text);
    CHECK_FALSE(is_plain_mask(text));
  }
}

}  // namespace
}  // namespace start_claude::config
