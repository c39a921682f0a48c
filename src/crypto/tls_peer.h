// Who is at the other end of a TLS connection, for a person who asks: the protocol's version, and
// whose certificate it is, by whom, until when.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"

namespace start_claude::crypto {

struct TlsPeer {
  std::string version;  ///< "TLSv1.3"
  /// Common names, else organisations, of the certificate's subject and of who signed it; UTF-8 by
  /// strangers, so not for a terminal as they are. Empty if it names neither.
  std::string subject;
  std::string issuer;
  std::optional<UtcTime> expires = {};
};

/// What the SSL `ssl` agreed on and was shown; nothing if there is no certificate.
std::optional<TlsPeer> describe_tls_peer(void* ssl);

}  // namespace start_claude::crypto
