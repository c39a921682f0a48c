// The replay transport judges other tests, so what it lets through and what it refuses is tested.
#include "support/replay_transport.h"

#include <catch2/catch.hpp>

using namespace start_claude;
using namespace start_claude::http;
using start_claude::support::ReplayTransport;

namespace {

const std::string two_exchanges = R"(# two
> GET http://minio.lan/b/k
> If-None-Match: "abc"
> x-amz-date: {any}
< 304

> PUT http://minio.lan/b/k
>
> {"a": {any}}
> end
! connection_lost
)";

Request first_request() {
  return {"GET",
          *parse_uri("http://minio.lan/b/k"),
          {{"X-Amz-Date", "20261122T081403Z"}, {"if-none-match", "\"abc\""}},
          ""};
}

Request second_request() {
  return {"PUT", *parse_uri("http://minio.lan/b/k"), {}, "{\"a\": 1}\nend"};
}

/// A replay whose complaints are kept rather than failing this test.
struct Replay {
  std::string complaint;
  ReplayTransport transport{"two.http", *parse_exchanges(two_exchanges),
                            [this](const std::string& text) { complaint += text; }};
  Reply send(const Request& request) { return transport.send(request, Limits{}); }
};

}  // namespace

TEST_CASE("a replay answers the recorded requests with the recorded replies") {
  Replay replay;
  CHECK(std::get<Response>(replay.send(first_request())).status == 304);
  CHECK(std::get<Failure>(replay.send(second_request())).kind == FailureKind::connection_lost);
  replay.transport.finish();
  CHECK(replay.complaint.empty());
}

TEST_CASE("a replay refuses every other request") {
  struct Row {
    std::string what;
    void (*change)(Request&);
    std::string shown;
  };
  const auto row = GENERATE(values<Row>({
      {"method", [](Request& r) { r.method = "HEAD"; },
       "  - > GET http://minio.lan/b/k\n  + > HEAD http://minio.lan/b/k\n"},
      {"host", [](Request& r) { r.uri.host = "garage.lan"; }, "  + > GET http://garage.lan/b/k\n"},
      {"path", [](Request& r) { r.uri.path = "/b//k"; }, "  + > GET http://minio.lan/b//k\n"},
      {"query", [](Request& r) { r.uri.query = "versions"; }, "/b/k?versions\n"},
      {"value", [](Request& r) { r.headers.set("If-None-Match", "*"); },
       "  - > if-none-match: \"abc\"\n  + > if-none-match: *\n"},
      {"header left out", [](Request& r) { r.headers.remove("x-amz-date"); },
       "  - > x-amz-date: {any}\n"},
      {"header too many", [](Request& r) { r.headers.add("Accept", "*/*"); },
       "  + > accept: */*\n"},
      {"header twice", [](Request& r) { r.headers.add("x-amz-date", "again"); },
       "  + > x-amz-date: again\n"},
      {"body", [](Request& r) { r.body = "x"; }, "  + >\n  + > x\n"},
  }));
  INFO(row.what);
  Replay replay;
  auto request = first_request();
  row.change(request);
  CHECK(std::holds_alternative<Failure>(replay.send(request)));
  CHECK_THAT(replay.complaint, Catch::StartsWith("two.http:2: request 1 is not the recorded one"));
  CHECK_THAT(replay.complaint, Catch::Contains(row.shown));
}

TEST_CASE("a replay refuses a body that only begins or ends as recorded") {
  const auto body = GENERATE(as<std::string>{}, "{\"a\": 1}", "{\"a\": 1}\nend\n", "a\": 1}\nend");
  Replay replay;
  replay.send(first_request());
  auto request = second_request();
  request.body = body;
  replay.send(request);
  CHECK_THAT(replay.complaint, Catch::StartsWith("two.http:7: request 2"));
}

TEST_CASE("a replay refuses requests out of order, too many and too few") {
  Replay replay;
  SECTION("out of order") {
    replay.send(second_request());
    CHECK_THAT(replay.complaint, Catch::StartsWith("two.http:2: request 1"));
  }
  SECTION("too many") {
    replay.send(first_request());
    replay.send(second_request());
    replay.send(second_request());
    CHECK_THAT(replay.complaint,
               Catch::StartsWith("two.http: one more request than the 2 recorded"));
  }
  SECTION("too few") {
    replay.send(first_request());
    replay.transport.finish();
    CHECK_THAT(replay.complaint,
               Catch::StartsWith("two.http:7: played 1 of 2 exchanges; still expected"));
  }
}
