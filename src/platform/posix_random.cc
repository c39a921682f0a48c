#include "platform/posix_random.h"

#include <cstdlib>

#include <fcntl.h>
#include <sys/random.h>

#include "platform/descriptor.h"

namespace start_claude::platform {
namespace {

/// For kernels before 3.17 and sandboxes that forbid getrandom.
bool read_device(std::uint64_t& number) {
  const Descriptor device{
      retry_interrupted([] { return ::open("/dev/urandom", O_RDONLY | O_CLOEXEC); })};
  return device && retry_interrupted([&] {
                     return ::read(device.number(), &number, sizeof number);
                   }) == static_cast<ssize_t>(sizeof number);
}

}  // namespace

std::uint64_t PosixRandom::next() {
  std::uint64_t number = 0;
  // Up to 256 bytes come in one piece.
  const auto count = retry_interrupted([&] { return ::getrandom(&number, sizeof number, 0); });
  if (count != static_cast<ssize_t>(sizeof number) && !read_device(number)) std::abort();
  return number;
}

}  // namespace start_claude::platform
