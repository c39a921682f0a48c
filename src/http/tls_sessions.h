// TLS sessions that outlive a run, so that the next one need not prove everything again.
//
// One file, 0600, for it is as good as a secret: who has a session can pretend to be the one who
// made it. It is bound to the trust it was made under: a resumed session checks no certificate. A
// file that is damaged, too large or not there is an empty one. TLS 1.3 is RFC 8446 section 2.2.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "platform/filesystem.h"
#include "platform/random.h"

namespace start_claude::http {

/// As libcurl hands it out; to us all of it is bytes.
struct TlsSession {
  std::string peer;   ///< what it is for, in curl's words
  std::string proof;  ///< curl's check that it is for no other
  std::string state;
  bool operator==(const TlsSession&) const = default;
};

/// At most this many are kept, the last ones: a run talks to one store or two.
inline constexpr std::size_t tls_sessions_max = 8;

/// Both directions of the file's text; `trust` must be the same to read it.
std::string format_tls_sessions(const std::vector<TlsSession>& sessions, const std::string& trust);
std::vector<TlsSession> parse_tls_sessions(std::string_view text, const std::string& trust);

class TlsSessionFile {
 public:
  TlsSessionFile(platform::FileSystem& files, platform::Random& random, std::string path)
      : files_(files), random_(random), path_(std::move(path)) {}

  /// `trust` in a form that changes when the file or folder of certificates it names does.
  std::string trust_now(const std::string& trust) const;
  std::vector<TlsSession> load(const std::string& trust) const;
  /// Replaces what was kept. Failures do not matter: the next run then makes a new session.
  void save(const std::vector<TlsSession>& sessions, const std::string& trust);

 private:
  platform::FileSystem& files_;
  platform::Random& random_;
  std::string path_;
};

}  // namespace start_claude::http
