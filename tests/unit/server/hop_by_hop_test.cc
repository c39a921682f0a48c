#include "server/hop_by_hop.h"

#include <catch2/catch.hpp>

using namespace start_claude;

TEST_CASE("headers of the connection are not passed on, the others in their order") {
  const http::Headers headers{{"Host", "h"},
                              {"Connection", "close, X-Private"},
                              {"x-private", "1"},
                              {"Keep-Alive", "timeout=5"},
                              {"TE", "trailers"},
                              {"Trailer", "X-T"},
                              {"transfer-encoding", "chunked"},
                              {"Upgrade", "websocket"},
                              {"Proxy-Authorization", "Basic x"},
                              {"Proxy-Connection", "keep-alive"},
                              {"Content-Length", "5"},
                              {"connection", "x-other"},
                              {"X-Other", "2"},
                              {"anthropic-version", "2023-06-01"},
                              {"Accept", "a"},
                              {"Accept", "b"}};
  CHECK(server::end_to_end_headers(headers) ==
        http::Headers{
            {"Host", "h"}, {"anthropic-version", "2023-06-01"}, {"Accept", "a"}, {"Accept", "b"}});
}
