#include "server/http_server.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include <httplib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"

namespace start_claude::server {
namespace {

/// Counts the connections that no thread has taken up yet.
class Workers final : public httplib::TaskQueue {
 public:
  Workers(std::size_t threads, std::atomic<std::size_t>& waiting)
      : pool_(threads), waiting_(waiting) {}

  void enqueue(std::function<void()> serve_connection) override {
    ++waiting_;
    pool_.enqueue([this, serve = std::move(serve_connection)] {
      --waiting_;
      serve();
    });
  }
  void shutdown() override { pool_.shutdown(); }

 private:
  httplib::ThreadPool pool_;
  std::atomic<std::size_t>& waiting_;
};

}  // namespace

class HttpServer::Listener final : public httplib::Server {
 public:
  Listener(HttpService& service, const platform::Clock& clock, HttpServerLimits limits)
      : service_(service), clock_(clock), limits_(limits) {
    new_task_queue = [this] { return new Workers(limits_.connections_max, waiting_); };
    // The library's default is SO_REUSEPORT, by which two servers would share one port unnoticed.
    set_socket_options([](socket_t socket) {
      const int on = 1;
      (void)::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    });
  }

  Result<base::Done> bind(const ListenAddress& address) {
    port_ = address.port;
    const bool bound = address.port == 0 ? (port_ = bind_to_any_port(address.host)) > 0
                                         : bind_to_port(address.host, address.port);
    // The library's queue of 5 makes clients that come all at once wait a second and more.
    if (bound && ::listen(svr_sock_, SOMAXCONN) == 0) return base::Done{};
    const std::string place = base::printable(address.host) + ":" + std::to_string(address.port);
    return Error{ErrorKind::unreachable, "cannot listen on " + place,
                 "another program may be using the port: choose one with --port"};
  }

  int port() const { return port_; }

  Result<base::Done> serve() {
    {
      const std::scoped_lock guard(mutex_);
      if (stopping_) return base::Done{};
      serving_ = true;
    }
    const bool ended_well = listen_after_bind();
    serving_ = false;
    if (ended_well || stopping_) return base::Done{};
    return Error{ErrorKind::unexpected, "the server stopped listening", ""};
  }

  void stop_serving() {
    {
      const std::scoped_lock guard(mutex_);
      if (stopping_) return;
      stopping_ = true;
      // Wakes the threads that wait for a next request. What they answer still goes out.
      for (const int socket : sockets_) (void)::shutdown(socket, SHUT_RD);
    }
    // The library's stop() does nothing until its loop has begun.
    while (serving_ && !is_running()) std::this_thread::yield();
    stop();
  }

 private:
  bool process_and_close_socket(socket_t socket) override {
    if (take(socket)) {
      HttpConnection connection(socket, service_, clock_, limits_.connection,
                                [this] { return !stopping_ && waiting_ == 0; });
      connection.serve();
      give_back(socket);
    }
    (void)::close(socket);
    return true;
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
  int port_ = 0;
  std::atomic<std::size_t> waiting_ = 0;
  std::atomic<bool> serving_ = false;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::set<int> sockets_;
};

HttpServer::HttpServer(HttpService& service, const platform::Clock& clock, HttpServerLimits limits)
    : listener_(std::make_unique<Listener>(service, clock, limits)) {}

HttpServer::~HttpServer() = default;

Result<base::Done> HttpServer::bind(const ListenAddress& address) {
  return listener_->bind(address);
}

std::uint16_t HttpServer::bound_port() const {
  return static_cast<std::uint16_t>(listener_->port());
}

Result<base::Done> HttpServer::serve() { return listener_->serve(); }

void HttpServer::stop() { listener_->stop_serving(); }

}  // namespace start_claude::server
