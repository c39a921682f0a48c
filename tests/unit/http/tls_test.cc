// Trust, against a real TLS server with a certificate of its own making.
#include <catch2/catch.hpp>

#include "http/curl_transport.h"
#include "http/system_roots.h"
#include "support/loopback_server.h"
#include "support/tls_server.h"

using namespace start_claude;
using namespace start_claude::http;
using namespace start_claude::support;

namespace {

Reply reply_from(const std::string& url, const CurlOptions& options) {
  return make_curl_transport(options)->send(Request{"GET", *parse_uri(url), {}, ""}, Limits{});
}

CurlOptions trusting(const std::string& ca_file) {
  CurlOptions options;
  options.ca_file = ca_file;
  return options;
}

}  // namespace

TEST_CASE("a certificate is trusted if the given file vouches for it, and only then") {
  const TlsServer server(TlsServer::Options{});
  CHECK(std::get<Response>(reply_from(server.url(), trusting(server.certificate_file()))).status ==
        200);

  const auto failure = std::get<Failure>(reply_from(server.url(), {}));
  CHECK(failure.kind == FailureKind::tls_not_trusted);
  CHECK(failure.reason == "the TLS certificate of 127.0.0.1 is self-signed");
}

TEST_CASE("a trusted certificate for another host is not trusted") {
  const TlsServer server(TlsServer::Options{"DNS:store.test"});
  const auto failure =
      std::get<Failure>(reply_from(server.url(), trusting(server.certificate_file())));
  CHECK(failure.kind == FailureKind::tls_not_trusted);
  CHECK(failure.reason == "the TLS certificate of 127.0.0.1 is for another host name");
}

TEST_CASE("TLS 1.1 is not spoken, TLS 1.2 is") {
  struct Row {
    std::string version;
    bool is_spoken;
  };
  const auto row = GENERATE(values<Row>({{"-tls1_1", false}, {"-tls1_2", true}}));
  INFO(row.version);
  const TlsServer server(
      TlsServer::Options{"IP:127.0.0.1", {row.version, "-cipher", "DEFAULT@SECLEVEL=0"}});
  const auto reply = reply_from(server.url(), trusting(server.certificate_file()));
  CHECK(std::holds_alternative<Response>(reply) == row.is_spoken);
  if (const auto* failure = std::get_if<Failure>(&reply)) {
    CHECK(failure->kind == FailureKind::tls_too_old);
    CHECK_THAT(failure->reason, Catch::EndsWith(" speaks no TLS of version 1.2 or later"));
  }
}

TEST_CASE("a server that does not speak TLS is told apart from one that is not trusted") {
  const LoopbackServer server({{SendBytes{"HTTP/1.1 400 Bad Request\r\n\r\n"}, Stall{}}});
  const auto port = std::to_string(server.port());
  const auto failure = std::get<Failure>(reply_from("https://127.0.0.1:" + port, {}));
  CHECK(failure.kind == FailureKind::tls_failed);
  CHECK(failure.reason ==
        "no TLS connection to 127.0.0.1 port " + port + " came about (wrong version number)");
}

TEST_CASE("a missing file of root certificates is named") {
  const LoopbackServer server({{Stall{}}});
  const auto url = "https://127.0.0.1:" + std::to_string(server.port());
  const auto failure = std::get<Failure>(reply_from(url, trusting("/nowhere/ca.pem")));
  CHECK(failure.kind == FailureKind::tls_failed);
  CHECK(failure.reason == "cannot read the root certificates in /nowhere/ca.pem");
}

TEST_CASE("a handshake that never ends is a failure to connect: nothing was sent") {
  const LoopbackServer server({{Stall{}}});
  Limits limits;
  limits.connect_timeout = std::chrono::milliseconds(100);
  const auto port = std::to_string(server.port());
  const auto url = "https://127.0.0.1:" + port;
  const auto reply =
      make_curl_transport({})->send(Request{"PUT", *parse_uri(url), {}, "body"}, limits);
  CHECK(std::get<Failure>(reply).kind == FailureKind::not_connected);
  CHECK(std::get<Failure>(reply).reason ==
        "no TLS connection to 127.0.0.1 port " + port + " came about within 100 ms");
}
