#include "server/object_names.h"

#include <vector>

#include "base/bytes.h"
#include "base/text.h"

namespace start_claude::server {
namespace {

constexpr std::size_t name_bytes_max = 255;
constexpr std::string_view empty_part = "%";

std::string escaped_byte(char c) {
  const std::string_view digits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  return {'%', digits[byte >> 4U], digits[byte & 0xFU]};
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

bool is_escape_at(std::string_view text, std::size_t i) {
  return text[i] == '%' && i + 2 < text.size() && base::from_hex(text.substr(i + 1, 2));
}

std::string name_from_part(std::string_view part) {
  if (part.empty()) return std::string(empty_part);
  if (part == empty_part) return escaped_byte('%');
  std::string name;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (is_control(part[i]) || is_escape_at(part, i)) {
      name += escaped_byte(part[i]);
    } else {
      name += part[i];
    }
  }
  if (name == "." || name == ".." || name == hidden_folder) {
    name = escaped_byte('.') + name.substr(1);
  }
  return name;
}

std::string part_from_name(std::string_view name) {
  if (name == empty_part) return {};
  std::string part;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (is_escape_at(name, i)) {
      part += *base::from_hex(name.substr(i + 1, 2));
      i += 2;
    } else {
      part += name[i];
    }
  }
  return part;
}

}  // namespace

std::optional<std::string> path_from_key(std::string_view key) {
  std::vector<std::string> names;
  for (const auto part : base::split(key, '/')) {
    names.push_back(name_from_part(part));
    if (names.back().size() > name_bytes_max) return std::nullopt;
  }
  return base::join(names, "/");
}

std::optional<std::string> key_from_path(std::string_view path) {
  std::vector<std::string> parts;
  for (const auto name : base::split(path, '/')) parts.push_back(part_from_name(name));
  std::string key = base::join(parts, "/");
  // Whatever is spelled in another way than we spell it is no object: one key has one path.
  if (path_from_key(key) != path) return std::nullopt;
  return key;
}

}  // namespace start_claude::server
