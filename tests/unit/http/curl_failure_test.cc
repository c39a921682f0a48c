// What certificates are refused for: results of OpenSSL that a test server cannot bring about all.
#include "http/curl_failure.h"

#include <catch2/catch.hpp>

#include <curl/curl.h>

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
  // X509_V_ERR_*, numbers of OpenSSL's stable interface; 23 is one that has no words of its own.
  const auto row = GENERATE_COPY(values<Row>({
      {9, " is not valid yet; is this machine's clock right?", false},
      {10, " has expired", false},
      {18, " is self-signed", true},
      {19, unknown, true},
      {20, unknown, true},
      {21, unknown, true},
      {62, " is for another host name", false},
      {64, " is for another host name", false},
      {0, " is for another host name", false},
      {23, " cannot be trusted (check 23)", false},
  }));
  INFO(row.result);
  const auto failure = refused_for(row.result, {.bundle = "ca.pem"});
  CHECK(failure.kind == FailureKind::tls_not_trusted);
  CHECK(failure.reason == "the TLS certificate of store.test" + row.reason);
  CHECK(is_authority_unknown(row.result) == row.is_authority_unknown);
}

TEST_CASE("without any root certificates that is what is said") {
  CHECK(refused_for(20, {}).reason == "this machine has no root certificates");
}
