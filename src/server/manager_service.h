// The manager's page and its REST interface: requests in, answers out. No sockets.
//
// Everything but the one request that enters with the token needs the session it gives
// (manager_guard.h). The page's files are embedded; nothing on the disk is served. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "http/message.h"
#include "platform/clock.h"
#include "server/http_service.h"
#include "server/manager_api.h"
#include "server/manager_events.h"
#include "server/manager_guard.h"

namespace start_claude::server {

/// A larger body is refused before it is read.
inline constexpr std::uint64_t manager_body_bytes_max = std::uint64_t{1024} * 1024;

class ManagerService final : public HttpService {
 public:
  /// All must live longer; the clock must be thread-safe.
  ManagerService(ManagerGuard guard, ManagerApi& api, ManagerEvents& events,
                 const platform::Clock& clock);

  HttpAnswer serve(const http::Request& request) override;
  std::optional<http::Response> refuse_head(const http::Request& head,
                                            std::uint64_t body_bytes) override;
  http::Response refuse_unmeasured(const http::Request& head) override;

  /// Where the server turned out to listen; before the first request.
  void set_port(std::uint16_t port) { guard_.set_port(port); }

  /// How long nobody has asked for anything and no page has been open.
  std::chrono::milliseconds idle_for() const;

 private:
  std::optional<http::Response> refuse(const http::Request& request) const;
  HttpAnswer answer(const http::Request& request);

  ManagerGuard guard_;
  ManagerApi& api_;
  ManagerEvents& events_;
  const platform::Clock& clock_;
  mutable std::atomic<std::chrono::milliseconds> last_use_;
};

}  // namespace start_claude::server
