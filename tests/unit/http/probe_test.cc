// What s3-doctor learns about a connection, against real servers on this machine.
#include <catch2/catch.hpp>

#include "http/curl_transport.h"
#include "support/loopback_server.h"
#include "support/tls_server.h"
#include "unit/http/curl_checks.h"

using namespace start_claude;
using namespace start_claude::http;
using namespace start_claude::support;

namespace {

ConnectionFacts probe(const std::string& url, const CurlOptions& options = {},
                      const Limits& limits = {}) {
  return probe_connection(options, *parse_uri(url), limits);
}

}  // namespace

TEST_CASE("a plain connection has an address and no certificate, and sends nothing") {
  const LoopbackServer server({{ReceiveRequest{}}});
  const auto facts = probe(server.url());
  CHECK_FALSE(facts.failure);
  CHECK(facts.lookup);
  CHECK(facts.is_accepted);
  CHECK(facts.address == "127.0.0.1");
  CHECK_FALSE(facts.tls);
  CHECK(facts.proxy.empty());
  CHECK(server.received().empty());
}

TEST_CASE("where a connection fails is told apart") {
  Limits limits;
  limits.connect_timeout = std::chrono::seconds(5);
  SECTION("no such name") {
    const auto facts = probe("http://store.invalid", {}, limits);
    REQUIRE(facts.failure);
    CHECK(facts.failure->kind == FailureKind::name_not_resolved);
    CHECK_FALSE(facts.lookup);
    CHECK_FALSE(facts.is_accepted);
  }
  SECTION("nobody listens") {
    const ClosedPort closed;
    const auto facts = probe("http://127.0.0.1:" + std::to_string(closed.port()), {}, limits);
    REQUIRE(facts.failure);
    CHECK(facts.failure->kind == FailureKind::not_connected);
    CHECK(facts.lookup);
    CHECK_FALSE(facts.is_accepted);
  }
  SECTION("no TLS there") {
    const LoopbackServer server({{SendBytes{"HTTP/1.1 400 Bad Request\r\n\r\n"}, Stall{}}});
    const auto facts = probe("https://127.0.0.1:" + std::to_string(server.port()), {}, limits);
    REQUIRE(facts.failure);
    CHECK(facts.failure->kind == FailureKind::tls_failed);
    CHECK(facts.is_accepted);
    CHECK_FALSE(facts.tls);
  }
  SECTION("a server that accepts and says nothing") {
    const LoopbackServer server({{Stall{}}});
    limits.connect_timeout = std::chrono::milliseconds(100);
    const auto facts = probe("https://127.0.0.1:" + std::to_string(server.port()), {}, limits);
    REQUIRE(facts.failure);
    CHECK(facts.failure->kind == FailureKind::not_connected);
    CHECK_THAT(facts.failure->reason, Catch::StartsWith("no TLS connection to "));
    CHECK(facts.is_accepted);
  }
}

TEST_CASE("a certificate is described, trusted or not") {
  const TlsServer server(TlsServer::Options{.arguments = {"-tls1_2"}});
  const bool is_trusted = GENERATE(true, false);
  CAPTURE(is_trusted);
  CurlOptions options;
  if (is_trusted) options.ca_file = server.certificate_file();
  const auto facts = probe(server.url(), options);
  CHECK(facts.failure.has_value() != is_trusted);
  CHECK(facts.is_authority_unknown != is_trusted);
  if (facts.failure) CHECK(facts.failure->kind == FailureKind::tls_not_trusted);
  CHECK(facts.is_accepted);
  REQUIRE(facts.tls);
  CHECK(facts.tls->version == "TLSv1.2");
  CHECK(facts.tls->subject == "test");
  CHECK(facts.tls->issuer == "test");
  REQUIRE(facts.tls->expires);
  // Made for one day, just now; the test has no clock but the one in the file.
  CHECK(facts.tls->expires->time_since_epoch() > std::chrono::hours(24 * 365 * 50));
}

TEST_CASE("another root certificate does not mend a certificate for another host") {
  const TlsServer server(TlsServer::Options{.certified_name = "DNS:store.test"});
  CurlOptions options;
  options.ca_file = server.certificate_file();
  const auto facts = probe(server.url(), options);
  REQUIRE(facts.failure);
  CHECK(facts.failure->kind == FailureKind::tls_not_trusted);
  CHECK_FALSE(facts.is_authority_unknown);
}

TEST_CASE("behind a proxy, the proxy is what is connected to") {
  const LoopbackServer proxy({{ReceiveRequest{}, SendBytes{"HTTP/1.1 403 Forbidden\r\n"
                                                           "Content-Length: 0\r\n\r\n"}}});
  CurlOptions options;
  options.https_proxy = "http://user:password@127.0.0.1:" + std::to_string(proxy.port());
  const auto facts = probe("https://store.test", options);
  CHECK(facts.proxy == "127.0.0.1:" + std::to_string(proxy.port()));
  CHECK(facts.address == "127.0.0.1");
  REQUIRE(facts.failure);
  CHECK(facts.failure->kind == FailureKind::proxy_failed);
}
