#include "platform/posix_environment.h"

#include <array>
#include <cstdlib>
#include <memory>

#include <unistd.h>

namespace start_claude::platform {

std::optional<std::string> PosixEnvironment::variable(std::string_view name) const {
  const char* value = std::getenv(std::string(name).c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

std::string PosixEnvironment::host_name() const {
  std::array<char, 256> name{};
  // A name that does not fit may come without its end; the last byte is kept for that.
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
  return name.data();
}

int PosixEnvironment::process_id() const { return ::getpid(); }

std::string PosixEnvironment::current_folder() const {
  const std::unique_ptr<char, decltype(&std::free)> folder(::getcwd(nullptr, 0), std::free);
  return folder ? folder.get() : "";
}

}  // namespace start_claude::platform
