// Why a transfer by libcurl ended without a whole response: a kind, and one line for people.
//
// A pure function over what curl_transport found out. What decides most is how far the request had
// come: before it went out, the server cannot have acted on it.
#pragma once

#include <string>

#include "http/response_reader.h"
#include "http/system_roots.h"
#include "http/transport.h"

namespace start_claude::http {

struct TransferEnd {
  const Uri& uri;
  const Limits& limits;
  const ResponseReader& reader;
  int code = 0;            ///< the CURLcode
  std::string detail;      ///< curl's own words, only for what OpenSSL says in them
  std::string proxy;       ///< empty if there was none
  SystemRoots roots;       ///< the trusted ones
  bool has_begun = false;  ///< the connection stood and the request began to go out
  bool name_was_resolved = false;
  bool is_accepted = false;  ///< somebody listens there: TCP stood, and maybe no more
  int system_error = 0;      ///< errno of the last failed connect, send or receive; 0 if none
  long verify_result = 0;    ///< of OpenSSL's certificate check
  long proxy_status = 0;     ///< the proxy's answer to CONNECT; 0 if there was none
};

/// True for results of OpenSSL's certificate check that a further root certificate may mend.
bool is_authority_unknown(long verify_result);

Failure failure_from(const TransferEnd& end);

}  // namespace start_claude::http
