// Telling the service manager how the process is, by the protocol of sd_notify(3).
#pragma once

#include <string>
#include <string_view>

namespace start_claude::platform {

/// Sends `state` ("READY=1") to the datagram socket that NOTIFY_SOCKET names: a path, or "@" and
/// the name of an abstract one. False if nobody takes it there; the process goes on all the same.
bool tell_service_manager(const std::string& notify_socket, std::string_view state);

}  // namespace start_claude::platform
