// A TLS server with a certificate of its own making: `openssl s_server` answering every GET.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "support/loopback_server.h"

namespace start_claude::support {

class TlsServer {
 public:
  struct Options {
    /// What the certificate is for, as subjectAltName: "IP:127.0.0.1", "DNS:store.test".
    std::string certified_name = "IP:127.0.0.1";
    /// More of s_server's arguments: {"-tls1_1"}.
    std::vector<std::string> arguments = {};
  };

  /// Throws std::runtime_error if it does not come up.
  explicit TlsServer(const Options& options);
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  /// "https://127.0.0.1:PORT/"
  std::string url() const { return "https://127.0.0.1:" + std::to_string(port_) + "/"; }
  /// The PEM file of its self-signed certificate.
  std::string certificate_file() const { return folder_ + "/certificate.pem"; }

 private:
  std::string folder_;
  std::optional<Descriptor> output_;  ///< kept open: the server writes a line per connection
  pid_t process_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace start_claude::support
