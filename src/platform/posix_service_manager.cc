#include "platform/posix_service_manager.h"

#include <cstddef>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>

#include "platform/descriptor.h"

namespace start_claude::platform {

bool tell_service_manager(const std::string& notify_socket, std::string_view state) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const bool is_abstract = notify_socket.starts_with('@');
  const bool is_path = notify_socket.starts_with('/');
  if ((!is_abstract && !is_path) || notify_socket.size() >= sizeof(address.sun_path)) return false;
  std::memcpy(address.sun_path, notify_socket.data(), notify_socket.size());
  // unix(7): an abstract name begins with a null byte and is as long as it is.
  if (is_abstract) address.sun_path[0] = '\0';
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) +
                                             notify_socket.size() + (is_abstract ? 0 : 1));
  const Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) return false;
  const auto sent = retry_interrupted([&] {
    return ::sendto(socket.number(), state.data(), state.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                    reinterpret_cast<const sockaddr*>(&address), length);
  });
  return sent == static_cast<ssize_t>(state.size());
}

}  // namespace start_claude::platform
