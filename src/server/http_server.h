// An HttpService on a socket: listens, takes connections, stops.
//
// Requests are read by HttpConnection byte for byte: what is signed, or named by an ETag, survives
// no library that decodes header values, answers Range and compresses bodies on its own. bind(),
// then serve() in the thread of your choice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "platform/clock.h"
#include "server/http_connection.h"
#include "server/http_service.h"

namespace start_claude::server {

struct ListenAddress {
  std::string host = "127.0.0.1";  ///< a name or an address; "0.0.0.0" for all of IPv4
  std::uint16_t port = 9010;       ///< 0: any free one
};

struct HttpServerLimits {
  /// Connections served at the same time; others wait.
  std::size_t connections_max = 64;
  ConnectionLimits connection = {};
};

class HttpServer {
 public:
  /// Both must live longer; the clock must be thread-safe.
  HttpServer(HttpService& service, const platform::Clock& clock, HttpServerLimits limits = {});
  /// Precondition: serve() is not running.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// The error is of kind `unreachable` and names the address. Connections queue from here on.
  Result<base::Done> bind(const ListenAddress& address);
  /// The port in use. Precondition: bind() succeeded.
  std::uint16_t bound_port() const;

  /// Serves until stop(), or until listening fails (an error of kind `unexpected`). Once.
  Result<base::Done> serve();
  /// From any thread, at any time, more than once. Requests that are being answered are finished;
  /// serve() then returns.
  void stop();

 private:
  class Listener;
  std::unique_ptr<Listener> listener_;
};

}  // namespace start_claude::server
