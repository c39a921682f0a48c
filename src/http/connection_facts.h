// A connection taken apart, for a person who wants to know where it fails: the name, TCP, TLS.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "crypto/tls_peer.h"
#include "http/transport.h"

namespace start_claude::http {

struct ConnectionFacts {
  std::string proxy;  ///< "proxy.lan:3128"; empty if there is none in between
  /// How long finding the address took: the server's, or the proxy's. Nothing if it was not found.
  std::optional<std::chrono::milliseconds> lookup = {};
  /// The address that answered, or the last one tried, without brackets; may be empty.
  std::string address;
  bool is_accepted = false;  ///< somebody listens there
  /// How long TCP took after the lookup; nothing if that is not known.
  std::optional<std::chrono::milliseconds> connect = {};
  /// Who answered over TLS, even if that certificate is not trusted; nothing over plain HTTP.
  std::optional<crypto::TlsPeer> tls = {};
  /// The certificate would be trusted if its authority was.
  bool is_authority_unknown = false;
  /// Why the connection did not come about; nothing if it did.
  std::optional<Failure> failure = {};
};

}  // namespace start_claude::http
