// What goes over the wire, byte for byte, and what every way of failing is called.
#include "http/curl_transport.h"

#include <catch2/catch.hpp>

#include "http/exchange_text.h"
#include "support/loopback_server.h"
#include "unit/http/curl_checks.h"

using namespace start_claude;
using namespace start_claude::http;
using namespace start_claude::support;

namespace {

/// What a fresh transport makes of one request to a server that answers like that.
Reply reply_to(const std::string& method, std::vector<ServerStep> answer, Limits limits = {}) {
  answer.insert(answer.begin(), ReceiveRequest{});
  const LoopbackServer server({answer});
  return make_curl_transport({})->send(request_to(server.url(), method), limits);
}

}  // namespace

TEST_CASE("a request goes out as it is given, with Host and Content-Length and nothing else") {
  struct Row {
    std::string what;
    std::string method;
    std::string target;
    Headers headers;
    std::string body;
    std::string wire;  ///< without the Host line
  };
  const auto row = GENERATE(values<Row>({
      {"GET", "GET", "/b/k", {}, "", "GET /b/k HTTP/1.1\r\n\r\n"},
      {"HEAD", "HEAD", "/b/k", {}, "", "HEAD /b/k HTTP/1.1\r\n\r\n"},
      {"DELETE", "DELETE", "/b/k", {}, "", "DELETE /b/k HTTP/1.1\r\n\r\n"},
      {"an escaped slash, either case",
       "GET",
       "/b/a%2Fb%2fc",
       {},
       "",
       "GET /b/a%2Fb%2fc HTTP/1.1\r\n\r\n"},
      {"double slashes", "GET", "//b//k/", {}, "", "GET //b//k/ HTTP/1.1\r\n\r\n"},
      {"dot segments", "GET", "/b/../c/./k", {}, "", "GET /b/../c/./k HTTP/1.1\r\n\r\n"},
      {"what need not be escaped",
       "GET",
       "/b/a+b=c@d:e,f;g!h'i(j)k*l~m",
       {},
       "",
       "GET /b/a+b=c@d:e,f;g!h'i(j)k*l~m HTTP/1.1\r\n\r\n"},
      {"a query without values",
       "GET",
       "/b?versions&prefix=a%20b",
       {},
       "",
       "GET /b?versions&prefix=a%20b HTTP/1.1\r\n\r\n"},
      {"headers in order, as spelt",
       "GET",
       "/",
       {{"x-amz-B", "2"}, {"If-None-Match", "\"e\""}},
       "",
       "GET / HTTP/1.1\r\nx-amz-B: 2\r\nIf-None-Match: \"e\"\r\n\r\n"},
      {"an empty header",
       "GET",
       "/",
       {{"x-amz-meta-a", ""}},
       "",
       "GET / HTTP/1.1\r\nx-amz-meta-a:\r\n\r\n"},
      {"a header twice",
       "GET",
       "/",
       {{"x-a", "1"}, {"x-a", "2"}},
       "",
       "GET / HTTP/1.1\r\nx-a: 1\r\nx-a: 2\r\n\r\n"},
      {"PUT",
       "PUT",
       "/b/k",
       {{"Content-Type", "application/json"}},
       "{}",
       "PUT /b/k HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"},
      {"PUT of nothing", "PUT", "/b/k", {}, "", "PUT /b/k HTTP/1.1\r\nContent-Length: 0\r\n\r\n"},
      {"POST of nothing", "POST", "/", {}, "", "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n"},
      {"PUT of binary",
       "PUT",
       "/",
       {},
       std::string("\0\r\n\xff", 4),
       "PUT / HTTP/1.1\r\nContent-Length: 4\r\n\r\n" + std::string("\0\r\n\xff", 4)},
      {"the caller's own Host and Content-Length do not count",
       "PUT",
       "/",
       {{"content-length", "7"}, {"HOST", "elsewhere"}},
       "ab",
       "PUT / HTTP/1.1\r\nContent-Length: 2\r\n\r\nab"},
      {"the caller's own Accept",
       "GET",
       "/",
       {{"Accept", "text/plain"}},
       "",
       "GET / HTTP/1.1\r\nAccept: text/plain\r\n\r\n"},
  }));
  INFO(row.what);
  const LoopbackServer server({{ReceiveRequest{}, SendBytes{ok_reply}}});
  auto request = request_to(server.url() + row.target, row.method);
  request.headers = row.headers;
  request.body = row.body;
  CHECK(response_of(make_curl_transport({})->send(request, Limits{})).status == 200);
  const auto line_end = row.wire.find("\r\n") + 2;
  CHECK(server.received() ==
        std::vector<std::string>{row.wire.substr(0, line_end) +
                                 "Host: 127.0.0.1:" + std::to_string(server.port()) + "\r\n" +
                                 row.wire.substr(line_end)});
}

TEST_CASE("a large body is sent at once, without asking for 100 Continue") {
  const LoopbackServer server({{ReceiveRequest{}, SendBytes{ok_reply}}});
  auto request = request_to(server.url(), "PUT");
  request.body = std::string(std::size_t{3} * 1024 * 1024, 'x');
  CHECK(response_of(make_curl_transport({})->send(request, Limits{})).status == 200);
  REQUIRE(server.received().size() == 1);
  CHECK_THAT(server.received()[0], !Catch::Contains("Expect"));
  CHECK(server.received()[0].size() > request.body.size());
}

TEST_CASE("what cannot be put on the wire is refused before anything is sent") {
  struct Row {
    std::string what;
    void (*change)(Request&);
    std::string problem;
  };
  const auto row = GENERATE(values<Row>({
      {"a line break in a value", [](Request& r) { r.headers.add("x-a", "1\r\nx-b: 2"); },
       "the value of the header x-a has a line break in it"},
      {"a line feed in a value", [](Request& r) { r.headers.add("x-a", "1\n"); },
       "the value of the header x-a has a line break in it"},
      {"a zero byte in a value", [](Request& r) { r.headers.add("x-a", std::string("1\0", 2)); },
       "the value of the header x-a has a line break in it"},
      {"a line break in a name", [](Request& r) { r.headers.add("x-a\r\n", "1"); },
       "a header name has characters that are not allowed"},
      {"a colon in a name", [](Request& r) { r.headers.add("x:a", "1"); },
       "a header name has characters that are not allowed"},
      {"a space in the method", [](Request& r) { r.method = "GET /"; }, "its method is not a word"},
      {"a space in the path", [](Request& r) { r.uri.path = "/ HTTP/1.1\r\n"; },
       "its address is not a valid URL"},
      {"a path without its slash", [](Request& r) { r.uri.path = ".evil.example/"; },
       "its address is not a valid URL"},
      {"a user in the host", [](Request& r) { r.uri.host = "a@127.0.0.1"; },
       "its address is not a valid URL"},
      {"chunks", [](Request& r) { r.headers.add("Transfer-Encoding", "chunked"); },
       "its length must be known"},
  }));
  INFO(row.what);
  const ClosedPort port;
  auto request = request_to("http://127.0.0.1:" + std::to_string(port.port()));
  row.change(request);
  const auto failure = failure_of(make_curl_transport({})->send(request, Limits{}));
  CHECK(failure.kind == FailureKind::not_connected);
  CHECK(failure.reason == "the request cannot be sent: " + row.problem);
}

TEST_CASE("a response comes back whole, whatever form it takes") {
  struct Row {
    std::string what;
    std::string method;
    std::string wire;
    int status;
    Headers headers;
    std::string body;
  };
  const auto row = GENERATE(values<Row>({
      {"plain",
       "GET",
       "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 2\r\n\r\nok",
       200,
       {{"ETag", "\"e\""}, {"Content-Length", "2"}},
       "ok"},
      {"names in lower case, spaces around values",
       "GET",
       "HTTP/1.1 200 OK\r\netag:  \"e\" \r\ncontent-length:2\r\n\r\nok",
       200,
       {{"etag", "\"e\""}, {"content-length", "2"}},
       "ok"},
      {"the same header twice",
       "GET",
       "HTTP/1.1 200 OK\r\nx-a: 1\r\nx-a: 2\r\nContent-Length: 0\r\n\r\n",
       200,
       {{"x-a", "1"}, {"x-a", "2"}, {"Content-Length", "0"}},
       ""},
      {"a header over two lines",
       "GET",
       "HTTP/1.1 200 OK\r\nx-a: 1\r\n  2\r\nContent-Length: 0\r\n\r\n",
       200,
       {{"x-a", "1 2"}, {"Content-Length", "0"}},
       ""},
      {"in chunks, with trailers",
       "GET",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\n"
       "x-trailer: 1\r\nx-other: 2\r\n\r\n",
       200,
       {{"Transfer-Encoding", "chunked"}},
       "abcd"},
      {"until the connection ends", "GET", "HTTP/1.0 200 OK\r\n\r\nabc", 200, {}, "abc"},
      {"100 Continue first",
       "PUT",
       "HTTP/1.1 100 Continue\r\nx-a: interim\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: "
       "2\r\n\r\nok",
       200,
       {{"Content-Length", "2"}},
       "ok"},
      {"103 Early Hints first",
       "GET",
       "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: "
       "2\r\n\r\nok",
       200,
       {{"Content-Length", "2"}},
       "ok"},
      {"304 with the length it does not send",
       "GET",
       "HTTP/1.1 304 Not Modified\r\nContent-Length: 912\r\n\r\n",
       304,
       {{"Content-Length", "912"}},
       ""},
      {"204", "DELETE", "HTTP/1.1 204 No Content\r\n\r\n", 204, {}, ""},
      {"HEAD with the length GET would have",
       "HEAD",
       "HTTP/1.1 200 OK\r\nContent-Length: 912\r\n\r\n",
       200,
       {{"Content-Length", "912"}},
       ""},
      {"a redirect is not followed",
       "GET",
       "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: "
       "0\r\n\r\n",
       307,
       {{"Location", "http://127.0.0.1:1/"}, {"Content-Length", "0"}},
       ""},
      {"compressed bytes stay as they are",
       "GET",
       "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok",
       200,
       {{"Content-Encoding", "gzip"}, {"Content-Length", "2"}},
       "ok"},
      {"an error before the whole request was read",
       "PUT",
       "HTTP/1.1 503 Slow Down\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
       503,
       {{"Connection", "close"}, {"Content-Length", "0"}},
       ""},
  }));
  INFO(row.what);
  const auto response = response_of(reply_to(row.method, {SendBytes{row.wire}}));
  CHECK(response.status == row.status);
  CHECK(response.headers == row.headers);
  CHECK(response.body == row.body);
}

TEST_CASE("a broken answer has a kind and a reason of its own") {
  struct Row {
    std::string what;
    std::vector<ServerStep> answer;
    FailureKind kind;
    std::string reason;
  };
  const std::string peer = "127.0.0.1 port N";
  const auto row = GENERATE_COPY(values<Row>({
      {"cut off",
       {SendBytes{"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nshort"}},
       FailureKind::malformed_response,
       "the answer of " + peer + " ended after 5 of 20 bytes"},
      {"cut off between chunks",
       {SendBytes{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"}},
       FailureKind::malformed_response,
       "the answer of " + peer + " ended after 3 bytes"},
      {"not HTTP",
       {SendBytes{"SSH-2.0-OpenSSH_9.2\r\n"}},
       FailureKind::malformed_response,
       peer + " did not answer in HTTP"},
      {"a chunk without a size",
       {SendBytes{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n"}},
       FailureKind::connection_lost,
       "the connection to " + peer + " broke before the answer was complete"},
      {"closed without an answer",
       {},
       FailureKind::connection_lost,
       "the connection to " + peer + " broke before the answer was complete"},
      {"closed within the headers",
       {SendBytes{"HTTP/1.1 200 OK\r\nETa"}},
       FailureKind::malformed_response,
       "the answer of " + peer + " ended within its headers"},
      {"closed after 100 Continue",
       {SendBytes{"HTTP/1.1 100 Continue\r\n\r\n"}},
       FailureKind::connection_lost,
       "the connection to " + peer + " broke before the answer was complete"},
      {"reset",
       {SendBytes{"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n"}, Reset{}},
       FailureKind::connection_lost,
       "the connection to " + peer +
           " broke before the answer was complete: Connection reset by peer"},
      {"no answer",
       {Stall{}},
       FailureKind::timed_out,
       "no whole answer from " + peer + " within 250 ms"},
      {"half an answer",
       {SendBytes{"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf"}, Stall{}},
       FailureKind::timed_out,
       "no whole answer from " + peer + " within 250 ms"},
      {"a header of 100 KB",
       {SendBytes{"HTTP/1.1 200 OK\r\nx: " + std::string(100 * 1024, 'x') + "\r\n\r\n"}},
       FailureKind::malformed_response,
       peer + " sent too many headers"},
      {"headers without end",
       {SendBytes{"HTTP/1.1 200 OK\r\n" + std::string(2000, 'a') + ": b\r\n"}, Stall{}},
       FailureKind::timed_out,
       "no whole answer from " + peer + " within 250 ms"},
  }));
  INFO(row.what);
  Limits limits;
  limits.total_timeout = std::chrono::milliseconds(250);
  const auto failure = failure_of(reply_to("GET", row.answer, limits));
  CHECK(http::failure_name(failure.kind) == http::failure_name(row.kind));
  CHECK(without_port(failure.reason) == row.reason);
  CHECK(may_have_had_effect(failure.kind));
}

TEST_CASE("an attempt that shares its time with others names what all of them had") {
  Limits limits;
  limits.total_timeout = std::chrono::milliseconds(50);
  limits.shared_timeout = std::chrono::seconds(5);
  const auto failure = failure_of(reply_to("GET", {Stall{}}, limits));
  CHECK(failure.kind == FailureKind::timed_out);
  CHECK(without_port(failure.reason) == "no whole answer from 127.0.0.1 port N within 5 s");
}

TEST_CASE("an answer has a size limit, and meets it or fails") {
  const std::string five = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde";
  const std::string five_in_chunks =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n";
  const auto wire = GENERATE_COPY(five, five_in_chunks);
  Limits limits;
  limits.response_bytes_max = 5;
  CHECK(response_of(reply_to("GET", {SendBytes{wire}}, limits)).body == "abcde");
  limits.response_bytes_max = 4;
  const auto failure = failure_of(reply_to("GET", {SendBytes{wire}}, limits));
  CHECK(failure.kind == FailureKind::too_large);
  CHECK(without_port(failure.reason) == "the answer of 127.0.0.1 port N is larger than 4 B");
}

TEST_CASE("an answer that announces too much is not waited for") {
  const std::string wire = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\na";
  Limits limits;
  limits.response_bytes_max = 5;
  const auto failure = failure_of(reply_to("GET", {SendBytes{wire}, Stall{}}, limits));
  CHECK(failure.kind == FailureKind::too_large);
  // It is no reason to refuse an answer that has no body.
  CHECK(response_of(reply_to("HEAD", {SendBytes{wire}}, limits)).status == 200);
}

TEST_CASE("an endless run of headers is cut off") {
  std::string wire = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 10'000; ++i) wire += "x-header: " + std::string(40, 'x') + "\r\n";
  const auto failure = failure_of(reply_to("GET", {SendBytes{wire + "\r\n"}}));
  CHECK(failure.kind == FailureKind::malformed_response);
  CHECK(without_port(failure.reason) == "127.0.0.1 port N sent too many headers");
}
