#include "server/balance_endpoint.h"

#include <catch2/catch.hpp>

#include "json/parse.h"
#include "server/balance_set.h"

using namespace start_claude;
using namespace std::chrono_literals;
using config::ApiProfile;
using server::BalanceEndpoint;

namespace {

using Shared = std::shared_ptr<const BalanceEndpoint>;

Shared endpoint(const ApiProfile& profile, const http::CurlOptions& proxies = {}) {
  auto made = BalanceEndpoint::make(profile, proxies);
  REQUIRE(std::holds_alternative<Shared>(made));
  return std::get<Shared>(made);
}

server::ClientRequest client(std::string body = R"({"model":"theirs","max_tokens":1.0})") {
  server::ClientRequest request;
  request.head.method = "POST";
  request.head.uri.path = "/v1/messages";
  request.head.uri.query = "beta=true";
  request.head.headers = {{"Host", "127.0.0.1:2333"},
                          {"Connection", "keep-alive"},
                          {"X-Api-Key", "local"},
                          {"authorization", "Bearer local"},
                          {"Cookie", "session=1"},
                          {"X-Forwarded-For", "10.0.0.1"},
                          {"Content-Type", "application/json"},
                          {"Accept-Encoding", "br"},
                          {"x-team", "theirs"}};
  request.body = std::make_shared<const std::string>(std::move(body));
  return request;
}

}  // namespace

TEST_CASE("the client's request goes to the profile's server with the profile's credentials") {
  const auto one = endpoint({.name = "one",
                             .base_url = "https://gateway.example:8443/anthropic/",
                             .api_key = Secret("key"),
                             .auth_token = Secret("token"),
                             .custom_headers = {{"X-Team", Secret("ours")}},
                             .model = "ours"});
  const auto sent = one->request_for(client(), 5s);
  CHECK(sent.request.method == "POST");
  CHECK(sent.request.uri.text() == "https://gateway.example:8443/anthropic/v1/messages?beta=true");
  CHECK(sent.request.headers == http::Headers{{"Content-Type", "application/json"},
                                              {"Accept-Encoding", "br"},
                                              {"X-Team", "ours"},
                                              {"x-api-key", "key"},
                                              {"Authorization", "Bearer token"}});
  CHECK(*sent.body == R"({"model":"ours","max_tokens":1.0})");
  CHECK(sent.connect_timeout == 5s);
}

TEST_CASE("without a model, without credentials of one kind: nothing is made up") {
  const auto one = endpoint({.name = "one", .api_key = Secret("key")});
  const auto request = client();
  const auto sent = one->request_for(request, 5s);
  CHECK(sent.body == request.body);
  CHECK_FALSE(sent.request.headers.contains("Authorization"));
  CHECK(sent.request.headers.find("x-api-key") == "key");
}

TEST_CASE("a body that is no JSON object, or is compressed, is left as it is") {
  const auto one = endpoint({.name = "one", .api_key = Secret("key"), .model = "ours"});
  CHECK(*one->request_for(client("model=theirs"), 5s).body == "model=theirs");
  auto compressed = client();
  compressed.head.headers.add("Content-Encoding", "gzip");
  CHECK(one->request_for(compressed, 5s).body == compressed.body);
}

TEST_CASE("whatever path a client asks for, the credentials go to their own server") {
  const auto base = GENERATE(as<std::string>(), "https://own.example", "https://own.example/",
                             "http://own.example:8080/base");
  const auto one = endpoint({.name = "one", .base_url = base, .api_key = Secret("key")});
  const auto path = GENERATE(as<std::string>(), "//evil.example/v1", "/@evil.example/",
                             "/:8080@evil.example", "/\\evil.example", "/..//evil.example",
                             "/%2F%2Fevil.example", "/?x=http://evil.example");
  auto request = client();
  request.head.uri.path = path;
  const auto sent = one->request_for(request, 5s);
  CHECK(sent.request.uri.authority() == one->authority());
  CHECK(sent.request.uri.text().starts_with(base.substr(0, base.find("own.example") + 11)));
  const auto read_again = http::parse_uri(sent.request.uri.text());
  if (read_again) CHECK(read_again->authority() == one->authority());
}

TEST_CASE("a profile's own proxy comes before the machine's, and NO_PROXY before both") {
  struct Row {
    std::string what, base, http_proxy, https_proxy, no_proxy, used;
  };
  const auto row = GENERATE(
      values<Row>({{"https", "https://a.example", "http://p1", "http://p2", "", "http://p2"},
                   {"http", "http://a.example", "http://p1", "http://p2", "", "http://p1"},
                   {"the machine's", "https://a.example", "http://p1", "", "", "http://m2"},
                   {"none for this host", "https://a.example", "", "http://p2", "a.example", ""},
                   {"never to this machine", "http://127.0.0.1:1", "http://p1", "", "", ""}}));
  CAPTURE(row.what);
  const auto one =
      endpoint({.name = "one",
                .base_url = row.base,
                .api_key = Secret("key"),
                .http_proxy = Secret(row.http_proxy),
                .https_proxy = Secret(row.https_proxy)},
               {.https_proxy = "http://m2", .http_proxy = "http://m1", .no_proxy = row.no_proxy});
  CHECK(one->request_for(client(), 5s).proxy == row.used);
}

TEST_CASE("a changed profile is another endpoint, an unchanged one is the same") {
  const ApiProfile profile{.name = "one", .api_key = Secret("key")};
  CHECK(endpoint(profile)->identity() == endpoint(profile)->identity());
  auto reordered = profile;
  reordered.order = 7;
  CHECK(endpoint(reordered)->identity() == endpoint(profile)->identity());
  auto rotated = profile;
  rotated.api_key = Secret("key2");
  CHECK(endpoint(rotated)->identity() != endpoint(profile)->identity());
  CHECK(endpoint(profile)->identity().find("key") == std::string::npos);
}

TEST_CASE("an address that is none is said, without the profile's secrets") {
  const auto base = GENERATE("not a url", "ftp://a", "https://user:pw@a", "https://a?key=1");
  const auto made =
      BalanceEndpoint::make({.name = "one", .base_url = base, .api_key = Secret("key")}, {});
  REQUIRE(std::holds_alternative<config::SkippedProfile>(made));
  CHECK(std::get<config::SkippedProfile>(made).reason.find("pw") == std::string::npos);
}

TEST_CASE("a set has the wished profiles that can be used, and says what became of the others") {
  const auto document = std::get<json::Value>(json::parse(R"({"configs":[
    {"name":"A","apiKey":"k"},{"name":"B","apiKey":"k","enabled":false},
    {"name":"C","apiKey":"k"},{"name":"D","apiKey":"k","baseUrl":"nowhere"}],
    "settings":{"balanceMode":{"strategy":"Polling"}}})"));
  const auto names_of = [](const server::BalanceSet& set) {
    std::string names;
    for (const auto& one : set.endpoints) names += one->name();
    for (const auto& one : set.skipped) names += "-" + one.name;
    return names;
  };
  const auto all = server::balance_set_from(document, {});
  REQUIRE(all);
  CHECK(names_of(**all) == "AC-D-B");
  CHECK((*all)->settings.strategy == config::BalanceStrategy::polling);
  const auto some = server::balance_set_from(
      document, {.names = {"c", "b", "x"}, .strategy = config::BalanceStrategy::speed_first});
  REQUIRE(some);
  CHECK(names_of(**some) == "C-B-x");
  CHECK((*some)->settings.strategy == config::BalanceStrategy::speed_first);
}
