#include "crypto/tls_peer.h"

#include <memory>

#include <openssl/asn1.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace start_claude::crypto {
namespace {

struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct FreeTime {
  void operator()(ASN1_TIME* time) const { ASN1_TIME_free(time); }
};

std::string entry_of(const X509_NAME* name, int kind) {
  const int index = X509_NAME_get_index_by_NID(name, kind, -1);
  if (index < 0) return {};
  unsigned char* text = nullptr;
  const int length =
      ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
  if (length < 0) return {};
  std::string entry(reinterpret_cast<const char*>(text), static_cast<std::size_t>(length));
  OPENSSL_free(text);
  return entry;
}

std::string name_of(const X509_NAME* name) {
  auto text = entry_of(name, NID_commonName);
  return text.empty() ? entry_of(name, NID_organizationName) : text;
}

std::optional<UtcTime> time_of(const ASN1_TIME* time) {
  const std::unique_ptr<ASN1_TIME, FreeTime> epoch(ASN1_TIME_set(nullptr, 0));
  int days = 0;
  int seconds = 0;
  if (!epoch || ASN1_TIME_diff(&days, &seconds, epoch.get(), time) != 1) return std::nullopt;
  return UtcTime{} + std::chrono::hours(24) * days + std::chrono::seconds(seconds);
}

}  // namespace

std::optional<TlsPeer> describe_tls_peer(void* ssl) {
  const auto* connection = static_cast<const SSL*>(ssl);
  const std::unique_ptr<X509, FreeCertificate> certificate(SSL_get1_peer_certificate(connection));
  if (!certificate) return std::nullopt;
  return TlsPeer{.version = SSL_get_version(connection),
                 .subject = name_of(X509_get_subject_name(certificate.get())),
                 .issuer = name_of(X509_get_issuer_name(certificate.get())),
                 .expires = time_of(X509_get0_notAfter(certificate.get()))};
}

}  // namespace start_claude::crypto
