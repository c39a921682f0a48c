#include "server/request_head.h"

#include <catch2/catch.hpp>
#include <string>

namespace start_claude::server {
namespace {

RequestHead parsed(const std::string& text) {
  auto head = parse_request_head(text);
  REQUIRE(std::holds_alternative<RequestHead>(head));
  return std::get<RequestHead>(std::move(head));
}

TEST_CASE("a request is kept as it was sent, byte for byte") {
  const auto head = parsed(
      "PUT /b//x/../y%2Fz+a%20?q=a+b&c HTTP/1.1\r\n"
      "Host: LocalHost:9010\r\n"
      "x-amz-meta-a: 100%25 %41   two \t\r\n"
      "x-amz-meta-empty:\r\n"
      "Content-Length: 12\r\n\r\n");
  CHECK(head.request.method == "PUT");
  CHECK(head.request.uri.target() == "/b//x/../y%2Fz+a%20?q=a+b&c");
  CHECK(head.request.uri.authority() == "LocalHost:9010");
  CHECK(head.request.headers == http::Headers{{"Host", "LocalHost:9010"},
                                              {"x-amz-meta-a", "100%25 %41   two"},
                                              {"x-amz-meta-empty", ""},
                                              {"Content-Length", "12"}});
  CHECK(head.content_length == 12);
  CHECK(head.keeps_alive);
  CHECK_FALSE(head.expects_continue);
}

struct Row {
  const char* what;
  const char* text;
  int status;
};

TEST_CASE("what two readers could understand differently is refused") {
  const auto row = GENERATE(values<Row>({
      {"no such version", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
      {"no version", "GET /\r\nHost: a\r\n\r\n", 400},
      {"a blank too many", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a blank in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"raw UTF-8 in the target", "GET /\xC3\xBC HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"no path", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"no host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"a port that is none", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400},
      {"a blank before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
      {"a folded line", "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n", 400},
      {"a line without a colon", "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", 400},
      {"a bare line feed", "GET / HTTP/1.1\r\nHost: a\r\nX: b\nY: c\r\n\r\n", 400},
      {"two lengths", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
       400},
      {"a list of lengths", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n", 400},
      {"a signed length", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", 400},
      {"chunks", "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 501},
      {"another expectation", "PUT / HTTP/1.1\r\nHost: a\r\nExpect: more\r\n\r\n", 417},
  }));
  INFO(row.what);
  const auto head = parse_request_head(row.text);
  REQUIRE(std::holds_alternative<HeadProblem>(head));
  CHECK(std::get<HeadProblem>(head).status == row.status);
}

TEST_CASE("the connection is kept or not as both versions of HTTP have it") {
  CHECK(parsed("GET / HTTP/1.1\r\nHost: a\r\n\r\n").keeps_alive);
  CHECK_FALSE(parsed("GET / HTTP/1.1\r\nHost: a\r\nConnection: TE, Close\r\n\r\n").keeps_alive);
  CHECK_FALSE(parsed("GET / HTTP/1.0\r\n\r\n").keeps_alive);
  CHECK(parsed("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keeps_alive);
}

TEST_CASE("a proxy's form of the target means the same") {
  const auto head = parsed("GET http://other:1/a?b HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(head.request.uri.target() == "/a?b");
  CHECK(head.request.uri.host == "a");
}

TEST_CASE("chunks are taken where they are expected, and only where nobody could misread them") {
  struct FramingRow {
    std::string what, text;
    int status;  // 0: taken
  };
  const auto row = GENERATE(values<FramingRow>({
      {"chunks", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n", 0},
      {"both",
       "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
       400},
      {"HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"more encodings", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
       501},
      {"twice",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
       "chunked\r\n\r\n",
       501},
      {"disguised", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", 501},
  }));
  INFO(row.what);
  const auto head = parse_request_head(row.text, BodyFraming::any_framing);
  if (row.status == 0) {
    REQUIRE(std::holds_alternative<RequestHead>(head));
    CHECK(std::get<RequestHead>(head).is_chunked);
  } else {
    REQUIRE(std::holds_alternative<HeadProblem>(head));
    CHECK(std::get<HeadProblem>(head).status == row.status);
  }
}

TEST_CASE("only HTTP/1.1 is told to continue") {
  CHECK(parsed("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n\r\n").expects_continue);
  CHECK_FALSE(parsed("PUT / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n").expects_continue);
}

}  // namespace
}  // namespace start_claude::server
