// Absolute http and https URIs, and percent-encoding (RFC 3986, with SigV4's rules for S3).
//
// The path is kept exactly as written: never normalised, never decoded, never encoded twice.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace start_claude::http {

struct Uri {
  std::string scheme;                 ///< "http" or "https", lower case
  std::string host;                   ///< lower case; IPv6 literals in brackets
  std::optional<std::uint16_t> port;  ///< only if it is not the scheme's default
  std::string path;                   ///< starts with "/", already percent-encoded
  std::string query;                  ///< without "?", already encoded; may be empty

  /// host, with the port if it is not the default one: what the Host header says.
  std::string authority() const;
  /// The port to connect to: the given one, else the scheme's.
  std::uint16_t effective_port() const;
  /// path, and "?" query if there is one: what the request line says.
  std::string target() const;
  /// The whole, as given to the transport.
  std::string text() const;
  bool operator==(const Uri&) const = default;
};

/// http and https only; no user info, no fragment. A missing path becomes "/". The error is of
/// kind `usage` and says what is wrong with the text.
Result<Uri> parse_uri(std::string_view text);

/// True for localhost, *.localhost, 127.0.0.0/8 and [::1].
bool is_loopback(const Uri& uri);

/// Every byte outside A-Z a-z 0-9 - . _ ~ becomes %XX (upper-case digits): SigV4's UriEncode.
std::string encode_segment(std::string_view text);
/// The same, but "/" stays: an object key as part of a path.
std::string encode_path(std::string_view text);
/// Undoes %XX; nothing on a malformed escape. "+" stays "+".
std::optional<std::string> percent_decode(std::string_view text);

}  // namespace start_claude::http
