// OpenSSL 3 deprecates the low-level digests for EVP, whose first use loads the providers: 2.8 to
// 5.3 M instructions in a process that otherwise needs 0.3 M. Both give the same bytes.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "crypto/sha256.h"

#include <algorithm>
#include <array>

#include <openssl/crypto.h>
#include <openssl/md5.h>
#include <openssl/sha.h>

#include "base/bytes.h"

namespace start_claude::crypto {
namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;
/// A key as long as SHA-256's input block.
using BlockKey = std::array<unsigned char, SHA256_CBLOCK>;

template <std::size_t size>
std::string_view view(const std::array<unsigned char, size>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Digest digest_of(std::string_view first, std::string_view second) {
  SHA256_CTX state;
  SHA256_Init(&state);
  SHA256_Update(&state, first.data(), first.size());
  SHA256_Update(&state, second.data(), second.size());
  Digest digest;
  SHA256_Final(digest.data(), &state);
  // The state after a key's block is as good as the key.
  OPENSSL_cleanse(&state, sizeof state);
  return digest;
}

BlockKey block_key(std::string_view key) {
  BlockKey block{};
  if (key.size() <= block.size()) {
    std::copy(key.begin(), key.end(), block.begin());
  } else {
    const auto digest = digest_of(key, {});
    std::copy(digest.begin(), digest.end(), block.begin());
  }
  return block;
}

/// RFC 2104 section 2: the pads differ in the byte every byte of the key is XORed with.
Digest digest_under_pad(const BlockKey& key, unsigned char pad, std::string_view message) {
  BlockKey padded = key;
  for (auto& byte : padded) byte = static_cast<unsigned char>(byte ^ pad);
  const auto digest = digest_of(view(padded), message);
  OPENSSL_cleanse(padded.data(), padded.size());
  return digest;
}

}  // namespace

struct Sha256::State {
  SHA256_CTX context;
};

Sha256::Sha256() : state_(std::make_unique<State>()) { SHA256_Init(&state_->context); }
Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
  SHA256_Update(&state_->context, bytes.data(), bytes.size());
}

std::string Sha256::hex() {
  Digest digest;
  SHA256_Final(digest.data(), &state_->context);
  return base::to_hex(view(digest));
}

std::string sha256(std::string_view bytes) { return std::string(view(digest_of(bytes, {}))); }

std::string sha256_hex(std::string_view bytes) { return base::to_hex(view(digest_of(bytes, {}))); }

std::string hmac_sha256(std::string_view key, std::string_view message) {
  auto block = block_key(key);
  const auto inner = digest_under_pad(block, 0x36, message);
  const auto outer = digest_under_pad(block, 0x5C, view(inner));
  OPENSSL_cleanse(block.data(), block.size());
  return std::string(view(outer));
}

std::string md5(std::string_view bytes) {
  MD5_CTX state;
  MD5_Init(&state);
  MD5_Update(&state, bytes.data(), bytes.size());
  std::array<unsigned char, MD5_DIGEST_LENGTH> digest;
  MD5_Final(digest.data(), &state);
  return std::string(view(digest));
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace start_claude::crypto
