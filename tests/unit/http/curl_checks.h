// What the tests of the transport over libcurl have in common.
#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "http/transport.h"

namespace start_claude::http {

inline const std::string ok_reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

inline Request request_to(const std::string& url, const std::string& method = "GET") {
  return Request{method, *parse_uri(url), {}, ""};
}

inline Response response_of(const Reply& reply) {
  if (const auto* failure = std::get_if<Failure>(&reply)) FAIL(failure->reason);
  return std::get<Response>(reply);
}

inline Failure failure_of(const Reply& reply) {
  REQUIRE(std::holds_alternative<Failure>(reply));
  return std::get<Failure>(reply);
}

/// The server's name in reasons, with the port that differs from run to run.
inline std::string without_port(const std::string& reason) {
  const auto start = reason.find(" port ");
  if (start == std::string::npos) return reason;
  const auto end = reason.find_first_not_of("0123456789", start + 6);
  return reason.substr(0, start + 6) + "N" + (end == std::string::npos ? "" : reason.substr(end));
}

}  // namespace start_claude::http
