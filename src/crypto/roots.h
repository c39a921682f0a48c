// Root certificates for a TLS connection, parsed only when a chain ends in one of them.
//
// OpenSSL asks for a certificate by the name its issuer goes by; an index by the hash of that name
// (X509_NAME_hash), or the names as they stand in a bundle, answer without parsing the other
// hundred. Parsing a whole bundle takes longer than the handshake it is for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace start_claude::crypto {

struct Root {
  std::uint32_t subject_hash = 0;
  std::string_view der = {};
};

/// The certificates of a PEM file: of each is known where it stands. Whose it is is looked at when
/// one is asked for; a TLS session that is resumed asks for none.
class RootBundle {
 public:
  /// Nothing if the text holds no certificate, or anything that must be read with more care: a
  /// damaged one, or OpenSSL's TRUSTED CERTIFICATE with its list of purposes.
  static std::optional<RootBundle> from_pem(std::string_view pem);
  /// The same for a file; nothing also if it cannot be read.
  static std::optional<RootBundle> from_file(const std::string& path);

  std::size_t size() const { return certificates_.size(); }
  /// The certificates (DER) whose subject is this name (DER), byte for byte.
  std::vector<std::string> with_subject(std::string_view name) const;
  /// Those whose subject has that X509_NAME_hash: the same name spelled otherwise, too. All of the
  /// names are parsed for it.
  std::vector<std::string> with_hash(std::uint32_t hash) const;

 private:
  std::unique_ptr<const std::string> text_;
  std::vector<std::string_view> certificates_;  ///< base64, in text_
};

/// What a connection trusts: any of these, each of which may be missing.
struct TrustedRoots {
  std::span<const Root> roots = {};  ///< sorted by hash
  const RootBundle* bundle = nullptr;
  const RootBundle* extra = nullptr;
};

/// Adds `roots` to what the SSL_CTX `ssl_context` trusts; they must outlive it. False only if
/// memory ran out.
bool trust_roots(void* ssl_context, const TrustedRoots& roots);

/// True if the connection of the SSL `ssl` goes on with an earlier session: no certificate was
/// shown.
bool was_resumed(void* ssl);

/// Starts OpenSSL without its configuration file, error texts, cipher tables and exit handlers:
/// most of what a short run would spend in it. Before anything else that uses OpenSSL.
void start_tls();

/// True if one of OpenSSL's errors means that both sides found no version of TLS in common.
bool means_other_tls_version(unsigned long error);

/// OpenSSL's words for one of its errors: "wrong version number"; empty if it has none. They are
/// loaded for the first that is asked for.
std::string tls_error_text(unsigned long error);

}  // namespace start_claude::crypto
