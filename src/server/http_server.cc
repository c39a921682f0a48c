#include "server/http_server.h"

#include <atomic>
#include <csignal>
#include <mutex>
#include <set>
#include <utility>

#include <sys/socket.h>

#include "base/text.h"
#include "server/listening_socket.h"
#include "server/worker_threads.h"

namespace start_claude::server {

class HttpServer::Listener {
 public:
  Listener(HttpService& service, const platform::Clock& clock, HttpServerLimits limits)
      : service_(service), clock_(clock), limits_(limits), workers_(limits.connections_max) {
    // Whoever hangs up while being answered must not end the server.
    (void)std::signal(SIGPIPE, SIG_IGN);
  }

  Result<base::Done> bind(const ListenAddress& address) {
    if (socket_.bind(address)) return base::Done{};
    const std::string place = base::printable(address.host) + ":" + std::to_string(address.port);
    return Error{ErrorKind::unreachable, "cannot listen on " + place,
                 "another program may be using the port: choose one with --port"};
  }

  std::uint16_t port() const { return socket_.port(); }

  Result<base::Done> serve() {
    while (!stopping_) {
      platform::Descriptor connection = socket_.accept();
      if (!connection) break;
      const auto shared = std::make_shared<platform::Descriptor>(std::move(connection));
      // One that nobody can serve is closed.
      (void)workers_.add([this, shared] { serve_connection(shared->number()); });
    }
    workers_.finish();
    if (stopping_) return base::Done{};
    return Error{ErrorKind::unexpected, "the server stopped listening", ""};
  }

  void stop() {
    {
      const std::scoped_lock guard(mutex_);
      if (stopping_) return;
      stopping_ = true;
      // Wakes the threads that wait for a next request. What they answer still goes out.
      for (const int socket : sockets_) (void)::shutdown(socket, SHUT_RD);
    }
    socket_.wake();
  }

 private:
  void serve_connection(int socket) {
    if (!take(socket)) return;
    HttpConnection connection(socket, service_, clock_, limits_.connection,
                              [this] { return !stopping_ && !workers_.has_waiting(); });
    connection.serve();
    give_back(socket);
  }

  bool take(int socket) {
    const std::scoped_lock guard(mutex_);
    if (stopping_) return false;
    sockets_.insert(socket);
    return true;
  }

  void give_back(int socket) {
    const std::scoped_lock guard(mutex_);
    sockets_.erase(socket);
  }

  HttpService& service_;
  const platform::Clock& clock_;
  const HttpServerLimits limits_;
  ListeningSocket socket_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::set<int> sockets_;
  WorkerThreads workers_;
};

HttpServer::HttpServer(HttpService& service, const platform::Clock& clock, HttpServerLimits limits)
    : listener_(std::make_unique<Listener>(service, clock, limits)) {}

HttpServer::~HttpServer() = default;

Result<base::Done> HttpServer::bind(const ListenAddress& address) {
  return listener_->bind(address);
}

std::uint16_t HttpServer::bound_port() const { return listener_->port(); }

Result<base::Done> HttpServer::serve() { return listener_->serve(); }

void HttpServer::stop() { listener_->stop(); }

}  // namespace start_claude::server
