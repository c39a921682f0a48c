// A TCP port on which connections are waited for, until told to stop.
#pragma once

#include <cstdint>
#include <optional>

#include "platform/descriptor.h"
#include "server/http_server.h"

namespace start_claude::server {

class ListeningSocket {
 public:
  /// Connections queue once this is true.
  bool bind(const ListenAddress& address);
  /// Precondition: bind() succeeded.
  std::uint16_t port() const { return port_; }

  /// The next connection; none (false) after wake(), or if no more can come.
  platform::Descriptor accept();
  /// Ends accept(), from any thread, now and from here on.
  void wake();

 private:
  bool bind_one(const void* address_info);

  platform::Descriptor socket_{-1};
  platform::Descriptor waked_{-1};  ///< readable after wake()
  platform::Descriptor waker_{-1};
  std::uint16_t port_ = 0;
};

}  // namespace start_claude::server
