// Loading error texts on their own is deprecated for doing it all at once.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "crypto/roots.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <memory>
#include <new>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/sslerr.h>
#include <openssl/x509.h>

namespace start_claude::crypto {
namespace {

struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Certificate = std::unique_ptr<X509, FreeCertificate>;

struct FreeName {
  void operator()(X509_NAME* name) const { X509_NAME_free(name); }
};
using Name = std::unique_ptr<X509_NAME, FreeName>;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};

const unsigned char* begin_of(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

// ---- a certificate's subject without parsing the certificate ------------------------------------

/// One element of DER: what is inside, and what comes after.
struct Element {
  int tag = 0;
  std::string_view whole;
  std::string_view content;
  std::string_view rest;
};

std::optional<Element> read_element(std::string_view der) {
  const unsigned char* at = begin_of(der);
  long length = 0;
  int tag = 0;
  int tag_class = 0;
  const int result = ASN1_get_object(&at, &length, &tag, &tag_class, static_cast<long>(der.size()));
  if ((result & 0x81) != 0) return std::nullopt;  // an error, or a length that DER does not allow
  const auto header = static_cast<std::size_t>(at - begin_of(der));
  const auto size = static_cast<std::size_t>(length);
  return Element{tag_class == V_ASN1_UNIVERSAL ? tag : -1, der.substr(0, header + size),
                 der.substr(header, size), der.substr(header + size)};
}

/// RFC 5280, section 4.1: the sixth of the members of a TBSCertificate, or the fifth if there is no
/// version.
std::optional<std::string_view> subject_among(std::string_view members) {
  auto member = read_element(members);
  if (member && member->tag == -1) member = read_element(member->rest);  // [0] version
  constexpr int from_serial_number_to_subject = 4;
  for (int step = 0; member && step < from_serial_number_to_subject; ++step) {
    member = read_element(member->rest);
  }
  if (!member || member->tag != V_ASN1_SEQUENCE) return std::nullopt;
  return member->whole;
}

std::optional<std::string_view> find_subject(std::string_view der) {
  const auto certificate = read_element(der);
  if (!certificate || certificate->tag != V_ASN1_SEQUENCE) return std::nullopt;
  const auto signed_part = read_element(certificate->content);
  return signed_part ? subject_among(signed_part->content) : std::nullopt;
}

/// The same in the first part of a certificate, if it holds the subject.
std::optional<std::string_view> find_subject_at_start(std::string_view start) {
  const auto header_size = [](std::string_view der) -> std::size_t {
    if (der.size() < 2) return der.size();
    const auto first = static_cast<unsigned char>(der[1]);
    return std::min(der.size(), first < 0x80 ? std::size_t{2} : std::size_t{2} + (first & 0x7FU));
  };
  start.remove_prefix(header_size(start));
  start.remove_prefix(header_size(start));
  return subject_among(start);
}

std::optional<std::uint32_t> hash_of_name(std::string_view der) {
  const unsigned char* at = begin_of(der);
  const Name name(d2i_X509_NAME(nullptr, &at, static_cast<long>(der.size())));
  if (!name) return std::nullopt;
  return static_cast<std::uint32_t>(X509_NAME_hash_ex(name.get(), nullptr, nullptr, nullptr));
}

// ---- PEM ----------------------------------------------------------------------------------------

constexpr std::string_view begin_line = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view end_line = "-----END CERTIFICATE-----";
/// Far more than any bundle has; a path may name something that has no end.
constexpr std::size_t bundle_bytes_max = std::size_t{16} * 1024 * 1024;
constexpr std::string_view any_begin = "-----BEGIN ";

/// The first so many characters of base64 hold the subject of nearly every root.
constexpr std::size_t subject_characters = 640;
/// And so many the length of the whole.
constexpr std::size_t header_characters = 8;

/// What a character adds to a count of base64: one for a digit, nothing for space, and for anything
/// else so much that no count of digits reaches it. A bundle is some 200,000 characters, and a run
/// should cost little more than its request.
constexpr std::uint64_t not_base64 = std::uint64_t{1} << 32U;
constexpr std::array<std::uint64_t, 256> base64_weights = [] {
  std::array<std::uint64_t, 256> weights{};
  weights.fill(not_base64);
  for (const char c : {'\n', '\r', ' ', '\t'}) weights[static_cast<unsigned char>(c)] = 0;
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                       "0123456789+/")) {
    weights[static_cast<unsigned char>(c)] = 1;
  }
  return weights;
}();

std::uint64_t base64_weight(char c) { return base64_weights[static_cast<unsigned char>(c)]; }

/// True for base64 and line ends, with nothing after its padding; `characters` are how many.
bool count_base64(std::string_view text, std::size_t& characters, std::size_t& padding) {
  const auto digits = text.substr(0, text.find('='));
  std::uint64_t weight = 0;
  for (const char c : digits) weight += base64_weight(c);
  if (weight >= not_base64) return false;
  padding = 0;
  for (const char c : text.substr(digits.size())) {
    if (c == '=') {
      ++padding;
    } else if (base64_weight(c) != 0) {
      return false;
    }
  }
  characters = static_cast<std::size_t>(weight) + padding;
  return characters > 0 && characters % 4 == 0 && padding <= 2;
}

/// Of the first `limit` characters, a multiple of four.
std::optional<std::string> decode_base64(std::string_view text, std::size_t limit) {
  std::string packed(std::min(text.size(), limit), '\0');
  std::size_t size = 0;
  for (std::size_t at = 0; at < text.size() && size < packed.size(); ++at) {
    packed[size] = text[at];
    if (base64_weight(text[at]) == 1 || text[at] == '=') ++size;
  }
  if (size == 0 || size % 4 != 0) return std::nullopt;
  packed.resize(size);
  std::string bytes(size / 4 * 3, '\0');
  const int decoded = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                      begin_of(packed), static_cast<int>(size));
  if (decoded < 0) return std::nullopt;
  const auto padding = packed.ends_with("==") ? 2U : packed.ends_with('=') ? 1U : 0U;
  bytes.resize(static_cast<std::size_t>(decoded) - padding);
  return bytes;
}

std::string decode_certificate(std::string_view base64) {
  return decode_base64(base64, base64.size()).value_or("");
}

/// How many bytes the element takes that `der` begins with, be it cut off; nothing if it is none.
std::optional<std::size_t> element_size(std::string_view der) {
  if (der.size() < 2) return std::nullopt;
  const auto byte = [&der](std::size_t at) { return static_cast<unsigned char>(der[at]); };
  if (byte(1) < 0x80) return std::size_t{byte(1)} + 2;
  const std::size_t length_bytes = byte(1) & 0x7FU;
  if (length_bytes == 0 || length_bytes > 4 || der.size() < 2 + length_bytes) return std::nullopt;
  std::size_t size = 0;
  for (std::size_t i = 0; i < length_bytes; ++i) size = size << 8 | byte(2 + i);
  return size + 2 + length_bytes;
}

/// True for base64 of one element of DER, whole: all that is told without decoding it.
bool may_be_certificate(std::string_view base64) {
  std::size_t characters = 0;
  std::size_t padding = 0;
  if (!count_base64(base64, characters, padding)) return false;
  const auto header = decode_base64(base64, std::min(characters, header_characters));
  return header && element_size(*header) == characters / 4 * 3 - padding;
}

/// The subject of a certificate in base64; nothing if that is damaged.
std::optional<std::string> subject_in(std::string_view base64) {
  const auto start = decode_base64(base64, subject_characters);
  if (!start) return std::nullopt;
  // Lengths of what is cut off are beyond its end, which is no DER: they are looked at in full.
  if (const auto subject = find_subject_at_start(*start)) return std::string(*subject);
  const std::string whole = decode_certificate(base64);
  const auto subject = find_subject(whole);
  return subject ? std::optional(std::string(*subject)) : std::nullopt;
}

// ---- what OpenSSL calls back: C code, so nothing may throw --------------------------------------

std::span<const Root> with_hash(std::span<const Root> roots, std::uint32_t hash) {
  const auto [first, last] = std::equal_range(
      roots.begin(), roots.end(), Root{hash, {}},
      [](const Root& a, const Root& b) { return a.subject_hash < b.subject_hash; });
  return {first, last};
}

Certificate parse_certificate(std::string_view der) {
  const unsigned char* at = begin_of(der);
  return Certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

std::uint32_t hash_of(const X509_NAME* name) {
  return static_cast<std::uint32_t>(X509_NAME_hash_ex(name, nullptr, nullptr, nullptr));
}

std::vector<std::string> candidates(const RootBundle& bundle, const X509_NAME* name) {
  std::vector<std::string> found;
  const unsigned char* der = nullptr;
  std::size_t size = 0;
  if (X509_NAME_get0_der(name, &der, &size) == 1) {
    found = bundle.with_subject({reinterpret_cast<const char*>(der), size});
  }
  return found.empty() ? bundle.with_hash(hash_of(name)) : found;
}

/// The DER of certificates that may be of that name.
std::vector<std::string> candidates(const TrustedRoots& trusted, const X509_NAME* name) {
  std::vector<std::string> found;
  for (const RootBundle* bundle : {trusted.bundle, trusted.extra}) {
    if (bundle == nullptr) continue;
    for (std::string& der : candidates(*bundle, name)) found.push_back(std::move(der));
  }
  if (trusted.roots.empty()) return found;
  for (const Root& root : with_hash(trusted.roots, hash_of(name))) found.emplace_back(root.der);
  return found;
}

/// Puts every root of that name into the store, as OpenSSL's own lookups do: it searches there
/// again when the first one does not fit.
int look_up(X509_LOOKUP* lookup, const X509_NAME* name, X509_OBJECT* found) {
  const auto* trusted = static_cast<const TrustedRoots*>(X509_LOOKUP_get_method_data(lookup));
  if (trusted == nullptr) return 0;
  int is_found = 0;
  for (const std::string& der : candidates(*trusted, name)) {
    const auto certificate = parse_certificate(der);
    if (!certificate) continue;
    if (X509_NAME_cmp(X509_get_subject_name(certificate.get()), name) != 0) continue;
    if (X509_STORE_add_cert(X509_LOOKUP_get_store(lookup), certificate.get()) != 1) continue;
    if (is_found != 0) continue;
    if (X509_OBJECT_set1_X509(found, certificate.get()) != 1) continue;
    // The caller takes the store's reference, not one of its own.
    X509_free(certificate.get());
    is_found = 1;
  }
  return is_found;
}

int on_lookup(X509_LOOKUP* lookup, X509_LOOKUP_TYPE type, const X509_NAME* name,
              X509_OBJECT* found) noexcept {
  if (type != X509_LU_X509) return 0;
  try {
    return look_up(lookup, name, found);
  } catch (const std::bad_alloc&) {
    return 0;
  }
}

void on_free(X509_LOOKUP* lookup) noexcept {
  delete static_cast<TrustedRoots*>(X509_LOOKUP_get_method_data(lookup));
}

/// Once per process and never freed: stores refer to it to their end.
X509_LOOKUP_METHOD* lookup_method() {
  static X509_LOOKUP_METHOD* const method = [] {
    auto* made = X509_LOOKUP_meth_new("roots by subject");
    if (made != nullptr) {
      X509_LOOKUP_meth_set_get_by_subject(made, on_lookup);
      X509_LOOKUP_meth_set_free(made, on_free);
    }
    return made;
  }();
  return method;
}

}  // namespace

bool trust_roots(void* ssl_context, const TrustedRoots& roots) {
  auto* store = SSL_CTX_get_cert_store(static_cast<SSL_CTX*>(ssl_context));
  auto* method = lookup_method();
  if (store == nullptr || method == nullptr) return false;
  auto* lookup = X509_STORE_add_lookup(store, method);
  if (lookup == nullptr) return false;
  // A store has one lookup of a kind: adding it again, for another connection, gives the same one.
  if (X509_LOOKUP_get_method_data(lookup) != nullptr) return true;
  return X509_LOOKUP_set_method_data(lookup, new (std::nothrow) TrustedRoots(roots)) == 1;
}

std::optional<RootBundle> RootBundle::from_pem(std::string_view text) {
  RootBundle bundle;
  bundle.text_ = std::make_unique<const std::string>(text);
  std::string_view pem = *bundle.text_;
  for (auto at = pem.find(any_begin); at != std::string_view::npos; at = pem.find(any_begin, at)) {
    pem.remove_prefix(at);
    const auto end = pem.find(end_line);
    if (!pem.starts_with(begin_line) || end == std::string_view::npos) return std::nullopt;
    const auto base64 = pem.substr(begin_line.size(), end - begin_line.size());
    if (!may_be_certificate(base64)) return std::nullopt;
    bundle.certificates_.push_back(base64);
    at = end;
  }
  if (bundle.certificates_.empty()) return std::nullopt;
  return bundle;
}

std::vector<std::string> RootBundle::with_subject(std::string_view name) const {
  std::vector<std::string> found;
  for (const std::string_view base64 : certificates_) {
    if (subject_in(base64) == name) found.push_back(decode_certificate(base64));
  }
  return found;
}

std::vector<std::string> RootBundle::with_hash(std::uint32_t hash) const {
  std::vector<std::string> found;
  for (const std::string_view base64 : certificates_) {
    const auto subject = subject_in(base64);
    if (subject && hash_of_name(*subject) == hash) found.push_back(decode_certificate(base64));
  }
  return found;
}

std::optional<RootBundle> RootBundle::from_file(const std::string& path) {
  const std::unique_ptr<BIO, FreeBio> file(BIO_new_file(path.c_str(), "r"));
  if (!file) {
    ERR_clear_error();
    return std::nullopt;
  }
  std::string text;
  std::array<char, 16 * 1024> piece;
  int size = 0;
  while ((size = BIO_read(file.get(), piece.data(), static_cast<int>(piece.size()))) > 0) {
    text.append(piece.data(), static_cast<std::size_t>(size));
    if (text.size() > bundle_bytes_max) return std::nullopt;
  }
  return from_pem(text);
}

bool was_resumed(void* ssl) { return SSL_session_reused(static_cast<SSL*>(ssl)) == 1; }

void start_tls() {
  OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS |
                       OPENSSL_INIT_NO_LOAD_SSL_STRINGS | OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
                       OPENSSL_INIT_NO_ATEXIT,
                   nullptr);
}

bool means_other_tls_version(unsigned long error) {
  if (ERR_GET_LIB(error) != ERR_LIB_SSL) return false;
  const int reason = ERR_GET_REASON(error);
  return reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION || reason == SSL_R_UNSUPPORTED_PROTOCOL;
}

std::string tls_error_text(unsigned long error) {
  // Not OPENSSL_init_ssl(): what that was told to leave out the first time stays out.
  ERR_load_SSL_strings();
  const char* text = ERR_reason_error_string(error);
  return text == nullptr ? "" : text;
}

}  // namespace start_claude::crypto
