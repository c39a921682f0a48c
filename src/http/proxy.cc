#include "http/proxy.h"

#include <algorithm>
#include <array>
#include <optional>

#include <arpa/inet.h>

#include "base/text.h"

namespace start_claude::http {
namespace {

constexpr std::string_view link_local = "169.254.0.0/16";

/// The 4 or 16 bytes of a numeric address, brackets allowed; empty if it is none.
std::string address_bytes(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
    text = text.substr(1, text.size() - 2);
  }
  const std::string address(text);
  std::array<char, 16> bytes{};
  if (inet_pton(AF_INET, address.c_str(), bytes.data()) == 1) return {bytes.data(), 4};
  if (inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) return {bytes.data(), 16};
  return {};
}

bool same_leading_bits(const std::string& a, const std::string& b, std::size_t bits) {
  for (std::size_t i = 0; i < bits; ++i) {
    const auto difference =
        static_cast<unsigned char>(a[i / 8]) ^ static_cast<unsigned char>(b[i / 8]);
    if (((difference >> (7 - i % 8)) & 1) != 0) return false;
  }
  return true;
}

bool is_in_range(std::string_view host, std::string_view range) {
  const auto slash = range.find('/');
  const auto bits = base::parse_unsigned(range.substr(slash + 1));
  const auto network = address_bytes(range.substr(0, slash));
  const auto address = address_bytes(host);
  if (!bits || network.empty() || network.size() != address.size()) return false;
  return *bits <= network.size() * 8 && same_leading_bits(network, address, *bits);
}

bool is_name_or_subdomain(std::string_view host, std::string_view name) {
  if (name.starts_with("*.")) name.remove_prefix(1);
  if (name.starts_with('.')) name.remove_prefix(1);
  if (name.ends_with('.')) name.remove_suffix(1);
  if (host.ends_with('.')) host.remove_suffix(1);
  if (name.empty() || !host.ends_with(name)) return false;
  return host.size() == name.size() || host[host.size() - name.size() - 1] == '.';
}

bool entry_matches(const Uri& uri, std::string_view entry) {
  if (entry == "*") return true;
  if (entry.find('/') != std::string_view::npos) return is_in_range(uri.host, entry);
  const auto address = address_bytes(uri.host);
  if (!address.empty() && address_bytes(entry) == address) return true;
  const auto colon = entry.rfind(':');
  if (colon != std::string_view::npos) {
    if (base::parse_unsigned(entry.substr(colon + 1)) != uri.effective_port()) return false;
    entry = entry.substr(0, colon);
  }
  if (!address.empty()) return address_bytes(entry) == address;
  return is_name_or_subdomain(uri.host, base::to_lower(entry));
}

}  // namespace

bool bypasses_proxy(const Uri& uri, std::string_view no_proxy) {
  if (is_loopback(uri) || is_in_range(uri.host, link_local)) return true;
  std::string list(no_proxy);
  std::replace_if(
      list.begin(), list.end(), [](char c) { return c == ' ' || c == '\t'; }, ',');
  const auto entries = base::split(list, ',');
  return std::any_of(entries.begin(), entries.end(), [&uri](std::string_view entry) {
    return !entry.empty() && entry_matches(uri, entry);
  });
}

std::string proxy_name(std::string_view proxy) {
  const auto scheme_end = proxy.find("://");
  if (scheme_end != std::string_view::npos) proxy.remove_prefix(scheme_end + 3);
  // A password may hold a "/" or an "@" as it is, so everything before the last "@" goes first.
  const auto user_end = proxy.rfind('@');
  if (user_end != std::string_view::npos) proxy.remove_prefix(user_end + 1);
  return base::printable(proxy.substr(0, proxy.find('/')));
}

}  // namespace start_claude::http
