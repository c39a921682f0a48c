#include "support/loopback_server.h"

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"

namespace start_claude::support {
namespace {

/// Only a test that fails waits this long.
constexpr int patience_ms = 5000;

int checked(int result) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), "loopback server");
  return result;
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

// The one cast that the sockets interface asks for.
sockaddr* generic(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

Descriptor bound_socket() {
  Descriptor socket(checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)));
  auto address = loopback(0);
  checked(bind(socket.number(), generic(address), sizeof address));
  return socket;
}

Descriptor listening_socket(int backlog) {
  auto socket = bound_socket();
  checked(listen(socket.number(), backlog));
  return socket;
}

std::uint16_t port_of(const Descriptor& socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  checked(getsockname(socket.number(), generic(address), &size));
  return ntohs(address.sin_port);
}

/// How many bytes belong to a request that starts with these headers; 0 while they are incomplete.
std::size_t request_size(const std::string& bytes) {
  const auto headers_end = bytes.find("\r\n\r\n");
  if (headers_end == std::string::npos) return 0;
  std::size_t body_bytes = 0;
  for (const auto line : base::split(std::string_view(bytes).substr(0, headers_end), '\n')) {
    const auto colon = line.find(':');
    if (base::equal_ignoring_case(line.substr(0, colon), "Content-Length")) {
      body_bytes = base::parse_unsigned(base::trim(line.substr(colon + 1))).value_or(0);
    }
  }
  return headers_end + 4 + body_bytes;
}

bool send_all(int connection, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}

LoopbackServer::LoopbackServer(std::vector<ServerScript> connections)
    : listener_(listening_socket(SOMAXCONN)),
      stop_(checked(eventfd(0, EFD_CLOEXEC))),
      port_(port_of(listener_)),
      thread_([this, script = std::move(connections)] { run(script); }) {}

LoopbackServer::~LoopbackServer() {
  eventfd_write(stop_.number(), 1);
  thread_.join();
}

std::string LoopbackServer::url() const { return "http://127.0.0.1:" + std::to_string(port_); }

std::vector<std::string> LoopbackServer::received() const {
  const std::scoped_lock lock(mutex_);
  return received_;
}

bool LoopbackServer::wait_readable(int descriptor) const {
  std::array<pollfd, 2> watched{{{descriptor, POLLIN, 0}, {stop_.number(), POLLIN, 0}}};
  return poll(watched.data(), watched.size(), patience_ms) > 0 && watched[1].revents == 0;
}

void LoopbackServer::run(const std::vector<ServerScript>& connections) {
  for (const auto& script : connections) {
    if (!wait_readable(listener_.number())) return;
    const Descriptor connection(accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC));
    if (connection.number() < 0 || !play(connection.number(), script)) return;
  }
}

bool LoopbackServer::play(int connection, const ServerScript& script) {
  for (const auto& step : script) {
    if (std::holds_alternative<ReceiveRequest>(step)) {
      if (!receive_request(connection)) return true;  // on to the next connection
    } else if (const auto* output = std::get_if<SendBytes>(&step)) {
      if (!send_all(connection, output->bytes)) return true;
    } else if (const auto* call = std::get_if<Call>(&step)) {
      call->function();
    } else if (std::holds_alternative<Stall>(step)) {
      char byte = 0;
      do {
        if (!wait_readable(connection)) return false;
      } while (recv(connection, &byte, 1, 0) > 0);
    } else {
      // Closing with a linger time of zero sends a reset.
      const linger at_once{1, 0};
      setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      return true;
    }
  }
  return true;
}

bool LoopbackServer::receive_request(int connection) {
  std::string bytes;
  std::array<char, 65536> piece{};
  while (request_size(bytes) == 0 || bytes.size() < request_size(bytes)) {
    if (!wait_readable(connection)) return false;
    const auto count = recv(connection, piece.data(), piece.size(), 0);
    if (count <= 0) return false;
    bytes.append(piece.data(), static_cast<std::size_t>(count));
  }
  const std::scoped_lock lock(mutex_);
  received_.push_back(std::move(bytes));
  return true;
}

ClosedPort::ClosedPort() : socket_(bound_socket()) {}

std::uint16_t ClosedPort::port() const { return port_of(socket_); }

DeafPort::DeafPort() : listener_(listening_socket(0)) {
  // One more than the shortest queue Linux keeps; what does not fit gets no answer.
  for (int i = 0; i < 2; ++i) {
    waiting_.emplace_back(checked(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)));
    auto address = loopback(port());
    if (connect(waiting_.back().number(), generic(address), sizeof address) < 0 &&
        errno != EINPROGRESS) {
      throw std::system_error(errno, std::generic_category(), "deaf port");
    }
  }
}

std::uint16_t DeafPort::port() const { return port_of(listener_); }

}  // namespace start_claude::support
