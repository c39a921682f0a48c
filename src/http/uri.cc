#include "http/uri.h"

#include <algorithm>

#include <arpa/inet.h>

#include "base/bytes.h"
#include "base/text.h"

namespace start_claude::http {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_hex_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// RFC 3986 section 2.3.
bool is_unreserved(char c) {
  return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/// What may stand in a path or a query besides "%XX": pchar, "/" and "?".
bool is_path_or_query_character(char c) {
  return is_unreserved(c) || std::string_view("!$&'()*+,;=:@/?").find(c) != std::string_view::npos;
}

std::string encode(std::string_view text, std::string_view kept) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c) || kept.find(c) != std::string_view::npos) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += digits[byte >> 4U];
    encoded += digits[byte & 0xFU];
  }
  return encoded;
}

/// Nothing if the text can stand in a request line as it is, else what is wrong with it.
std::optional<std::string> problem_in_target(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '#') return "it must not have a #fragment";
    if (text[i] == '%') {
      if (i + 2 >= text.size() || !is_hex_digit(text[i + 1]) || !is_hex_digit(text[i + 2])) {
        return "a % must be followed by two hexadecimal digits";
      }
    } else if (!is_path_or_query_character(text[i])) {
      return "spaces and special characters must be written as %XX";
    }
  }
  return std::nullopt;
}

bool is_ipv6_literal(std::string_view host) {
  if (host.size() < 4 || host.front() != '[' || host.back() != ']') return false;
  in6_addr address{};
  const std::string inner(host.substr(1, host.size() - 2));
  return inet_pton(AF_INET6, inner.c_str(), &address) == 1;
}

bool is_host_name(std::string_view host) {
  if (host.front() == '.' || host.find("..") != std::string_view::npos) return false;
  return std::all_of(host.begin(), host.end(), [](char c) {
    return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_';
  });
}

std::optional<std::string> problem_in_host(std::string_view host) {
  if (host.empty()) return "it names no host";
  if (host.front() == '[') {
    if (!is_ipv6_literal(host)) return "there is no valid IPv6 address between the brackets";
  } else if (!is_host_name(host)) {
    return "a host name has letters, digits, dots and hyphens only";
  }
  return std::nullopt;
}

struct Authority {
  std::string_view host;
  std::optional<std::string_view> port;
};

/// The colons of an IPv6 literal stand between brackets and separate no port.
Authority split_authority(std::string_view text) {
  const auto bracket = text.rfind(']');
  const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon == std::string_view::npos) return Authority{text, std::nullopt};
  return Authority{text.substr(0, colon), text.substr(colon + 1)};
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  const auto number = base::parse_unsigned(text);
  if (!number || *number == 0 || *number > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(*number);
}

std::uint16_t default_port(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

Error bad_uri(std::string_view text, const std::string& problem) {
  return Error{ErrorKind::usage,
               "\"" + base::printable(text) + "\" is not a usable URL: " + problem,
               "write it like https://host.example.com or http://localhost:9000"};
}

}  // namespace

std::string Uri::authority() const { return port ? host + ":" + std::to_string(*port) : host; }

std::uint16_t Uri::effective_port() const { return port.value_or(default_port(scheme)); }

std::string Uri::target() const { return query.empty() ? path : path + "?" + query; }

std::string Uri::text() const { return scheme + "://" + authority() + target(); }

Result<Uri> parse_uri(std::string_view text) {
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) {
    return bad_uri(text, "it must start with https:// or http://");
  }
  Uri uri;
  uri.scheme = base::to_lower(text.substr(0, scheme_end));
  if (uri.scheme != "https" && uri.scheme != "http") {
    return bad_uri(text, "it must start with https:// or http://");
  }
  const auto rest = text.substr(scheme_end + 3);
  const auto authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  const auto authority = rest.substr(0, authority_end);
  if (authority.find('@') != std::string_view::npos) {
    // Not shown: what stands before the @ may be a password.
    return Error{ErrorKind::usage, "a URL must not have a user name or a password in it",
                 "credentials have settings of their own"};
  }

  const auto [host, port] = split_authority(authority);
  if (const auto problem = problem_in_host(host)) return bad_uri(text, *problem);
  uri.host = base::to_lower(host);
  if (port) {
    uri.port = parse_port(*port);
    if (!uri.port) return bad_uri(text, "the port must be a number from 1 to 65535");
    if (*uri.port == default_port(uri.scheme)) uri.port.reset();
  }

  const auto target = rest.substr(authority_end);
  if (const auto problem = problem_in_target(target)) return bad_uri(text, *problem);
  const auto question_mark = std::min(target.find('?'), target.size());
  uri.path = target.substr(0, question_mark);
  if (uri.path.empty()) uri.path = "/";
  if (question_mark < target.size()) uri.query = target.substr(question_mark + 1);
  return uri;
}

bool is_loopback(const Uri& uri) {
  if (uri.host == "localhost" || uri.host == "[::1]") return true;
  if (uri.host.ends_with(".localhost")) return true;
  in_addr address{};
  if (inet_pton(AF_INET, uri.host.c_str(), &address) != 1) return false;
  return (ntohl(address.s_addr) >> 24U) == 127;
}

std::string encode_segment(std::string_view text) { return encode(text, ""); }

std::string encode_path(std::string_view text) { return encode(text, "/"); }

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const auto byte = base::from_hex(text.substr(i + 1, 2));
    if (!byte || byte->size() != 1) return std::nullopt;
    decoded += *byte;
    i += 2;
  }
  return decoded;
}

}  // namespace start_claude::http
