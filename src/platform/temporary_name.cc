#include "platform/temporary_name.h"

#include "base/bytes.h"
#include "platform/filesystem.h"

namespace start_claude::platform {
namespace {

constexpr std::size_t unique_digits = 16;

std::string hex_of(std::uint64_t number) {
  std::string bytes(unique_digits / 2, '\0');
  for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte, number >>= 8U) {
    *byte = static_cast<char>(number & 0xFFU);
  }
  return base::to_hex(bytes);
}

}  // namespace

std::string temporary_beside(const std::string& target, std::uint64_t unique,
                             std::string_view suffix) {
  return join_path(folder_of(target),
                   '.' + name_of(target) + '.' + hex_of(unique) + std::string(suffix));
}

std::optional<std::string_view> target_of_temporary(std::string_view name,
                                                    std::string_view suffix) {
  const std::size_t length_min = 1 + 1 + 1 + unique_digits + suffix.size();
  if (name.size() < length_min || !name.starts_with('.')) return std::nullopt;
  if (!name.ends_with(suffix)) return std::nullopt;
  name.remove_prefix(1);
  name.remove_suffix(suffix.size());
  const std::string_view digits = name.substr(name.size() - unique_digits);
  name.remove_suffix(unique_digits);
  if (!base::from_hex(digits) || !name.ends_with('.')) return std::nullopt;
  return name.substr(0, name.size() - 1);
}

}  // namespace start_claude::platform
