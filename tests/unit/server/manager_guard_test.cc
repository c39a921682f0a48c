// Who comes in: a table of requests as browsers, scripts and attackers send them.

#include "server/manager_guard.h"

#include <catch2/catch.hpp>

#include "support/fake_random.h"

namespace start_claude::server {
namespace {

http::Request request(const std::string& host, http::Headers headers = {},
                      const std::string& path = "/api/configs", const std::string& query = "",
                      const std::string& method = "GET") {
  http::Request made{
      method, {.scheme = "http", .path = path, .query = query}, std::move(headers), {}};
  const auto colon = host.rfind(':');
  made.uri.host = host.substr(0, colon);
  if (colon != std::string::npos && !host.ends_with(']')) {
    made.uri.port = static_cast<std::uint16_t>(std::stoi(host.substr(colon + 1)));
  }
  made.headers.set("Host", host);
  return made;
}

const ManagerGuard guard{Secret("the-token"), Secret("the-session"), {.port = 2334}};
const http::Header cookie{"Cookie", "a=b; start_claude_manager_2334=the-session"};
const std::string here = "127.0.0.1:2334";

TEST_CASE("only this machine's own names are answered to, at this port") {
  struct Row {
    const char* host;
    Admission expected;
  };
  const auto row = GENERATE(values<Row>({{"127.0.0.1:2334", Admission::admitted},
                                         {"localhost:2334", Admission::admitted},
                                         {"LOCALHOST:2334", Admission::admitted},
                                         {"[::1]:2334", Admission::admitted},
                                         {"127.0.0.1", Admission::forbidden},
                                         {"127.0.0.1:2335", Admission::forbidden},
                                         {"evil.example:2334", Admission::forbidden},
                                         {"127.0.0.1.evil.example:2334", Admission::forbidden},
                                         {"localhost.:2334", Admission::forbidden},
                                         {"192.168.1.7:2334", Admission::forbidden}}));
  CAPTURE(row.host);
  CHECK(guard.judge(request(row.host, {cookie})) == row.expected);
}

TEST_CASE("only this page may send requests") {
  struct Row {
    const char* name;
    const char* value;
    Admission expected;
  };
  const auto row = GENERATE(values<Row>({{"Origin", "http://127.0.0.1:2334", Admission::admitted},
                                         {"Origin", "http://localhost:2334", Admission::forbidden},
                                         {"Origin", "https://127.0.0.1:2334", Admission::forbidden},
                                         {"Origin", "http://127.0.0.1:3000", Admission::forbidden},
                                         {"Origin", "http://evil.example", Admission::forbidden},
                                         {"Origin", "null", Admission::forbidden},
                                         {"Sec-Fetch-Site", "same-origin", Admission::admitted},
                                         {"Sec-Fetch-Site", "none", Admission::admitted},
                                         {"Sec-Fetch-Site", "same-site", Admission::forbidden},
                                         {"Sec-Fetch-Site", "cross-site", Admission::forbidden}}));
  CAPTURE(row.name, row.value);
  CHECK(guard.judge(request(here, {cookie, {row.name, row.value}})) == row.expected);
}

TEST_CASE("without the cookie or the token nothing is answered") {
  struct Row {
    const char* name;
    const char* value;
    Admission expected;
  };
  const auto row = GENERATE(
      values<Row>({{"Accept", "*/*", Admission::unauthorized},
                   {"Cookie", "start_claude_manager_2334=", Admission::unauthorized},
                   {"Cookie", "start_claude_manager_2334=the-token", Admission::unauthorized},
                   {"Cookie", "start_claude_manager_2335=the-session", Admission::unauthorized},
                   {"Cookie", "xstart_claude_manager_2334=the-session", Admission::unauthorized},
                   {"Cookie", "start_claude_manager_2334=the-session", Admission::admitted},
                   {"Authorization", "Bearer the-token", Admission::admitted},
                   {"Authorization", "Bearer the-session", Admission::unauthorized},
                   {"Authorization", "Basic the-token", Admission::unauthorized}}));
  CAPTURE(row.name, row.value);
  CHECK(guard.judge(request(here, {{row.name, row.value}})) == row.expected);
}

TEST_CASE("the token in the URL lets a browser in, at the front door only") {
  CHECK(guard.judge(request(here, {}, "/", "token=the-token")) == Admission::entering);
  CHECK(guard.judge(request(here, {}, "/", "a=1&token=the-token")) == Admission::entering);
  CHECK(guard.judge(request(here, {}, "/", "token=wrong")) == Admission::unauthorized);
  CHECK(guard.judge(request(here, {}, "/", "token=")) == Admission::unauthorized);
  CHECK(guard.judge(request(here, {}, "/api/configs", "token=the-token")) ==
        Admission::unauthorized);
  CHECK(guard.judge(request(here, {}, "/", "token=the-token", "POST")) == Admission::unauthorized);
  CHECK(guard.judge(request("evil.example:2334", {}, "/", "token=the-token")) ==
        Admission::forbidden);
}

TEST_CASE("a link to the page may be followed from elsewhere, and brings nothing but the token") {
  const http::Headers followed{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Mode", "navigate"}};
  CHECK(guard.judge(request(here, followed, "/", "token=the-token")) == Admission::entering);
  CHECK(guard.judge(request(here, followed, "/")) == Admission::unauthorized);
  CHECK(guard.judge(request(here, followed, "/api/export")) == Admission::forbidden);
}

TEST_CASE("where it listens for others, they come by its address, never by a name") {
  const ManagerGuard open{Secret("t"), Secret("the-session"), {.port = 2334, .any_address = true}};
  CHECK(open.judge(request("192.168.1.7:2334", {cookie})) == Admission::admitted);
  CHECK(open.judge(request("[fe80::1]:2334", {cookie})) == Admission::admitted);
  CHECK(open.judge(request("rebound.example:2334", {cookie})) == Admission::forbidden);
  const ManagerGuard named{Secret("t"), Secret("the-session"), {.port = 2334, .hosts = {"nas"}}};
  CHECK(named.judge(request("nas:2334", {cookie})) == Admission::admitted);
  CHECK(named.judge(request("other:2334", {cookie})) == Admission::forbidden);
}

TEST_CASE("the cookie is out of reach of scripts and of other sites") {
  CHECK(guard.cookie() ==
        "start_claude_manager_2334=the-session; Path=/; HttpOnly; SameSite=Strict");
}

TEST_CASE("tokens are 256 bits and never the same") {
  support::FakeRandom random;
  const Secret first = random_token(random);
  CHECK(first.reveal().size() == 64);
  CHECK_FALSE(first == random_token(random));
}

}  // namespace
}  // namespace start_claude::server
