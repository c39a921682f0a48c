// Connections: when there is none, when one is kept, and when a kept one breaks.
#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>

#include "http/curl_transport.h"
#include "support/loopback_server.h"
#include "unit/http/curl_checks.h"

using namespace start_claude;
using namespace start_claude::http;
using namespace start_claude::support;

TEST_CASE("nobody to talk to is told apart from an answer that was lost") {
  Limits limits;
  limits.connect_timeout = std::chrono::milliseconds(100);
  std::string url;
  FailureKind kind = FailureKind::not_connected;
  std::string reason;
  const ClosedPort closed;
  const DeafPort deaf;
  SECTION("refused") {
    url = "http://127.0.0.1:" + std::to_string(closed.port());
    reason = "could not connect to 127.0.0.1 port N: Connection refused";
  }
  SECTION("no answer to the attempt to connect") {
    url = "http://127.0.0.1:" + std::to_string(deaf.port());
    reason = "could not connect to 127.0.0.1 port N within 100 ms";
  }
  SECTION("no such name") {
    // RFC 6761 keeps .invalid from ever having addresses.
    url = "http://store.invalid";
    kind = FailureKind::name_not_resolved;
    reason = "could not find the address of store.invalid";
    limits.connect_timeout = std::chrono::seconds(5);
  }
  const auto transport = make_curl_transport({});
  // What is known of an earlier connection says nothing about this one.
  const LoopbackServer earlier({{ReceiveRequest{}, SendBytes{ok_reply}, Stall{}}});
  REQUIRE(response_of(transport->send(request_to(earlier.url()), Limits{})).status == 200);
  const auto failure = failure_of(transport->send(request_to(url), limits));
  CHECK(failure.kind == kind);
  CHECK(without_port(failure.reason) == reason);
  CHECK_FALSE(may_have_had_effect(failure.kind));
}

TEST_CASE("one connection serves several requests") {
  const LoopbackServer server(
      {{ReceiveRequest{}, SendBytes{ok_reply}, ReceiveRequest{},
        SendBytes{"HTTP/1.1 304 Not Modified\r\n\r\n"}, ReceiveRequest{}, SendBytes{ok_reply}}});
  const auto transport = make_curl_transport({});
  auto put = request_to(server.url(), "PUT");
  put.body = "body";
  put.headers.add("x-only-put", "1");
  CHECK(response_of(transport->send(put, Limits{})).status == 200);
  CHECK(response_of(transport->send(request_to(server.url()), Limits{})).status == 304);
  CHECK(response_of(transport->send(request_to(server.url(), "HEAD"), Limits{})).status == 200);
  REQUIRE(server.received().size() == 3);
  CHECK_THAT(server.received()[1], !Catch::Contains("x-only-put") && !Catch::Contains("body"));
}

TEST_CASE("a kept connection that breaks: only what changes nothing is sent again") {
  // The server reads the second request and is gone without a word.
  const std::vector<ServerScript> script{
      {ReceiveRequest{}, SendBytes{ok_reply}, ReceiveRequest{}},
      {ReceiveRequest{}, SendBytes{ok_reply}},
  };
  const LoopbackServer server(script);
  const auto transport = make_curl_transport({});
  REQUIRE(response_of(transport->send(request_to(server.url()), Limits{})).status == 200);
  SECTION("GET") {
    CHECK(response_of(transport->send(request_to(server.url()), Limits{})).status == 200);
    CHECK(server.received().size() == 3);
  }
  SECTION("PUT and the like") {
    const auto method = GENERATE(as<std::string>{}, "PUT", "POST", "DELETE");
    auto request = request_to(server.url(), method);
    request.body = "body";
    const auto failure = failure_of(transport->send(request, Limits{}));
    CHECK(failure.kind == FailureKind::connection_lost);
    CHECK(server.received().size() == 2);
  }
}

TEST_CASE("a kept connection is not for programs that are started meanwhile") {
  const LoopbackServer server({{ReceiveRequest{}, SendBytes{ok_reply}, Stall{}}});
  const auto transport = make_curl_transport({});
  REQUIRE(response_of(transport->send(request_to(server.url()), Limits{})).status == 200);
  int found = 0;
  for (int number = 3; number < 256; ++number) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    const bool is_connected = ::getpeername(number, reinterpret_cast<sockaddr*>(&peer), &size) == 0;
    if (!is_connected || peer.sin_port != htons(server.port())) continue;
    ++found;
    CHECK((::fcntl(number, F_GETFD) & FD_CLOEXEC) != 0);
  }
  CHECK(found == 1);
}

TEST_CASE("a connection that was closed while idle is replaced without a failure") {
  const LoopbackServer server({
      {ReceiveRequest{},
       SendBytes{"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"}},
      {ReceiveRequest{}, SendBytes{ok_reply}},
  });
  const auto transport = make_curl_transport({});
  CHECK(response_of(transport->send(request_to(server.url(), "PUT"), Limits{})).status == 200);
  CHECK(response_of(transport->send(request_to(server.url(), "PUT"), Limits{})).status == 200);
}
