#include "config/api_profile.h"

#include <catch2/catch.hpp>

#include "json/parse.h"

using namespace start_claude;
using config::ApiProfile;

namespace {

config::ApiProfiles read(const std::string& configs) {
  const auto text = R"({"configs":[)" + configs + "]}";
  return config::api_profiles_from(std::get<json::Value>(json::parse(text)));
}

}  // namespace

TEST_CASE("a profile says where its API is and what opens it") {
  const auto profiles = read(R"({"name":"production","id":"4f","order":3,"enabled":true,
    "baseUrl":" https://gateway.example/anthropic ","apiKey":"key","authToken":"token",
    "customHeaders":"X-Team: blue\nX-Trace: on","model":"claude-opus-4",
    "httpProxy":"http://user:pw@proxy:3128","httpsProxy":"http://proxy:3129"})");
  REQUIRE(profiles.usable.size() == 1);
  CHECK(profiles.usable[0] ==
        ApiProfile{.name = "production",
                   .id = "4f",
                   .order = 3,
                   .base_url = "https://gateway.example/anthropic",
                   .api_key = Secret("key"),
                   .auth_token = Secret("token"),
                   .custom_headers = {{"X-Team", Secret("blue")}, {"X-Trace", Secret("on")}},
                   .model = "claude-opus-4",
                   .http_proxy = Secret("http://user:pw@proxy:3128"),
                   .https_proxy = Secret("http://proxy:3129")});
}

TEST_CASE("what a profile leaves out: Anthropic's own address, order 0, enabled, no model") {
  const auto profiles = read(R"({"name":"a","apiKey":"key"},{"name":"b","authToken":"token"})");
  REQUIRE(profiles.usable.size() == 2);
  CHECK(profiles.usable[0] == ApiProfile{.name = "a", .api_key = Secret("key")});
  CHECK(profiles.usable[0].base_url == "https://api.anthropic.com");
  CHECK(profiles.usable[1].auth_token == Secret("token"));
}

TEST_CASE("profiles that cannot be used are told apart, tombstones are none") {
  struct Row {
    std::string profile, reason;
  };
  const auto row = GENERATE(values<Row>(
      {{R"("apiKey":"k","enabled":false)", "is disabled"},
       {R"("apiKey":"")", "has neither an apiKey nor an authToken"},
       {R"("apiKey":"k","useBedrock":true)", "speaks to Amazon Bedrock, which has another API"},
       {R"("apiKey":"k","useVertex":true)", "speaks to Google Vertex, which has another API"},
       {R"("apiKey":"k","transformerEnabled":true)", "needs a transformer: it speaks another API"},
       {R"("apiKey":"k","order":"first")", "cannot be read: order is not a number"},
       {R"("apiKey":"k\r\nX-Evil: 1")", "has control characters in its credentials"},
       {R"("apiKey":"k","customHeaders":"no header")",
        "has customHeaders that are not lines of \"Name: value\""}}));
  const auto profiles =
      read(R"({"name":"gone","isDeleted":true},{"name":"odd",)" + row.profile + "}");
  CHECK(profiles.usable.empty());
  REQUIRE(profiles.skipped.size() == 1);
  CHECK(profiles.skipped[0] == config::SkippedProfile{"odd", row.reason});
}

TEST_CASE("custom headers may be lines, an object, or an object as text") {
  using Row = std::pair<std::string, std::vector<config::CustomHeader>>;
  const auto row =
      GENERATE(values<Row>({{R"("A: 1\r\n\nB:2:3 ")", {{"A", Secret("1")}, {"B", Secret("2:3")}}},
                            {R"({"A":"1","B":2})", {{"A", Secret("1")}, {"B", Secret("2")}}},
                            {R"("{\"A\":\"1\"}")", {{"A", Secret("1")}}},
                            {R"("")", {}},
                            {"null", {}}}));
  CAPTURE(row.first);
  CHECK(config::custom_headers_from(std::get<json::Value>(json::parse(row.first))) == row.second);
}

TEST_CASE("custom headers cannot say where a message ends or whom it is for") {
  const auto text =
      GENERATE(R"("Host: evil")", R"("content-length: 0")", R"({"Transfer-Encoding":"chunked"})",
               R"({"A":"1\r\nB: 2"})", R"({"A B":"1"})", R"([1])", R"({"A":{}})", R"("{broken")");
  CAPTURE(text);
  CHECK(config::custom_headers_from(std::get<json::Value>(json::parse(text))) == std::nullopt);
}
