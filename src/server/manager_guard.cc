#include "server/manager_guard.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/sha256.h"

namespace start_claude::server {
namespace {

constexpr std::array<std::string_view, 3> loopback_hosts{"127.0.0.1", "localhost", "[::1]"};
constexpr std::string_view bearer = "Bearer ";
constexpr int token_words = 4;

bool is_same(std::string_view given, const Secret& secret) {
  return crypto::equal_in_constant_time(given, secret.reveal());
}

/// An address in numbers: 192.168.1.7, or [2001:db8::1].
bool is_address(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) return true;
  const auto parts = base::split(host, '.');
  return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
           const auto number = base::parse_unsigned(part);
           return number && *number <= 255;
         });
}

/// The token in "?token=...", undecoded: it has no characters that need an escape.
std::string_view token_in(std::string_view query) {
  for (const std::string_view parameter : base::split(query, '&')) {
    constexpr std::string_view name = "token=";
    if (parameter.starts_with(name)) return parameter.substr(name.size());
  }
  return {};
}

}  // namespace

Secret random_token(platform::Random& random) {
  std::string bytes;
  for (int i = 0; i < token_words; ++i) {
    const std::uint64_t word = random.next();
    for (unsigned shift = 0; shift < 64; shift += 8) {
      bytes += static_cast<char>(static_cast<unsigned char>(word >> shift));
    }
  }
  return Secret(base::to_hex(bytes));
}

ManagerGuard::ManagerGuard(Secret token, Secret session, ManagerAddress address)
    : token_(std::move(token)), session_(std::move(session)), address_(std::move(address)) {}

std::string ManagerGuard::cookie_name() const {
  // Cookies do not know of ports: two managers must not take each other's.
  return "start_claude_manager_" + std::to_string(address_.port);
}

std::string ManagerGuard::cookie() const {
  return cookie_name() + "=" + session_.reveal() + "; Path=/; HttpOnly; SameSite=Strict";
}

bool ManagerGuard::is_own_host(const http::Request& request) const {
  constexpr std::uint16_t http_port = 80;
  if (request.uri.port.value_or(http_port) != address_.port) return false;
  const std::string host = base::to_lower(request.uri.host);
  const auto is_host = [&](std::string_view own) { return base::equal_ignoring_case(own, host); };
  return std::any_of(loopback_hosts.begin(), loopback_hosts.end(), is_host) ||
         std::any_of(address_.hosts.begin(), address_.hosts.end(), is_host) ||
         (address_.any_address && is_address(host));
}

bool ManagerGuard::is_own_page(const http::Request& request) const {
  const std::string own = "http://" + request.headers.find("Host").value_or("");
  const auto origin = request.headers.find("Origin");
  if (origin && !base::equal_ignoring_case(*origin, own)) return false;
  const auto site = request.headers.find("Sec-Fetch-Site");
  if (!site || *site == "same-origin" || *site == "none") return true;
  // A link to the page may be followed from anywhere; nothing else of it may be asked for.
  return request.method == "GET" && request.uri.path == "/" &&
         request.headers.find("Sec-Fetch-Mode") == "navigate";
}

bool ManagerGuard::has_session(const http::Request& request) const {
  const auto authorization = request.headers.find("Authorization");
  if (authorization && authorization->starts_with(bearer)) {
    return is_same(std::string_view(*authorization).substr(bearer.size()), token_);
  }
  const std::string wanted = cookie_name();
  for (const http::Header& header : request.headers) {
    if (!base::equal_ignoring_case(header.name, "Cookie")) continue;
    for (const std::string_view pair : base::split(header.value, ';')) {
      const std::string_view cookie = base::trim(pair);
      const auto equals = cookie.find('=');
      if (equals == std::string_view::npos || cookie.substr(0, equals) != wanted) continue;
      if (is_same(cookie.substr(equals + 1), session_)) return true;
    }
  }
  return false;
}

Admission ManagerGuard::judge(const http::Request& request) const {
  if (!is_own_host(request) || !is_own_page(request)) return Admission::forbidden;
  const bool asks_to_enter = request.method == "GET" && request.uri.path == "/";
  if (asks_to_enter && is_same(token_in(request.uri.query), token_)) return Admission::entering;
  return has_session(request) ? Admission::admitted : Admission::unauthorized;
}

}  // namespace start_claude::server
