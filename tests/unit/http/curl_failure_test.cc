// What certificates are refused for: results of OpenSSL that a test server cannot bring about all.
#include "http/curl_failure.h"

#include <catch2/catch.hpp>

#include <curl/curl.h>
#include <openssl/x509_vfy.h>

using namespace start_claude;
using namespace start_claude::http;

namespace {

Failure refused_for(long verify_result, const SystemRoots& roots) {
  const auto uri = *parse_uri("https://store.test/");
  const Limits limits;
  const ResponseReader reader(0);
  TransferEnd end{uri, limits, reader};
  end.code = static_cast<int>(CURLE_PEER_FAILED_VERIFICATION);
  end.verify_result = verify_result;
  end.roots = roots;
  return failure_from(end);
}

}  // namespace

TEST_CASE("a certificate that is not trusted is told why, and what another authority may mend") {
  struct Row {
    long result;
    std::string reason;
    bool is_authority_unknown;
  };
  const std::string unknown = " is signed by an authority this machine does not trust";
  const auto row = GENERATE_COPY(values<Row>({
      {X509_V_ERR_CERT_NOT_YET_VALID, " is not valid yet; is this machine's clock right?", false},
      {X509_V_ERR_CERT_HAS_EXPIRED, " has expired", false},
      {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, " is self-signed", true},
      {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, unknown, true},
      {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, unknown, true},
      {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, unknown, true},
      {X509_V_ERR_HOSTNAME_MISMATCH, " is for another host name", false},
      {X509_V_ERR_IP_ADDRESS_MISMATCH, " is for another host name", false},
      {X509_V_OK, " is for another host name", false},
      {X509_V_ERR_CERT_REVOKED, " cannot be trusted (check 23)", false},
  }));
  INFO(row.result);
  const auto failure = refused_for(row.result, {.bundle = "ca.pem"});
  CHECK(failure.kind == FailureKind::tls_not_trusted);
  CHECK(failure.reason == "the TLS certificate of store.test" + row.reason);
  CHECK(is_authority_unknown(row.result) == row.is_authority_unknown);
}

TEST_CASE("without any root certificates that is what is said") {
  CHECK(refused_for(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, {}).reason ==
        "this machine has no root certificates");
}
