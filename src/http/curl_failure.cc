#include "http/curl_failure.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <system_error>

#include <curl/curl.h>

#include "base/text.h"
#include "crypto/roots.h"
#include "http/proxy.h"

namespace start_claude::http {
namespace {

/// Results of OpenSSL's certificate check (X509_V_ERR_*), numbers of its stable interface.
enum VerifyResult : long {
  checked = 0,
  unspecified = 1,
  not_yet_valid = 9,
  has_expired = 10,
  self_signed = 18,
  self_signed_in_chain = 19,
  no_local_issuer = 20,
  no_first_signature = 21,
  host_name_mismatch = 62,
  address_mismatch = 64,
};

constexpr long proxy_authentication_required = 407;

/// CURLE_TOO_LARGE of curl 8.6 and later, which 7.88 does not name yet.
constexpr int headers_too_large_for_curl = 100;

std::string format_timeout(std::chrono::milliseconds timeout) {
  const auto count = timeout.count();
  if (count % 1000 != 0) return std::to_string(count) + " ms";
  return std::to_string(count / 1000) + " s";
}

std::string peer_name(const Uri& uri) {
  return uri.host + " port " + std::to_string(uri.effective_port());
}

/// ": Connection refused", or nothing if the operating system gave no reason.
std::string system_reason(const TransferEnd& end) {
  if (end.system_error == 0) return {};
  return ": " + std::generic_category().message(end.system_error);
}

Failure proxy_failure(const TransferEnd& end) {
  const auto name = "the proxy " + proxy_name(end.proxy);
  if (end.proxy_status != 0) {
    const bool is_denied = end.proxy_status == proxy_authentication_required;
    return Failure{is_denied ? FailureKind::proxy_denied : FailureKind::proxy_failed,
                   name + " refused to connect to " + peer_name(end.uri) + " (status " +
                       std::to_string(end.proxy_status) + ")"};
  }
  return Failure{FailureKind::proxy_failed,
                 "could not connect through " + name + system_reason(end)};
}

Failure connect_failure(const TransferEnd& end) {
  if (!end.proxy.empty()) return proxy_failure(end);
  return Failure{FailureKind::not_connected,
                 "could not connect to " + peer_name(end.uri) + system_reason(end)};
}

/// The number a person set. Not an attempt's share of it: the last one may get milliseconds.
std::chrono::milliseconds allowed_time(const Limits& limits) {
  return std::max(limits.total_timeout, limits.shared_timeout);
}

Failure timeout_failure(const TransferEnd& end) {
  const auto allowed = allowed_time(end.limits);
  if (end.has_begun) {
    return Failure{FailureKind::timed_out, "no whole answer from " + peer_name(end.uri) +
                                               " within " + format_timeout(allowed)};
  }
  if (!end.proxy.empty()) return proxy_failure(end);
  const auto within = " within " + format_timeout(std::min(end.limits.connect_timeout, allowed));
  if (!end.name_was_resolved) {
    return Failure{FailureKind::name_not_resolved,
                   "could not find the address of " + end.uri.host + within};
  }
  if (end.is_accepted) {
    return Failure{FailureKind::not_connected,
                   "no TLS connection to " + peer_name(end.uri) + " came about" + within};
  }
  return Failure{FailureKind::not_connected, "could not connect to " + peer_name(end.uri) + within};
}

/// Everything that has no name of its own: what matters is how far the request had come.
Failure broken_failure(const TransferEnd& end) {
  const auto peer = peer_name(end.uri);
  if (end.has_begun) {
    return Failure{
        FailureKind::connection_lost,
        "the connection to " + peer + " broke before the answer was complete" + system_reason(end)};
  }
  if (!end.proxy.empty()) return proxy_failure(end);
  return Failure{FailureKind::not_connected,
                 "the connection to " + peer + " broke before the request could be sent"};
}

std::string distrust_reason(const TransferEnd& end) {
  if (end.roots.is_empty()) return "this machine has no root certificates";
  const auto certificate = "the TLS certificate of " + end.uri.host;
  switch (end.verify_result) {
    case not_yet_valid: return certificate + " is not valid yet; is this machine's clock right?";
    case has_expired: return certificate + " has expired";
    case self_signed: return certificate + " is self-signed";
    case self_signed_in_chain:
    case no_local_issuer:
    case no_first_signature:
      return certificate + " is signed by an authority this machine does not trust";
    // curl compares names itself, after OpenSSL and before it has noted OpenSSL's result.
    case checked:
    case unspecified:
    case host_name_mismatch:
    case address_mismatch: return certificate + " is for another host name";
    // An open set of another library's numbers, not an enum of ours.
    default:
      return certificate + " cannot be trusted (check " + std::to_string(end.verify_result) + ")";
  }
}

/// What OpenSSL means by "error:0A00010B:SSL routines::reason(267)", as curl repeats it: the words
/// at the end are only there if they were loaded before, and the number always is.
std::optional<unsigned long> tls_error(const std::string& detail) {
  constexpr std::string_view mark = "error:";
  const auto start = detail.find(mark);
  if (start == std::string::npos) return std::nullopt;
  return std::strtoul(detail.c_str() + start + mark.size(), nullptr, 16);
}

Failure tls_failure(const TransferEnd& end) {
  const auto error = tls_error(end.detail);
  if (error && crypto::means_other_tls_version(*error)) {
    return Failure{FailureKind::tls_too_old,
                   peer_name(end.uri) + " speaks no TLS of version 1.2 or later"};
  }
  const auto reason = error ? crypto::tls_error_text(*error) : std::string();
  const auto words = reason.empty() ? "" : " (" + base::printable(reason) + ")";
  return Failure{FailureKind::tls_failed,
                 "no TLS connection to " + peer_name(end.uri) + " came about" + words};
}

Failure answer_failure(const TransferEnd& end) {
  const auto peer = peer_name(end.uri);
  const auto malformed = [](std::string reason) {
    return Failure{FailureKind::malformed_response, std::move(reason)};
  };
  if (const auto problem = end.reader.problem()) {
    switch (*problem) {
      case ResponseReader::Problem::body_too_large:
        return Failure{FailureKind::too_large,
                       "the answer of " + peer + " is larger than " +
                           base::format_size(end.limits.response_bytes_max)};
      case ResponseReader::Problem::no_memory:
        return Failure{FailureKind::too_large, "the answer of " + peer + " does not fit in memory"};
      case ResponseReader::Problem::headers_too_large:
        return malformed(peer + " sent too many headers");
    }
  }
  if (end.code == headers_too_large_for_curl || end.code == CURLE_OUT_OF_MEMORY) {
    return malformed(peer + " sent too many headers");
  }
  if (!end.reader.has_all_headers()) {
    return malformed("the answer of " + peer + " ended within its headers");
  }
  if (end.code != CURLE_PARTIAL_FILE) return malformed(peer + " did not answer in HTTP");
  const auto announced = end.reader.content_length();
  return malformed("the answer of " + peer + " ended after " +
                   std::to_string(end.reader.body_bytes()) +
                   (announced ? " of " + std::to_string(*announced) : "") + " bytes");
}

}  // namespace

bool is_authority_unknown(long verify_result) {
  return verify_result == self_signed || verify_result == self_signed_in_chain ||
         verify_result == no_local_issuer || verify_result == no_first_signature;
}

Failure failure_from(const TransferEnd& end) {
  switch (end.code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return Failure{FailureKind::name_not_resolved,
                     "could not find the address of " + end.uri.host};
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY: return proxy_failure(end);
    case CURLE_COULDNT_CONNECT: return connect_failure(end);
    case CURLE_OPERATION_TIMEDOUT: return timeout_failure(end);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return Failure{FailureKind::tls_not_trusted, distrust_reason(end)};
    case CURLE_SSL_CACERT_BADFILE:
      return Failure{FailureKind::tls_failed,
                     "cannot read the root certificates in " + end.roots.bundle};
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER: return tls_failure(end);
    case CURLE_OUT_OF_MEMORY:  // libcurl before 8.6 says so of one header above its limit of 100 KB
      if (end.has_begun && !end.reader.has_all_headers()) return answer_failure(end);
      return broken_failure(end);
    case CURLE_OK:  // with headers that have no end
    case CURLE_PARTIAL_FILE:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:  // what looks like HTTP/0.9
    case headers_too_large_for_curl:
    case CURLE_WRITE_ERROR: return answer_failure(end);
    // curl's codes are an open set; the rest of them break a connection one way or another.
    default: return broken_failure(end);
  }
}

}  // namespace start_claude::http
