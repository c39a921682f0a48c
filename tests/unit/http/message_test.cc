#include "http/message.h"

#include <catch2/catch.hpp>

#include "http/transport.h"

using namespace start_claude::http;

TEST_CASE("headers are found by name without case, the first one first") {
  const Headers headers{{"ETag", "\"a\""}, {"x-a", "1"}, {"X-A", "2"}, {"empty", ""}};
  CHECK(headers.find("etag") == "\"a\"");
  CHECK(headers.find("X-a") == "1");
  CHECK(headers.find("empty") == "");
  CHECK(headers.find("x") == std::nullopt);
  CHECK(headers.contains("EMPTY"));
  CHECK_FALSE(headers.contains("etag "));
}

TEST_CASE("setting a header leaves exactly one of its name, in its place") {
  Headers headers{{"a", "1"}, {"b", "2"}, {"A", "3"}, {"c", "4"}};
  headers.set("A", "5");
  CHECK(headers == Headers{{"A", "5"}, {"b", "2"}, {"c", "4"}});
  headers.set("d", "6");
  CHECK(headers == Headers{{"A", "5"}, {"b", "2"}, {"c", "4"}, {"d", "6"}});
}

TEST_CASE("removing a header removes every one of its name") {
  Headers headers{{"a", "1"}, {"b", "2"}, {"A", "3"}};
  headers.remove("a");
  headers.remove("not there");
  CHECK(headers == Headers{{"b", "2"}});
}

TEST_CASE("a PUT must be settled by reading exactly if the server may have seen it") {
  struct Row {
    FailureKind kind;
    bool may_have_had_effect;
  };
  const auto row = GENERATE(values<Row>({
      {FailureKind::name_not_resolved, false},
      {FailureKind::not_connected, false},
      {FailureKind::tls_not_trusted, false},
      {FailureKind::tls_failed, false},
      {FailureKind::proxy_failed, false},
      {FailureKind::timed_out, true},
      {FailureKind::connection_lost, true},
      {FailureKind::malformed_response, true},
      {FailureKind::too_large, true},
  }));
  CHECK(may_have_had_effect(row.kind) == row.may_have_had_effect);
}
