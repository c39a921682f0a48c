// Secrets in the manager's requests: a mask never becomes a key, whoever sends it by whatever
// route.

#include <catch2/catch.hpp>

#include "manager_fixture.h"
#include "server/manager_api.h"

namespace start_claude::server {
namespace {

constexpr const char* two_profiles = R"({"configs":[
  {"name":"production","model":"a","apiKey":"sk-ant-0123456789f9c6","baseUrl":"https://me:hush@host/v1",
   "env":{"DEBUG":"1","MY_TOKEN":"tok-0123456789abcd"},
   "customHeaders":"X-Team: blue\nAuthorization: Bearer 0123456789"},
  {"name":"staging","model":"b","authToken":"tok-9876543210beef"}],
 "settings":{"s3Sync":{"bucket":"team","accessKeyId":"AKIA0123456789EXAMPLE",
   "secretAccessKey":"hush-hush-hush","sessionToken":"session-0123456789"}}}
)";

struct SecretsFixture : ManagerFixture {
  SecretsFixture() { write(two_profiles); }

  std::string message_of(const http::Response& response) const {
    return *parsed(response.body).find("error")->find("message")->as_string();
  }
};

/// A mask as JSON text: of the key itself, of another profile's, with blanks, other counts,
/// bullets.
std::string any_mask() {
  return GENERATE(as<std::string>(), "****f9c6", "****beef", " ****f9c6", "****f9c6 \\n", "**f9c6",
                  "********f9c6", "****", "*", "••••f9c6", "••••••••", "\\u00a0****f9c6");
}

TEST_CASE_METHOD(SecretsFixture, "a mask is refused as a profile's secret on every route") {
  const std::string mask = any_mask();
  CAPTURE(mask);
  const std::string one = R"({"name":"production","apiKey":")" + mask + "\"}";
  const std::string fresh = R"({"name":"fresh","apiKey":")" + mask + "\"}";
  const std::string file = R"({"configs":[)" + one + "]}";
  std::string in_text;
  for (const char c : file) in_text += (c == '"' || c == '\\' ? "\\" : "") + std::string(1, c);
  const std::vector<http::Response> responses{
      send("PATCH", "/api/configs",
           based(revision(), R"("op":"update","index":0,"changes":{"apiKey":")" + mask + "\"}")),
      send("PATCH", "/api/configs", based(revision(), R"("op":"add","config":)" + fresh)),
      send("POST", "/api/configs", R"({"config":)" + one + "}"),
      send("POST", "/api/configs", R"({"config":)" + fresh + "}"),
      send("PUT", "/api/configs", R"({"configs":[{"name":"staging"},)" + one + "]}"),
      send("PUT", "/api/configs", R"({"configs":[)" + fresh + "]}"),
      send("POST", "/api/import", R"({"text":")" + in_text + "\"}"),
      send("POST", "/api/import", R"({"preview":true,"text":")" + in_text + "\"}")};
  for (const http::Response& response : responses) {
    CAPTURE(response.body);
    CHECK(response.status == 422);
    CHECK(message_of(response).find("apiKey is a mask, not a secret") != std::string::npos);
  }
  CHECK(text() == two_profiles);
}

TEST_CASE_METHOD(SecretsFixture, "a mask is refused in the settings, and in a test of them") {
  const std::string mask = any_mask();
  const std::string member = GENERATE("accessKeyId", "secretAccessKey", "sessionToken");
  CAPTURE(mask, member);
  const std::string patch = R"("settings":{"s3Sync":{")" + member + "\":\"" + mask + "\"}}";
  for (const auto& [method, path] : {std::pair("PUT", "/api/settings"), {"POST", "/api/test"}}) {
    const auto response = send(method, path, based(revision(), patch));
    CHECK(response.status == 422);
    CHECK(message_of(response).starts_with("s3Sync." + member + " is a mask"));
  }
  CHECK(text() == two_profiles);
  CHECK_FALSE(backend.tested);
}

TEST_CASE_METHOD(SecretsFixture, "whoever sends back what was shown damages nothing") {
  const json::Value shown = ask("GET", "/api/configs");
  const json::Value settings = *ask("GET", "/api/settings").find("settings");
  const std::string all = json::write_compact(*shown.find("configs"));
  CHECK(send("PUT", "/api/configs", "{\"configs\":" + all + "}").status == 422);
  CHECK(send("PUT", "/api/settings",
             based(revision(), "\"settings\":" + json::write_compact(settings)))
            .status == 422);
  for (const char* changes :
       {R"({"baseUrl":"https://****@host/v1"})", R"({"env":{"MY_TOKEN":"****abcd"}})",
        R"({"env":{"DEBUG":"****abcd"}})", R"({"customHeaders":{"Authorization":"****6789"}})",
        R"({"customHeaders":"X-Team: blue\nAuthorization: ****6789"})",
        R"({"httpProxy":"http://me:****@proxy:3128"})"}) {
    CAPTURE(changes);
    const auto response =
        send("PATCH", "/api/configs",
             based(revision(), R"("op":"update","index":0,"changes":)" + std::string(changes)));
    CHECK(response.status == 422);
  }
  CHECK(text() == two_profiles);
}

TEST_CASE_METHOD(SecretsFixture, "where secrets are is said, so that a client can leave them out") {
  const json::Value shown = ask("GET", "/api/configs");
  CHECK(json::write_compact(*shown.find("secrets")) ==
        R"([[["apiKey"],["baseUrl"],["env","MY_TOKEN"],["customHeaders","Authorization"]],)"
        R"([["authToken"]]])");
  const json::Value settings = ask("GET", "/api/settings");
  CHECK(json::write_compact(*settings.find("secrets")) == R"([["s3Sync","accessKeyId"]])");
  CHECK(*settings.find("hasSessionToken") == json::Value(true));
  const auto response = send("PUT", "/api/configs",
                             R"({"configs":[{"name":"production","env":{"DEBUG":"2"},)"
                             R"("customHeaders":{"X-Team":"red"}},{"name":"staging"}]})");
  CHECK(response.status == 200);
  CHECK(holds("sk-ant-0123456789f9c6"));
  CHECK(holds(R"("DEBUG":"2","MY_TOKEN":"tok-0123456789abcd")"));
  CHECK(holds(R"(X-Team: red\nAuthorization: Bearer 0123456789)"));
}

TEST_CASE_METHOD(SecretsFixture, "what was pasted with a key is taken off, or named") {
  const auto update = [&](const std::string& changes) {
    return send("PATCH", "/api/configs",
                based(revision(), R"("op":"update","index":0,"changes":)" + changes));
  };
  CHECK(update(R"({"apiKey":"\n sk-ant-new-key \r\n"})").status == 200);
  CHECK(holds(R"("apiKey":"sk-ant-new-key")"));
  CHECK(message_of(update(R"({"apiKey":"sk-ant\nnew"})")).starts_with("apiKey has a line break"));
  CHECK(message_of(update(R"({"apiKey":"sk-ant\u200bnew"})"))
            .starts_with("apiKey has an invisible character in it: a zero-width space"));
  CHECK(message_of(update(R"({"apiKey":" "})")).starts_with("apiKey is blank"));
  CHECK(holds(R"("apiKey":"sk-ant-new-key")"));
  CHECK(update(R"({"apiKey":null})").status == 200);
  CHECK_FALSE(holds("apiKey"));
}

TEST_CASE_METHOD(SecretsFixture, "several profiles' problems are named after each") {
  const auto response =
      send("PUT", "/api/configs", R"({"configs":[{"name":"staging","authToken":"****beef"}]})");
  CHECK(message_of(response).starts_with("staging.authToken is a mask"));
}

TEST_CASE_METHOD(SecretsFixture, "one header, and one of the settings, are shown when asked for") {
  const auto value = [&](const std::string& rest) {
    const json::Value answer = ask("POST", "/api/secret", based(revision(), rest));
    REQUIRE(answer.find("value") != nullptr);
    return *answer.find("value")->as_string();
  };
  CHECK(value(R"("index":0,"path":["customHeaders","Authorization"])") == "Bearer 0123456789");
  CHECK(value(R"("path":["settings","s3Sync","secretAccessKey"])") == "hush-hush-hush");
  CHECK(send("GET", "/api/activity").body.find("secretAccessKey of the settings was shown") !=
        std::string::npos);
  CHECK(send("POST", "/api/secret", based(revision(), R"("path":["configs"])")).status == 400);
  CHECK(send("POST", "/api/secret", based(revision(), R"("path":["settings","none"])")).status ==
        400);
}

}  // namespace
}  // namespace start_claude::server
