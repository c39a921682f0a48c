// The transport over libcurl. The only file beside its .cc that knows curl, and it does not show.
//
// One instance keeps its connections for the next request. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "http/connection_facts.h"
#include "http/tls_sessions.h"
#include "http/transport.h"

namespace start_claude::http {

/// Bytes of one exchange so far; a total of 0 is one that is not known (yet).
struct Progress {
  std::uint64_t sent = 0;
  std::uint64_t to_send = 0;
  std::uint64_t received = 0;
  std::uint64_t to_receive = 0;
};

/// Is told how far an exchange is, about once a second and whenever bytes move. Must not throw.
class ProgressObserver {
 public:
  virtual ~ProgressObserver() = default;
  virtual void moved(const Progress& so_far) = 0;
  virtual void ended() = 0;
};

struct CurlOptions {
  /// PEM bundle, or a hashed folder, that replaces the system's roots; nothing means the system's.
  std::optional<std::string> ca_file = {};
  /// PEM bundle that is trusted beside them; one that cannot be read adds nothing.
  std::optional<std::string> extra_ca_file = {};
  /// Proxy for https and for http URIs, and the hosts that go without ("*" for all), as in
  /// HTTPS_PROXY, HTTP_PROXY and NO_PROXY. Empty means none; curl never reads the environment.
  std::string https_proxy = {};
  std::string http_proxy = {};
  std::string no_proxy = {};
  /// Where TLS sessions are kept from run to run; null for nowhere.
  std::shared_ptr<TlsSessionFile> sessions = {};
  /// Null: nobody watches.
  std::shared_ptr<ProgressObserver> progress = {};
};

std::unique_ptr<Transport> make_curl_transport(CurlOptions options);

/// Connects to the server of `uri` as such a transport would, sends no request, and hangs up. A
/// server whose certificate is not trusted is asked once more, only to see whose it is.
ConnectionFacts probe_connection(const CurlOptions& options, const Uri& uri, const Limits& limits);

/// Where the certificates that such a transport trusts come from, for people.
std::string describe_trust(const CurlOptions& options);

/// What the program was built with, a line each: libcurl and what that has in it, and the roots.
std::string describe_build();

}  // namespace start_claude::http
