// The server on a socket, with our own transport and with bytes no transport would send.

#include "server/http_server.h"

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/curl_transport.h"
#include "platform/posix_clock.h"
#include "service_client.h"
#include "support/running_s3_server.h"

namespace start_claude::server {
namespace {

class RunningServer : public support::RunningS3Server {
 public:
  explicit RunningServer(HttpServerLimits limits = {})
      : RunningS3Server(test_credentials(), limits) {}

  http::Request request(std::string method, const std::string& path, std::string body = {},
                        const http::Headers& headers = {}) {
    http::Request request{std::move(method), {}, headers, std::move(body)};
    request.uri = {.scheme = "http", .host = "127.0.0.1", .port = port(), .path = path};
    return s3::sign(std::move(request), test_credentials(), {clock().now(), "us-east-1"});
  }
};

http::Response send(http::Transport& transport, const http::Request& request) {
  const auto reply = transport.send(request, {});
  REQUIRE(std::holds_alternative<http::Response>(reply));
  return std::get<http::Response>(reply);
}

/// A connection whose every byte the test writes.
class RawConnection {
 public:
  explicit RawConnection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    timeval patience{.tv_sec = 10, .tv_usec = 0};
    (void)::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    REQUIRE(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  }
  ~RawConnection() { ::close(socket_); }
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  void send(std::string_view bytes) const {
    REQUIRE(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(bytes.size()));
  }
  /// Up to and including `end`, or to the end of the connection if that does not come.
  std::string receive_until(std::string_view end) const {
    std::string received;
    std::array<char, 1> byte{};
    while (!received.ends_with(end) && ::recv(socket_, byte.data(), 1, 0) == 1) received += byte[0];
    return received;
  }
  std::string receive_all() const { return receive_until(std::string_view("\0\0\0", 3)); }

 private:
  int socket_;
};

/// As text: what a transport would send, without a body.
std::string head_text(const http::Request& request, std::size_t content_length) {
  std::string text = request.method + " " + request.uri.target() + " HTTP/1.1\r\n";
  text += "Host: " + request.uri.authority() + "\r\n";
  for (const auto& header : request.headers) text += header.name + ": " + header.value + "\r\n";
  return text + "Content-Length: " + std::to_string(content_length) + "\r\n";
}

TEST_CASE("objects go to the server and back over a real connection") {
  RunningServer server;
  const auto transport = http::make_curl_transport({});
  CHECK(send(*transport, server.request("PUT", "/cfg")).status == 200);
  const std::string body(300'000, 'x');
  const http::Headers headers{{"x-amz-meta-percent", "100%25 %41"}};
  for (const std::string path : {"/cfg/a", "/cfg/a/../b%2F+%20", "/cfg//x", "/cfg/%C3%BC"}) {
    INFO(path);
    CHECK(send(*transport, server.request("PUT", path, body, headers)).status == 200);
    const auto got = send(*transport, server.request("GET", path));
    CHECK(got.status == 200);
    CHECK(got.body == body);
    CHECK(got.headers.find("x-amz-meta-percent") == "100%25 %41");
    const auto head = send(*transport, server.request("HEAD", path));
    CHECK(head.headers.find("Content-Length") == "300000");
    const http::Headers known{{"If-None-Match", got.headers.find("ETag").value()}};
    CHECK(send(*transport, server.request("GET", path, "", known)).status == 304);
    CHECK(send(*transport, server.request("DELETE", path)).status == 204);
    CHECK(send(*transport, server.request("GET", path)).status == 404);
  }
}

TEST_CASE("of many writers that create one object, one does") {
  RunningServer server;
  const auto transport = http::make_curl_transport({});
  CHECK(send(*transport, server.request("PUT", "/cfg")).status == 200);
  constexpr int writers = 8;
  std::atomic<int> created = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int writer = 0; writer < writers; ++writer) {
    threads.emplace_back([&, writer] {
      const auto own = http::make_curl_transport({});
      const auto request =
          server.request("PUT", "/cfg/a", std::to_string(writer), {{"If-None-Match", "*"}});
      const auto reply = own->send(request, {});
      const auto* response = std::get_if<http::Response>(&reply);
      if (response != nullptr && response->status == 200) ++created;
      if (response != nullptr && response->status == 412) ++refused;
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(created == 1);
  CHECK(refused == writers - 1);
}

TEST_CASE("requests may follow each other on one connection, and come together") {
  RunningServer server;
  const RawConnection connection(server.port());
  const auto head = head_text(server.request("GET", "/"), 0) + "\r\n";
  connection.send(head + "\r\n" + head);
  for (int i = 0; i < 2; ++i) {
    const auto answer = connection.receive_until("</ListAllMyBucketsResult>");
    CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(answer.find("Connection: keep-alive\r\n") != std::string::npos);
  }
}

TEST_CASE("who asks whether to send the body is told before it is sent") {
  RunningServer server;
  const RawConnection connection(server.port());
  SECTION("go on") {
    connection.send(head_text(server.request("PUT", "/cfg", "<x/>"), 4) +
                    "Expect: 100-continue\r\n\r\n");
    CHECK(connection.receive_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    connection.send("<x/>");
    CHECK(connection.receive_until("\r\n").starts_with("HTTP/1.1 200"));
  }
  SECTION("do not: it is not signed") {
    connection.send(
        "PUT /cfg/a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    const auto answer = connection.receive_all();
    CHECK(answer.starts_with("HTTP/1.1 403 Forbidden\r\n"));
    CHECK(answer.find("Connection: close\r\n") != std::string::npos);
  }
}

TEST_CASE("a large body that nobody signed is refused unread") {
  RunningServer server;
  const RawConnection connection(server.port());
  connection.send("PUT /cfg/a HTTP/1.1\r\nHost: a\r\nContent-Length: 900000000\r\n\r\n");
  // The answer must survive what is still on its way when the server has made up its mind.
  connection.send(std::string(6'000'000, 'x'));
  CHECK(connection.receive_all().starts_with("HTTP/1.1 403 Forbidden\r\n"));
}

TEST_CASE("a request that is none is answered and ended") {
  RunningServer server;
  const RawConnection connection(server.port());
  SECTION("not HTTP") {
    connection.send("hello\r\n\r\n");
    CHECK(connection.receive_all().starts_with("HTTP/1.1 400 Bad Request\r\n"));
  }
  SECTION("without a length") {
    connection.send("PUT /cfg/a HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto answer = connection.receive_all();
    CHECK(answer.starts_with("HTTP/1.1 411 Length Required\r\n"));
    CHECK(answer.find("MissingContentLength") != std::string::npos);
  }
  SECTION("a head without an end") {
    connection.send("GET / HTTP/1.1\r\nX: " + std::string(std::size_t{64} * 1024, 'x'));
    CHECK(connection.receive_all().starts_with("HTTP/1.1 431 "));
  }
}

TEST_CASE("a connection that others wait for is not kept") {
  HttpServerLimits limits;
  limits.connections_max = 1;
  RunningServer server(limits);
  const auto head = head_text(server.request("GET", "/"), 0) + "\r\n";
  const RawConnection first(server.port());
  first.send(head);
  CHECK(first.receive_until("</ListAllMyBucketsResult>").starts_with("HTTP/1.1 200 OK\r\n"));
  const RawConnection second(server.port());
  second.send(head);
  CHECK(second.receive_until("\r\n") == "HTTP/1.1 200 OK\r\n");
}

TEST_CASE("a server that is stopped lets go of idle connections and of its port") {
  RunningServer server;
  const RawConnection idle(server.port());
  idle.send(head_text(server.request("GET", "/"), 0) + "\r\n");
  idle.receive_until("</ListAllMyBucketsResult>");
  const RawConnection silent(server.port());
  const RawConnection halfway(server.port());
  halfway.send("GET / HTTP/1.1\r\n");
  const platform::PosixClock clock;
  const auto before = clock.monotonic();
  server.stop();
  server.stop();
  CHECK(clock.monotonic() - before < ConnectionLimits{}.idle / 2);
  CHECK(server.served_well());
  CHECK(idle.receive_all().empty());
}

TEST_CASE("a server that is stopped at once does not hang") {
  for (int i = 0; i < 20; ++i) RunningServer server;
}

TEST_CASE("a port that is taken is an error that names it") {
  RunningServer server;
  TestService other;
  HttpServer second(other.service(), other.clock);
  const auto bound = second.bind({"127.0.0.1", server.port()});
  REQUIRE_FALSE(bound);
  CHECK(bound.error().kind == ErrorKind::unreachable);
  CHECK(bound.error().message == "cannot listen on 127.0.0.1:" + std::to_string(server.port()));
}

}  // namespace
}  // namespace start_claude::server
