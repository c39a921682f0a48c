// SHA-256 and HMAC-SHA-256 (FIPS 180-4, RFC 2104), and MD5 for the one header that still asks.
//
// The only layer that includes OpenSSL. Digests are raw bytes; base/bytes.h spells them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace start_claude::crypto {

/// 32 raw bytes.
std::string sha256(std::string_view bytes);
/// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);
/// SHA-256 of what comes in pieces.
class Sha256 {
 public:
  Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256();
  void add(std::string_view bytes);
  /// 64 lower-case hexadecimal digits, once.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// 32 raw bytes.
std::string hmac_sha256(std::string_view key, std::string_view message);
/// 16 raw bytes. Not a security boundary: Content-MD5 and ETags only.
std::string md5(std::string_view bytes);

/// True if both are equal; the time taken depends on the lengths alone.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace start_claude::crypto
