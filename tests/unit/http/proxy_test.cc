#include "http/proxy.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <optional>

#include "http/curl_transport.h"
#include "support/loopback_server.h"
#include "support/temporary_folder.h"
#include "support/tls_server.h"

using namespace start_claude;
using namespace start_claude::http;
using namespace start_claude::support;

namespace {

/// A variable of this process that is as it was at the end of the test.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() {
    if (before_) {
      ::setenv(name_, before_->c_str(), 1);
    } else {
      ::unsetenv(name_);
    }
  }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

}  // namespace

TEST_CASE("NO_PROXY names hosts, their subdomains, addresses and ranges") {
  struct Row {
    std::string url, no_proxy;
    bool bypasses;
  };
  const auto row = GENERATE(values<Row>({
      {"https://minio.lan", "", false},
      {"https://minio.lan", "*", true},
      {"https://minio.lan", "minio.lan", true},
      {"https://minio.lan", "MINIO.Lan", true},
      {"https://minio.lan", "a.example, minio.lan", true},
      {"https://minio.lan", "a.example minio.lan", true},
      {"https://minio.lan", ",,", false},
      {"https://s3.minio.lan", "minio.lan", true},
      {"https://s3.minio.lan", ".minio.lan", true},
      {"https://s3.minio.lan", "*.minio.lan", true},
      {"https://minio.lan", ".minio.lan", true},
      {"https://notminio.lan", "minio.lan", false},
      {"https://minio.lan.example", "minio.lan", false},
      {"https://minio.lan:9000", "minio.lan:9000", true},
      {"https://minio.lan:9001", "minio.lan:9000", false},
      {"https://minio.lan", "minio.lan:443", true},
      {"http://10.1.2.3", "10.1.2.3", true},
      {"http://10.1.2.3:9000", "10.1.2.3:9000", true},
      {"http://10.1.2.3", "10.1.2.30", false},
      {"http://10.1.2.3", "2.3", false},
      {"http://10.1.2.3", "10.0.0.0/8", true},
      {"http://11.1.2.3", "10.0.0.0/8", false},
      {"http://10.1.2.3", "10.1.2.0/31", false},
      {"http://10.1.2.3", "10.1.2.2/31", true},
      {"http://10.1.2.3", "0.0.0.0/0", true},
      {"http://10.1.2.3", "10.0.0.0/33", false},
      {"http://10.1.2.3", "10.0.0.0/", false},
      {"http://[fd00::1]", "fd00::/8", true},
      {"http://[fd00::1]", "10.0.0.0/8", false},
      {"http://[fd00::1]", "fd00::1", true},
      {"http://[fd00::1]", "[fd00:0::1]", true},
      {"http://[fd00::1]:9000", "[fd00::1]:9000", true},
      {"http://localhost:9000", "", true},
      {"http://127.0.0.1:9000", "", true},
      {"http://169.254.169.254", "", true},
  }));
  INFO(row.url << " with NO_PROXY=" << row.no_proxy);
  CHECK(bypasses_proxy(*parse_uri(row.url), row.no_proxy) == row.bypasses);
}

TEST_CASE("a proxy is named without its password") {
  CHECK(proxy_name("http://proxy.lan:3128/") == "proxy.lan:3128");
  CHECK(proxy_name("proxy.lan:3128") == "proxy.lan:3128");
  CHECK(proxy_name("http://user:hunter2@proxy.lan:3128") == "proxy.lan:3128");
  CHECK(proxy_name("http://user:p@ss/w@proxy.lan") == "proxy.lan");
}

TEST_CASE("http goes to the proxy as it is, https through a tunnel") {
  const LoopbackServer proxy({{ReceiveRequest{}, SendBytes{"HTTP/1.1 403 Forbidden\r\n"
                                                           "Content-Length: 0\r\n\r\n"}}});
  CurlOptions options;
  options.http_proxy = options.https_proxy = proxy.url();
  const auto transport = make_curl_transport(options);
  SECTION("http") {
    const Request request{"GET", *parse_uri("http://store.test:9000/b//%2F/../k?q"), {}, ""};
    CHECK(std::get<Response>(transport->send(request, Limits{})).status == 403);
    CHECK(proxy.received() ==
          std::vector<std::string>{"GET http://store.test:9000/b//%2F/../k?q HTTP/1.1\r\n"
                                   "Host: store.test:9000\r\n\r\n"});
  }
  SECTION("https, and the proxy learns neither path nor headers") {
    const Request request{"GET", *parse_uri("https://store.test/secret"), {{"x-secret", "1"}}, ""};
    const auto failure = std::get<Failure>(transport->send(request, Limits{}));
    CHECK(failure.kind == FailureKind::proxy_failed);
    CHECK(failure.reason == "the proxy 127.0.0.1:" + std::to_string(proxy.port()) +
                                " refused to connect to store.test port 443 (status 403)");
    REQUIRE(proxy.received().size() == 1);
    CHECK_THAT(proxy.received()[0], Catch::StartsWith("CONNECT store.test:443 HTTP/1.1\r\n") &&
                                        !Catch::Contains("secret"));
  }
}

TEST_CASE("a proxy that wants another password says so, and is not taken for the store") {
  const LoopbackServer proxy(
      {{ReceiveRequest{}, SendBytes{"HTTP/1.1 407 Proxy Authentication "
                                    "Required\r\nContent-Length: 0\r\n\r\n"}}});
  CurlOptions options;
  options.http_proxy = options.https_proxy = "http://user:hunter2@" + proxy.url().substr(7);
  const std::string url = GENERATE("http://store.test/", "https://store.test/");
  const Request request{"GET", *parse_uri(url), {}, ""};
  const auto failure = std::get<Failure>(make_curl_transport(options)->send(request, Limits{}));
  CHECK(failure.kind == FailureKind::proxy_denied);
  CHECK_THAT(failure.reason, Catch::Contains("(status 407)") && !Catch::Contains("hunter2"));
  REQUIRE(proxy.received().size() == 1);
  // base64 of user:hunter2
  CHECK_THAT(proxy.received()[0],
             Catch::Contains("Proxy-Authorization: Basic dXNlcjpodW50ZXIy\r\n"));
}

TEST_CASE("a proxy that is not there is what failed, not the store") {
  const ClosedPort port;
  CurlOptions options;
  options.http_proxy = "http://user:hunter2@127.0.0.1:" + std::to_string(port.port());
  const Request request{"GET", *parse_uri("http://store.test/"), {}, ""};
  const auto failure = std::get<Failure>(make_curl_transport(options)->send(request, Limits{}));
  CHECK(failure.kind == FailureKind::proxy_failed);
  CHECK(failure.reason == "could not connect through the proxy 127.0.0.1:" +
                              std::to_string(port.port()) + ": Connection refused");
}

TEST_CASE("the proxy of the other scheme and a bypassed one are not used") {
  const LoopbackServer server({{ReceiveRequest{}, SendBytes{"HTTP/1.1 204 No Content\r\n\r\n"}}});
  const ClosedPort closed;
  CurlOptions options;
  options.https_proxy = options.http_proxy = "http://127.0.0.1:" + std::to_string(closed.port());
  const Request request{"GET", *parse_uri(server.url()), {}, ""};
  CHECK(std::get<Response>(make_curl_transport(options)->send(request, Limits{})).status == 204);
}

TEST_CASE("what libcurl would look for by itself is not looked for") {
  const LoopbackServer server({{ReceiveRequest{}, SendBytes{"HTTP/1.1 204 No Content\r\n\r\n"}}});
  const ClosedPort closed;
  Request request{"GET", *parse_uri(server.url()), {}, ""};
  CurlOptions options;
  SECTION("a proxy in the environment") {
    const Variable lower("http_proxy", "http://127.0.0.1:" + std::to_string(closed.port()));
    const Variable all("ALL_PROXY", "http://127.0.0.1:" + std::to_string(closed.port()));
    CHECK(std::get<Response>(make_curl_transport(options)->send(request, Limits{})).status == 204);
  }
  SECTION("hosts that no proxy is for") {
    const Variable lower("no_proxy", "store.test");
    options.http_proxy = server.url();
    request.uri = *parse_uri("http://store.test/");
    CHECK(std::get<Response>(make_curl_transport(options)->send(request, Limits{})).status == 204);
  }
  SECTION("passwords in ~/.netrc") {
    const TemporaryFolder home;
    std::ofstream(home / ".netrc") << "default login kim password hunter2\n";
    const Variable variable("HOME", home.path());
    CHECK(std::get<Response>(make_curl_transport(options)->send(request, Limits{})).status == 204);
    REQUIRE(server.received().size() == 1);
    CHECK_THAT(server.received()[0], !Catch::Contains("uthorization"));
  }
}

TEST_CASE("an https proxy has to be trusted like a store") {
  // What a proxy is asked for over http, s_server answers by itself.
  const Request request{"GET", *parse_uri("http://store.test/"), {}, ""};
  CurlOptions options;
  const auto reply_through = [&](const TlsServer& proxy) {
    options.http_proxy = proxy.url();
    return make_curl_transport(options)->send(request, Limits{});
  };
  SECTION("by the file of its authority") {
    const TlsServer proxy(TlsServer::Options{});
    CHECK(std::get<Failure>(reply_through(proxy)).kind == FailureKind::tls_not_trusted);
    options.ca_file = "/nowhere/ca.pem";
    CHECK(std::get<Failure>(reply_through(proxy)).reason ==
          "cannot read the root certificates in /nowhere/ca.pem");
    options.ca_file = proxy.certificate_file();
    CHECK(std::get<Response>(reply_through(proxy)).status == 200);
  }
  SECTION("and speak TLS 1.2") {
    const TlsServer proxy(
        TlsServer::Options{"IP:127.0.0.1", {"-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"}});
    options.ca_file = proxy.certificate_file();
    CHECK(std::get<Failure>(reply_through(proxy)).kind == FailureKind::tls_too_old);
  }
}
