// What all requests that go out through libcurl have in common, whoever waits for the answer.
//
// Shows nothing of curl: a handle is a CURL*, which curl itself declares as void*.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/roots.h"
#include "http/curl_transport.h"
#include "http/message.h"
#include "http/system_roots.h"

struct curl_slist;

namespace start_claude::http {

struct FreeHeaders {
  void operator()(curl_slist* list) const;
};
using CurlHeaders = std::unique_ptr<curl_slist, FreeHeaders>;

/// Nothing if the request can go out as it is, else why not. Whoever calls has built it from
/// settings, and a line break in one of those would let it speak for itself on the wire.
std::optional<std::string> problem_in_request(const Request& request);

/// The headers as curl wants them: "Name: value", "Name;" for an empty value, and "Name:" to keep
/// curl from adding one of its own. Null if there is no memory.
CurlHeaders curl_headers(const Request& request);

/// True if the request is framed as one with a body, be it an empty one.
bool has_body(const Request& request);

/// The proxy for requests to `uri`; empty if they go without.
std::string proxy_for(const Uri& uri, const CurlOptions& options);

/// Prepares libcurl, once per process; the system cleans up after it.
bool curl_is_ready();

/// What holds for every request: send what is given, get what is sent, follow nothing. False if
/// this build's libcurl cannot promise that.
bool set_policy(void* handle);

/// What curl calls while a request goes out and its answer comes in; C code calls, so nothing may
/// throw. The signatures are those of CURLOPT_HEADERFUNCTION, _WRITEFUNCTION and _PREREQFUNCTION.
struct CurlCallbacks {
  std::size_t (*on_header)(char* text, std::size_t size, std::size_t count, void* data);
  std::size_t (*on_body)(char* text, std::size_t size, std::size_t count, void* data);
  int (*before_request)(void* data, char*, char*, int, int);
  void* data;        ///< what they get
  char* error_text;  ///< CURL_ERROR_SIZE bytes
};

/// One request, as every user of libcurl sets it. All of it must outlive the transfer.
struct CurlExchange {
  const Request& request;
  /// What is sent, in place of the request's; nothing: framed as none.
  std::optional<std::string_view> body;
  const CurlHeaders& headers;  ///< curl_headers(request)
  const std::string& proxy;    ///< empty: none, whatever the environment says
  std::chrono::milliseconds connect_timeout;
  CurlCallbacks callbacks;
};

/// False as above.
bool set_exchange(void* handle, const CurlExchange& exchange);

/// For CURLOPT_CONNECTTIMEOUT_MS and its like, to which 0 means: for ever.
long curl_milliseconds(std::chrono::milliseconds timeout);

/// Whom connections over TLS trust. Roots are found when the first such connection is to be made: a
/// run over plain HTTP has no use for them. Must outlive the connections.
class CurlTrust {
 public:
  /// `ca_file` replaces the system's roots, `extra_ca_file` adds to them.
  explicit CurlTrust(std::optional<std::string> ca_file,
                     std::optional<std::string> extra_ca_file = {})
      : ca_file_(std::move(ca_file)), extra_ca_file_(std::move(extra_ca_file)) {}
  CurlTrust(const CurlTrust&) = delete;
  CurlTrust& operator=(const CurlTrust&) = delete;

  /// Sets what a request to `uri` by way of `proxy` needs; false as above.
  bool apply(void* handle, const Uri& uri, const std::string& proxy);
  /// Those that were found; empty if none were needed yet.
  SystemRoots roots() const { return roots_.value_or(SystemRoots{}); }

  static SystemRoots roots_for(const std::optional<std::string>& ca_file,
                               const std::optional<std::string>& extra_ca_file);

 private:
  friend struct TlsContext;
  void find_roots();

  std::optional<std::string> ca_file_;
  std::optional<std::string> extra_ca_file_;
  std::optional<SystemRoots> roots_;          ///< or the file that replaces them
  std::optional<crypto::RootBundle> bundle_;  ///< that of roots_, if it could be indexed
  std::optional<crypto::RootBundle> extra_;   ///< the same of what counts beside them
};

}  // namespace start_claude::http
