#include "platform/posix_service_manager.h"

#include <array>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "platform/descriptor.h"
#include "support/temporary_folder.h"

namespace start_claude::platform {
namespace {

/// A service manager's end: bound to a path, or to an abstract name ("@name").
Descriptor listen_at(const std::string& name) {
  Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, name.data(), name.size());
  if (name[0] == '@') address.sun_path[0] = '\0';
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  REQUIRE(::bind(socket.number(), reinterpret_cast<const sockaddr*>(&address), length) == 0);
  return socket;
}

std::string received(const Descriptor& socket) {
  std::array<char, 256> buffer{};
  const auto count = ::recv(socket.number(), buffer.data(), buffer.size(), 0);
  return count > 0 ? std::string(buffer.data(), static_cast<std::size_t>(count)) : "";
}

TEST_CASE("the service manager hears what it is told, at a path and at an abstract name") {
  const support::TemporaryFolder folder;
  const std::string abstract = "@start-claude-test-" + std::to_string(::getpid());
  const std::string path = folder / "notify";
  const std::string name = GENERATE_COPY(path, abstract);
  const Descriptor socket = listen_at(name);
  CHECK(tell_service_manager(name, "READY=1"));
  CHECK(received(socket) == "READY=1");
  CHECK(tell_service_manager(name, "STOPPING=1"));
  CHECK(received(socket) == "STOPPING=1");
}

TEST_CASE("a service manager that is not there is no trouble") {
  const support::TemporaryFolder folder;
  CHECK_FALSE(tell_service_manager("", "READY=1"));
  CHECK_FALSE(tell_service_manager("relative", "READY=1"));
  CHECK_FALSE(tell_service_manager(folder / "nobody", "READY=1"));
  CHECK_FALSE(tell_service_manager("@start-claude-nobody", "READY=1"));
  CHECK_FALSE(tell_service_manager("/" + std::string(200, 'x'), "READY=1"));
}

}  // namespace
}  // namespace start_claude::platform
