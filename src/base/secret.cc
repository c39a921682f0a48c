#include "base/secret.h"

namespace start_claude::base {
namespace {

constexpr std::size_t shown_characters = 4;
constexpr std::size_t maskable_length_min = 12;

}  // namespace

Secret::~Secret() {
  // Through a volatile pointer, so that the compiler keeps a write nobody reads afterwards.
  volatile char* byte = value_.data();
  for (std::size_t i = 0; i < value_.size(); ++i) byte[i] = 0;
}

std::string mask(std::string_view text) {
  if (text.size() < maskable_length_min) return "****";
  return "****" + std::string(text.substr(text.size() - shown_characters));
}

std::string mask_key_id(std::string_view key_id) {
  if (key_id.size() < maskable_length_min) return "****";
  return std::string(key_id.substr(0, shown_characters)) + mask(key_id);
}

}  // namespace start_claude::base
