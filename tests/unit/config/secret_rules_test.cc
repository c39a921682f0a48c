// What is refused where somebody hands in a secret.

#include "config/secret_rules.h"

#include <catch2/catch.hpp>

#include "json/parse.h"
#include "json/write.h"

namespace start_claude::config {
namespace {

json::Value parse(std::string_view text) { return std::get<json::Value>(json::parse(text)); }

const json::Value stored = parse(R"({"name":"production","apiKey":"sk-0123456789abcdef",
  "baseUrl":"https://me:hush@host/","model":"m","args":["--api-key","0123456789abcdef"],
  "env":{"DEBUG":"1","MY_TOKEN":"0123456789abcdef","P":"sk-0123456789abcdef"},
  "customHeaders":"X-Team: blue\nAuthorization: Bearer 0123456789"})");
const std::vector<std::string> place{"configs", "production"};
constexpr const char* mask = "is a mask, not a secret; nothing was saved";

TEST_CASE("a mask is refused wherever a secret belongs, and its field is named") {
  struct Row {
    const char* patch;
    const char* field;
  };
  const auto row = GENERATE(values<Row>(
      {{R"({"apiKey":"****cdef"})", "apiKey"},
       {R"({"apiKey":"****cdef "})", "apiKey"},
       {R"({"authToken":"**f9c6"})", "authToken"},
       {R"({"baseUrl":"https://****@host/"})", "baseUrl"},
       {R"({"httpsProxy":"http://me:***@proxy:1"})", "httpsProxy"},
       {R"({"httpProxy":"****3128"})", "httpProxy"},
       {R"({"env":{"MY_TOKEN":"••••cdef"}})", "env.MY_TOKEN"},
       {R"({"env":{"P":"*cdef"}})", "env.P"},
       {R"({"env":{"NEW_NAME":"****cdef"}})", "env.NEW_NAME"},
       {R"({"env":{"ANTHROPIC_CUSTOM_HEADERS":"A: b\nX-Api-Key: ****cdef"}})",
        "env.ANTHROPIC_CUSTOM_HEADERS"},
       {R"({"customHeaders":"X-Team: red\nAuthorization: ****6789"})",
        "customHeaders.Authorization"},
       {R"({"customHeaders":{"authorization":"Bearer ****6789"}})", "customHeaders.authorization"},
       {R"({"customHeaders":{"X-Team":"****"}})", "customHeaders.X-Team"},
       {R"({"customHeaders":"****6789"})", "customHeaders"},
       {R"({"args":["****","****cdef"]})", "args"},
       {R"({"deep":{"secret":{"value":"****"}}})", "deep.secret.value"}}));
  CAPTURE(row.patch);
  const auto problems = check_secrets(parse(row.patch), stored, place).problems;
  REQUIRE(problems.size() >= 1);
  CHECK(problems[0] == FieldProblem{row.field, mask});
}

TEST_CASE("what a secret of the S3 settings must be like") {
  const auto s3 = [](const std::string& member) {
    return check_secrets(parse(R"({"s3Sync":{)" + member + "}}"), json::Null{}, {"settings"});
  };
  CHECK(s3(R"("accessKeyId":"AKIA****MPLE")").problems ==
        std::vector<FieldProblem>{{"s3Sync.accessKeyId", mask}});
  CHECK(s3(R"("secretAccessKey":"****")").problems.size() == 1);
  CHECK(s3(R"("sessionToken":"••••")").problems.size() == 1);
  CHECK(s3(R"("key":"a/**/b","bucket":"team")").problems.empty());
  CHECK(json::write_compact(s3(R"("secretAccessKey":" hush\r\n")").patch) ==
        R"({"s3Sync":{"secretAccessKey":"hush"}})");
}

TEST_CASE("what is no mask is taken, with the blanks around a secret gone") {
  struct Row {
    const char* patch;
    const char* taken;
  };
  const auto row = GENERATE(values<Row>(
      {{R"({"apiKey":"\n sk-new-0123 \t\r\n"})", R"({"apiKey":"sk-new-0123"})"},
       {R"({"apiKey":null,"model":" m "})", R"({"apiKey":null,"model":" m "})"},
       {R"({"env":{"DEBUG":"","MY_TOKEN":null}})", R"({"env":{"DEBUG":"","MY_TOKEN":null}})"},
       {R"({"authToken":""})", R"({"authToken":""})"},
       {R"({"noProxy":"*","name":"***"})", R"({"noProxy":"*","name":"***"})"},
       {R"({"env":{"PEM_KEY":"-----BEGIN KEY-----\nx\n-----END KEY-----\n"}})",
        R"({"env":{"PEM_KEY":"-----BEGIN KEY-----\nx\n-----END KEY-----"}})"},
       {R"({"env":{"ANTHROPIC_CUSTOM_HEADERS":"A: b\nC: d\n"}})",
        R"({"env":{"ANTHROPIC_CUSTOM_HEADERS":"A: b\nC: d"}})"},
       {R"({"customHeaders":"Accept: */*\nX-Api-Key: new"})",
        R"({"customHeaders":"Accept: */*\nX-Api-Key: new"})"},
       {R"({"prompt":"token: one\ntwo"})", R"({"prompt":"token: one\ntwo"})"}}));
  CAPTURE(row.patch);
  const CheckedPatch checked = check_secrets(parse(row.patch), stored, place);
  CHECK(checked.problems.empty());
  CHECK(json::write_compact(checked.patch) == row.taken);
}

TEST_CASE("a key that cannot have been meant so is refused, and it is said what is wrong") {
  struct Row {
    const char* patch;
    const char* field;
    const char* problem;
  };
  const auto row = GENERATE(values<Row>(
      {{R"({"apiKey":"sk-01\n23"})", "apiKey", "a line break inside"},
       {R"({"apiKey":"sk-01\r23"})", "apiKey", "a line break inside"},
       {R"({"apiKey":"sk-01\u00a023"})", "apiKey", "a no-break space (U+00A0)"},
       {R"({"apiKey":"sk-0123\u200b"})", "apiKey", "a zero-width space (U+200B)"},
       {R"({"apiKey":"\ufeffsk-0123"})", "apiKey", "a byte order mark (U+FEFF)"},
       {R"({"apiKey":"sk-\u206023"})", "apiKey", "U+2060"},
       {R"({"apiKey":"sk\t23"})", "apiKey", "a tab (U+0009)"},
       {R"({"apiKey":"   "})", "apiKey", "is blank"},
       {R"({"apiKey":""})", "apiKey", "is blank"},
       {R"({"env":{"MY_TOKEN":"a\nb"}})", "env.MY_TOKEN", "a line break inside"},
       {R"({"env":{"HTTP_PROXY":"http://me:a\u200b@h"}})", "env.HTTP_PROXY", "zero-width"},
       {R"({"customHeaders":{"X-Api-Key":"a\u00a0b"}})", "customHeaders.X-Api-Key", "no-break"},
       {R"({"customHeaders":{"X-Team":"a\nX-B: c"}})", "customHeaders.X-Team", "a line break"}}));
  CAPTURE(row.patch);
  const auto problems = check_secrets(parse(row.patch), stored, place).problems;
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].field == row.field);
  CHECK(problems[0].problem.find(row.problem) != std::string::npos);
}

}  // namespace
}  // namespace start_claude::config
