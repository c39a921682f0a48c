// TLS sessions between libcurl and a TlsSessionFile, where libcurl can hand them out (8.12+); where
// it cannot, nothing happens.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "http/system_roots.h"
#include "http/tls_sessions.h"

namespace start_claude::http {

class CurlSessions {
 public:
  /// Null: no file, no sessions.
  explicit CurlSessions(std::shared_ptr<TlsSessionFile> file);
  CurlSessions(const CurlSessions&) = delete;
  CurlSessions& operator=(const CurlSessions&) = delete;
  ~CurlSessions();

  /// Before a request over TLS under the trust of `roots`; reads the file at the first one.
  void offer(void* handle, const SystemRoots& roots);
  /// Once the connection for it stands.
  void connected(void* handle);
  /// Writes the file if a session was made rather than resumed. Before `handle` goes.
  void keep(void* handle);

 private:
  struct Share;
  std::shared_ptr<TlsSessionFile> file_;
  std::unique_ptr<Share> share_;
  std::optional<std::string> trust_ = {};  ///< under which the sessions were loaded
  [[maybe_unused]] bool has_new_ = false;  ///< older versions of libcurl cannot tell
};

}  // namespace start_claude::http
