#include "server/listening_socket.h"

#include <array>
#include <cerrno>
#include <memory>
#include <string>

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace start_claude::server {
namespace {

/// How long to leave a socket alone that has a connection for which there is no descriptor.
constexpr int exhausted_pause_ms = 10;

std::uint16_t port_of(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  const bool is_v6 = address.ss_family == AF_INET6;
  return ntohs(is_v6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                     : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

/// Gone again before it was taken up, or none to be had for the moment.
bool is_passing(int reason) {
  return reason == ECONNABORTED || reason == EAGAIN || reason == EPROTO || reason == EPERM;
}

bool is_exhausted(int reason) {
  return reason == EMFILE || reason == ENFILE || reason == ENOBUFS || reason == ENOMEM;
}

}  // namespace

bool ListeningSocket::bind_one(const void* address_info) {
  const auto& info = *static_cast<const addrinfo*>(address_info);
  platform::Descriptor socket(
      ::socket(info.ai_family, info.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, info.ai_protocol));
  const int on = 1;
  if (!socket) return false;
  // A port whose last connections are still winding down is free; one with a listener is not.
  (void)::setsockopt(socket.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (::bind(socket.number(), info.ai_addr, info.ai_addrlen) != 0) return false;
  // A short queue makes clients that come all at once wait a second and more.
  if (::listen(socket.number(), SOMAXCONN) != 0) return false;
  port_ = port_of(socket.number());
  socket_ = std::move(socket);
  return port_ != 0;
}

bool ListeningSocket::bind(const ListenAddress& address) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return false;
  waked_ = platform::Descriptor(ends[0]);
  waker_ = platform::Descriptor(ends[1]);
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(address.port);
  if (::getaddrinfo(address.host.c_str(), port.c_str(), &wanted, &found) != 0) return false;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(found, ::freeaddrinfo);
  for (const addrinfo* info = list.get(); info != nullptr; info = info->ai_next) {
    if (bind_one(info)) return true;
  }
  return false;
}

platform::Descriptor ListeningSocket::accept() {
  for (;;) {
    std::array<pollfd, 2> entries{{{socket_.number(), POLLIN, 0}, {waked_.number(), POLLIN, 0}}};
    if (::poll(entries.data(), entries.size(), -1) < 0 && errno != EINTR) break;
    if (entries[1].revents != 0) break;
    if (entries[0].revents == 0) continue;
    platform::Descriptor connection(::accept4(socket_.number(), nullptr, nullptr, SOCK_CLOEXEC));
    if (connection || errno == EINTR || is_passing(errno)) {
      if (connection) return connection;
      continue;
    }
    if (!is_exhausted(errno)) break;
    (void)::poll(&entries[1], 1, exhausted_pause_ms);
  }
  return platform::Descriptor(-1);
}

void ListeningSocket::wake() {
  const char byte = 0;
  // Where it does not fit any more, it has been told already.
  (void)!::write(waker_.number(), &byte, 1);
}

}  // namespace start_claude::server
