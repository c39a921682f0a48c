// Whatever becomes of a request, it leaves no file descriptor behind.
#include <catch2/catch.hpp>
#include <filesystem>

#include "http/curl_transport.h"
#include "support/loopback_server.h"
#include "unit/http/curl_checks.h"

using namespace start_claude;
using namespace start_claude::http;
using namespace start_claude::support;

namespace {

std::ptrdiff_t open_descriptors() {
  using Files = std::filesystem::directory_iterator;
  return std::distance(Files("/proc/self/fd"), Files());
}

}  // namespace

TEST_CASE("failed requests leave no file descriptor behind") {
  struct Row {
    std::string what;
    ServerScript script;
  };
  const auto row = GENERATE(values<Row>({
      {"reset", {ReceiveRequest{}, SendBytes{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n"}, Reset{}}},
      {"cut off", {ReceiveRequest{}, SendBytes{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"}}},
      {"not HTTP", {ReceiveRequest{}, SendBytes{"SSH-2.0-OpenSSH_9.2\r\n"}}},
      {"silent", {ReceiveRequest{}, Stall{}}},
  }));
  INFO(row.what);
  constexpr int requests = 8;
  const LoopbackServer server(std::vector<ServerScript>(requests + 1, row.script));
  Limits limits;
  limits.total_timeout = std::chrono::milliseconds(100);
  const auto transport = make_curl_transport({});
  (void)failure_of(transport->send(request_to(server.url()), limits));
  const auto before = open_descriptors();
  for (int i = 0; i < requests; ++i) {
    (void)failure_of(transport->send(request_to(server.url()), limits));
  }
  // The server's own end of one connection may come or go.
  CHECK(open_descriptors() <= before + 1);
}
