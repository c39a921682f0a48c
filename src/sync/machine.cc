#include "sync/machine.h"

#include "base/text.h"
#include "crypto/sha256.h"
#include "sync/clock.h"

namespace start_claude::sync {

std::string drawn_machine_id(platform::Random& random) {
  constexpr std::string_view alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string id;
  while (id.size() < machine_id_length) id += alphabet[random.below(alphabet.size())];
  return id;
}

std::string installation_fingerprint(const platform::FileSystem& files, const std::string& folder) {
  std::string text;
  const auto id = files.read_range("/etc/machine-id", {.bytes_max = 64});
  if (const auto* found = std::get_if<platform::FileRange>(&id)) text = found->bytes;
  const auto status = files.status(folder);
  if (const auto* found = std::get_if<platform::FileStatus>(&status)) {
    text += "\n" + std::to_string(found->fingerprint.inode);
  }
  constexpr std::size_t digits = 16;
  return crypto::sha256_hex(text).substr(0, digits);
}

std::string boot_id(const platform::FileSystem& files) {
  const auto id = files.read_range("/proc/sys/kernel/random/boot_id", {.bytes_max = 64});
  const auto* found = std::get_if<platform::FileRange>(&id);
  return found != nullptr ? std::string(base::trim(found->bytes)) : "";
}

}  // namespace start_claude::sync
