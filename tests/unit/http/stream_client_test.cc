#include "http/stream_client.h"

#include <catch2/catch.hpp>

#include "support/loopback_server.h"
#include "support/tls_server.h"
#include "unit/http/curl_checks.h"

using namespace start_claude;
using namespace std::chrono_literals;
using http::FailureKind;
using http::StreamHandler;
using support::ClosedPort;
using support::LoopbackServer;
using support::ReceiveRequest;
using support::Reset;
using support::SendBytes;
using support::Stall;

namespace {

const std::string streaming_head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
const std::string first_chunk = "6\r\none, \n\r\n";
const std::string last_chunk = "5\r\ntwo.\n\r\n0\r\n\r\n";

/// Keeps what it is told; what it answers is up to the test.
struct Listener : StreamHandler {
  explicit Listener(platform::EventLoop& when_done) : loop(when_done) {}

  Flow on_head(const http::StreamHead& given) override {
    ++heads;
    head = given;
    return head_flow;
  }
  Flow on_body(std::string_view piece) override {
    body += piece;
    return at_piece ? at_piece() : Flow::more;
  }
  void on_end(const std::optional<http::Failure>& reason) override {
    ++ends;
    failure = reason;
    if (at_end) return at_end();
    loop.stop();
  }

  platform::EventLoop& loop;
  int heads = 0;
  http::StreamHead head;
  Flow head_flow = Flow::more;
  std::string body;
  std::function<Flow()> at_piece;
  int ends = 0;
  std::optional<http::Failure> failure;
  std::function<void()> at_end;
};

struct Client {
  explicit Client(http::CurlOptions options = {}) : client(loop, std::move(options)) {
    // No test may hang.
    loop.call_after(10s, [this] {
      timed_out = true;
      loop.stop();
    });
  }
  void run() {
    loop.run();
    CHECK_FALSE(timed_out);
  }
  platform::EventLoop loop;
  http::StreamClient client;
  Listener listener{loop};
  bool timed_out = false;
};

http::StreamRequest get(const std::string& url) { return {.request = http::request_to(url)}; }

http::StreamRequest post(const std::string& url, std::string body) {
  return {.request = http::request_to(url, "POST"),
          .body = std::make_shared<const std::string>(std::move(body))};
}

}  // namespace

TEST_CASE("a streaming answer is handed on before it ends") {
  // The server says nothing after the first piece until the client has gone.
  LoopbackServer server({{ReceiveRequest{}, SendBytes{streaming_head + first_chunk}, Stall{}}});
  Client it;
  it.listener.at_piece = [&] {
    it.loop.stop();
    return StreamHandler::Flow::cancel;
  };
  it.client.start(get(server.url() + "/v1"), it.listener);
  it.run();
  CHECK(it.listener.head.status == 200);
  CHECK(it.listener.head.headers.find("content-type") == "text/event-stream");
  CHECK(it.listener.head.content_length == std::nullopt);
  CHECK(it.listener.body == "one, \n");
  CHECK(it.listener.ends == 0);
}

TEST_CASE("a request goes out byte for byte, a shared body is let go of once it is sent") {
  LoopbackServer server({{ReceiveRequest{}, SendBytes{http::ok_reply}}});
  Client it;
  auto request = post(server.url() + "/v1/messages?beta=true", "{\"a\": 1}");
  request.request.headers = {{"X-Api-Key", "k"}, {"content-type", "application/json"}};
  const std::weak_ptr<const std::string> body = request.body;
  it.listener.head_flow = StreamHandler::Flow::more;
  it.listener.at_piece = [&] {
    CHECK(body.expired());
    return StreamHandler::Flow::more;
  };
  it.client.start(std::move(request), it.listener);
  it.run();
  CHECK(it.listener.failure == std::nullopt);
  CHECK(it.listener.body == "ok");
  CHECK(it.listener.head.content_length == 2u);
  CHECK(it.client.active() == 0);
  CHECK(server.received() ==
        std::vector<std::string>{"POST /v1/messages?beta=true HTTP/1.1\r\nHost: 127.0.0.1:" +
                                 std::to_string(server.port()) +
                                 "\r\nX-Api-Key: k\r\ncontent-type: application/json\r\n"
                                 "Content-Length: 8\r\n\r\n{\"a\": 1}"});
}

TEST_CASE("a large body is sent whole") {
  LoopbackServer server({{ReceiveRequest{}, SendBytes{http::ok_reply}}});
  Client it;
  const std::string body(300'000, 'b');
  it.client.start(post(server.url() + "/", body), it.listener);
  it.run();
  CHECK(it.listener.failure == std::nullopt);
  REQUIRE(server.received().size() == 1);
  CHECK(server.received()[0].ends_with("\r\n\r\n" + body));
}

TEST_CASE("a paused exchange is handed nothing until it is resumed, and loses nothing") {
  const std::string body(2'000'000, 'x');
  LoopbackServer server(
      {{ReceiveRequest{}, SendBytes{"HTTP/1.1 200 OK\r\nContent-Length: " +
                                    std::to_string(body.size()) + "\r\n\r\n" + body}}});
  Client it;
  http::StreamClient::StreamId id = 0;
  std::size_t at_pause = 0;
  std::size_t before_resume = 0;
  bool has_paused = false;
  it.listener.at_piece = [&] {
    if (std::exchange(has_paused, true)) return StreamHandler::Flow::more;
    at_pause = it.listener.body.size();
    it.loop.call_after(20ms, [&] {
      before_resume = it.listener.body.size();
      it.client.resume(id);
    });
    return StreamHandler::Flow::pause;
  };
  id = it.client.start(get(server.url() + "/"), it.listener);
  it.run();
  CHECK(at_pause > 0);
  CHECK(before_resume == at_pause);
  CHECK(it.listener.body == body);
  CHECK(it.listener.failure == std::nullopt);
}

TEST_CASE("connections are kept for the next request to the same server") {
  LoopbackServer server(
      {{ReceiveRequest{}, SendBytes{http::ok_reply}, ReceiveRequest{}, SendBytes{http::ok_reply}}});
  Client it;
  it.listener.at_end = [&] {
    if (it.listener.ends == 2) return it.loop.stop();
    it.client.start(post(server.url() + "/second", "{}"), it.listener);
  };
  it.client.start(post(server.url() + "/first", "{}"), it.listener);
  it.run();
  CHECK(it.listener.failure == std::nullopt);
  CHECK(it.listener.body == "okok");
}

TEST_CASE("a kept connection that the server closed costs nothing but a new one") {
  LoopbackServer server({{ReceiveRequest{}, SendBytes{http::ok_reply}},
                         {ReceiveRequest{}, SendBytes{http::ok_reply}}});
  Client it;
  it.listener.at_end = [&] {
    if (it.listener.ends == 2) return it.loop.stop();
    it.client.start(post(server.url() + "/second", "{}"), it.listener);
  };
  it.client.start(post(server.url() + "/first", "{}"), it.listener);
  it.run();
  CHECK(it.listener.failure == std::nullopt);
  CHECK(it.listener.body == "okok");
}

TEST_CASE("how an exchange fails is told once, by kind") {
  struct Row {
    std::string what;
    support::ServerScript script;
    FailureKind kind;
    int heads;
  };
  const auto row = GENERATE(values<Row>({
      {"cut within a chunked body",
       {ReceiveRequest{}, SendBytes{streaming_head + first_chunk}},
       FailureKind::malformed_response,
       1},
      {"cut before Content-Length",
       {ReceiveRequest{}, SendBytes{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"}},
       FailureKind::malformed_response,
       1},
      {"cut within the headers",
       {ReceiveRequest{}, SendBytes{"HTTP/1.1 200 OK\r\nContent-Le"}},
       FailureKind::malformed_response,
       0},
      {"closed without an answer", {ReceiveRequest{}}, FailureKind::connection_lost, 0},
      {"reset without an answer", {ReceiveRequest{}, Reset{}}, FailureKind::connection_lost, 0},
      {"not HTTP",
       {ReceiveRequest{}, SendBytes{"SSH-2.0-OpenSSH\r\n"}},
       FailureKind::malformed_response,
       0},
  }));
  CAPTURE(row.what);
  LoopbackServer server({row.script});
  Client it;
  it.client.start(get(server.url() + "/"), it.listener);
  it.run();
  REQUIRE(it.listener.failure);
  CHECK(it.listener.failure->kind == row.kind);
  CHECK(it.listener.heads == row.heads);
  CHECK(it.listener.ends == 1);
  CHECK(it.client.active() == 0);
}

TEST_CASE("a server that is not there is not connected to") {
  const ClosedPort closed;
  Client it;
  it.client.start(get("http://127.0.0.1:" + std::to_string(closed.port()) + "/"), it.listener);
  it.run();
  REQUIRE(it.listener.failure);
  CHECK(it.listener.failure->kind == FailureKind::not_connected);
}

TEST_CASE("connecting has its own limit") {
  const support::DeafPort deaf;
  Client it;
  auto request = get("http://127.0.0.1:" + std::to_string(deaf.port()) + "/");
  request.connect_timeout = 50ms;
  it.client.start(std::move(request), it.listener);
  it.run();
  REQUIRE(it.listener.failure);
  CHECK(it.listener.failure->kind == FailureKind::not_connected);
}

TEST_CASE("a request that would read as two is not sent, and its handler is told later") {
  Client it;
  auto request = get("http://127.0.0.1:1/");
  request.request.headers = {{"X-A", "1\r\nX-B: 2"}};
  it.client.start(std::move(request), it.listener);
  CHECK(it.listener.ends == 0);
  it.run();
  REQUIRE(it.listener.failure);
  CHECK(it.listener.failure->kind == FailureKind::not_connected);
}

TEST_CASE("interim answers are not shown, and of two lengths none is believed") {
  LoopbackServer server(
      {{ReceiveRequest{}, SendBytes{"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: "
                                    "2\r\n\r\nok"}}});
  Client it;
  it.client.start(get(server.url() + "/"), it.listener);
  it.run();
  CHECK(it.listener.heads == 1);
  CHECK(it.listener.head.status == 200);
  CHECK_FALSE(it.listener.head.headers.contains("Link"));
  CHECK(it.listener.head.content_length == std::nullopt);
  CHECK(it.listener.body == "ok");
}

TEST_CASE("cancelling closes the connection and is the end, from outside and from the head on") {
  LoopbackServer server({{ReceiveRequest{}, SendBytes{streaming_head + first_chunk}, Stall{}},
                         {ReceiveRequest{}, SendBytes{http::ok_reply}}});
  const bool from_outside = GENERATE(true, false);
  Client it;
  Listener next{it.loop};
  http::StreamClient::StreamId id = 0;
  // The server takes the second connection only when the first one is closed.
  const auto start_next = [&] { it.client.start(get(server.url() + "/next"), next); };
  if (from_outside) {
    it.listener.at_piece = [&] {
      it.loop.call_soon([&] {
        it.client.cancel(id);
        it.client.cancel(id);
        start_next();
      });
      return StreamHandler::Flow::more;
    };
  } else {
    it.listener.head_flow = StreamHandler::Flow::cancel;
    it.loop.call_after(1ms, start_next);
  }
  id = it.client.start(get(server.url() + "/"), it.listener);
  it.run();
  CHECK(it.listener.ends == 0);
  CHECK(next.body == "ok");
}

TEST_CASE("a next exchange can be started from within the head of one that is given up") {
  LoopbackServer server({{ReceiveRequest{},
                          SendBytes{"HTTP/1.1 503 Busy\r\nContent-Length: "
                                    "9\r\n\r\n"},
                          Stall{}},
                         {ReceiveRequest{}, SendBytes{http::ok_reply}}});
  struct Retrying : Listener {
    using Listener::Listener;
    Flow on_head(const http::StreamHead& given) override {
      (void)Listener::on_head(given);
      if (given.status != 503) return Flow::more;
      client->start(get(url), *this);
      return Flow::cancel;
    }
    http::StreamClient* client = nullptr;
    std::string url;
  };
  Client it;
  Retrying retrying{it.loop};
  retrying.client = &it.client;
  retrying.url = server.url() + "/";
  it.client.start(get(retrying.url), retrying);
  it.run();
  CHECK(retrying.heads == 2);
  CHECK(retrying.body == "ok");
  CHECK(retrying.failure == std::nullopt);
}

TEST_CASE("over TLS, whom to trust is said like for the transport") {
  support::TlsServer server({});
  SECTION("a named authority") {
    Client it({.ca_file = server.certificate_file()});
    it.client.start(get(server.url()), it.listener);
    it.run();
    CHECK(it.listener.failure == std::nullopt);
    CHECK(it.listener.head.status == 200);
  }
  SECTION("nobody knows it") {
    Client it;
    it.client.start(get(server.url()), it.listener);
    it.run();
    REQUIRE(it.listener.failure);
    CHECK(it.listener.failure->kind == FailureKind::tls_not_trusted);
  }
}

TEST_CASE("a request's own proxy is used") {
  LoopbackServer proxy({{ReceiveRequest{}, SendBytes{http::ok_reply}}});
  Client it;
  auto request = get("http://upstream.test/v1");
  request.proxy = proxy.url();
  it.client.start(std::move(request), it.listener);
  it.run();
  CHECK(it.listener.body == "ok");
  REQUIRE(proxy.received().size() == 1);
  CHECK(proxy.received()[0].starts_with("GET http://upstream.test/v1 HTTP/1.1\r\n"));
}

TEST_CASE("what is under way when the client goes is ended without a word") {
  LoopbackServer server({{ReceiveRequest{}, SendBytes{streaming_head}, Stall{}}});
  platform::EventLoop loop;
  Listener listener{loop};
  {
    http::StreamClient client(loop, {});
    listener.at_end = [] {};
    client.start(get(server.url() + "/"), listener);
    loop.call_after(20ms, [&] { loop.stop(); });
    loop.run();
  }
  CHECK(listener.ends == 0);
}
