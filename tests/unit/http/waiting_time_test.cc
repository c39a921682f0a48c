// When the real transport calls Request::while_awaited.
#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <stdexcept>

#include "http/curl_transport.h"
#include "support/loopback_server.h"
#include "support/tls_server.h"
#include "unit/http/curl_checks.h"

using namespace start_claude;
using namespace start_claude::http;
using namespace start_claude::support;

namespace {

/// Something that one thread says once, and another one waits for.
class Signal {
 public:
  void give() { promise_.set_value(); }
  /// False after a time that only a test that fails takes.
  bool wait() { return future_.wait_for(std::chrono::seconds(5)) == std::future_status::ready; }

 private:
  std::promise<void> promise_;
  std::shared_future<void> future_ = promise_.get_future().share();
};

std::string body_of(std::size_t bytes) { return std::string(bytes, 'x'); }

Request put_of(const std::string& url, std::string body, std::function<void()> while_awaited) {
  Request request = request_to(url, "PUT");
  request.body = std::move(body);
  request.while_awaited = std::move(while_awaited);
  return request;
}

}  // namespace

TEST_CASE("waiting time begins when the server can have the whole request, before its answer") {
  // Sent with the headers, in pieces of its own, and in more than a socket's buffer takes.
  const auto bytes =
      GENERATE(std::size_t{2}, std::size_t{200} * 1024, std::size_t{24} * 1024 * 1024);
  Signal received;
  Signal called;
  std::atomic<bool> answered_late = false;
  const LoopbackServer server({{ReceiveRequest{}, Call{[&] {
                                  received.give();
                                  answered_late = called.wait();
                                }},
                                SendBytes{ok_reply}}});
  int calls = 0;
  bool had_arrived = false;
  const auto request = put_of(server.url(), body_of(bytes), [&] {
    ++calls;
    had_arrived = received.wait();
    called.give();
  });
  CHECK(response_of(make_curl_transport({})->send(request, Limits{})).status == 200);
  CHECK(calls == 1);
  CHECK(had_arrived);
  CHECK(answered_late);
}

TEST_CASE("each request over a kept connection has waiting time of its own") {
  const LoopbackServer server(
      {{ReceiveRequest{}, SendBytes{ok_reply}, ReceiveRequest{}, SendBytes{ok_reply}}});
  const auto transport = make_curl_transport({});
  int calls = 0;
  const auto request = put_of(server.url(), "body", [&] { ++calls; });
  for (int i = 1; i <= 2; ++i) {
    CHECK(response_of(transport->send(request, Limits{})).status == 200);
    CHECK(calls == i);
  }
}

TEST_CASE("waiting time over TLS") {
  const TlsServer server(TlsServer::Options{});
  CurlOptions options;
  options.ca_file = server.certificate_file();
  int calls = 0;
  // The server answers nothing but GET.
  Request request = put_of(server.url(), "body", [&] { ++calls; });
  request.method = "GET";
  CHECK(response_of(make_curl_transport(options)->send(request, Limits{})).status == 200);
  CHECK(calls == 1);
}

TEST_CASE("no waiting time is had where the request never went out wholly") {
  int calls = 0;
  const auto count = [&] { ++calls; };
  SECTION("nobody is there") {
    const ClosedPort port;
    const std::string url = "http://127.0.0.1:" + std::to_string(port.port());
    (void)failure_of(make_curl_transport({})->send(put_of(url, "body", count), Limits{}));
  }
  SECTION("the answer came first") {
    Signal answered;
    const LoopbackServer server({{SendBytes{"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n"},
                                  Call{[&] { (void)answered.wait(); }}}});
    const auto request = put_of(server.url(), body_of(std::size_t{64} * 1024 * 1024), count);
    CHECK(response_of(make_curl_transport({})->send(request, Limits{})).status == 503);
    answered.give();
  }
  SECTION("there is no body") {
    const LoopbackServer server({{ReceiveRequest{}, SendBytes{ok_reply}}});
    CHECK(response_of(make_curl_transport({})->send(put_of(server.url(), "", count), Limits{}))
              .status == 200);
  }
  CHECK(calls == 0);
}

TEST_CASE("waiting time may be had though no answer comes") {
  int calls = 0;
  const LoopbackServer server({{ReceiveRequest{}, Reset{}}});
  const auto failure = failure_of(
      make_curl_transport({})->send(put_of(server.url(), "body", [&] { ++calls; }), Limits{}));
  CHECK(failure.kind == FailureKind::connection_lost);
  CHECK(calls == 1);
}

TEST_CASE("what is done in the waiting time does not count for the time limit") {
  Limits limits;
  limits.total_timeout = std::chrono::milliseconds(400);
  const auto take_longer = [&] {
    std::promise<void> never;
    (void)never.get_future().wait_for(limits.total_timeout + std::chrono::milliseconds(50));
  };
  SECTION("the answer that came meanwhile is taken") {
    // Sent with the headers, and in pieces of its own.
    const auto bytes = GENERATE(std::size_t{2}, std::size_t{200} * 1024);
    const LoopbackServer server({{ReceiveRequest{}, SendBytes{ok_reply}}});
    const auto request = put_of(server.url(), body_of(bytes), take_longer);
    CHECK(response_of(make_curl_transport({})->send(request, limits)).status == 200);
  }
  SECTION("and where none comes, the limit holds") {
    const LoopbackServer server({{ReceiveRequest{}, Stall{}}});
    const auto request = put_of(server.url(), "body", take_longer);
    const auto failure = failure_of(make_curl_transport({})->send(request, limits));
    CHECK(failure.kind == FailureKind::timed_out);
    CHECK(without_port(failure.reason) == "no whole answer from 127.0.0.1 port N within 400 ms");
  }
}

TEST_CASE("what is thrown in the waiting time comes out of the transport") {
  const LoopbackServer server(
      {{ReceiveRequest{}, SendBytes{ok_reply}}, {ReceiveRequest{}, SendBytes{ok_reply}}});
  const auto transport = make_curl_transport({});
  const auto request =
      put_of(server.url(), "body", [] { throw std::runtime_error("the disk is gone"); });
  CHECK_THROWS_WITH(transport->send(request, Limits{}), "the disk is gone");
  CHECK(response_of(transport->send(put_of(server.url(), "body", {}), Limits{})).status == 200);
}

TEST_CASE("an observer of progress and waiting time share a transfer") {
  struct Observer final : ProgressObserver {
    void moved(const Progress& so_far) override { sent = so_far.sent; }
    void ended() override { has_ended = true; }
    std::uint64_t sent = 0;
    bool has_ended = false;
  };
  const auto observer = std::make_shared<Observer>();
  CurlOptions options;
  options.progress = observer;
  const LoopbackServer server({{ReceiveRequest{}, SendBytes{ok_reply}}});
  std::uint64_t sent_at_call = 0;
  const auto request = put_of(server.url(), "body", [&] { sent_at_call = observer->sent; });
  CHECK(response_of(make_curl_transport(options)->send(request, Limits{})).status == 200);
  CHECK(sent_at_call == 4);
  CHECK(observer->has_ended);
}
