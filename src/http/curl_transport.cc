#include "http/curl_transport.h"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include <curl/curl.h>
#include <fcntl.h>

#include "base/text.h"
#include "http/proxy.h"
#include "http/response_reader.h"
#include "http/system_roots.h"

namespace start_claude::http {
namespace {

/// Results of OpenSSL's certificate check (X509_V_ERR_*), which are part of its stable interface.
enum VerifyResult : long {
  not_yet_valid = 9,
  has_expired = 10,
  self_signed = 18,
  self_signed_in_chain = 19,
  no_local_issuer = 20,
  no_first_signature = 21,
  host_name_mismatch = 62,
  address_mismatch = 64,
};

struct FreeHeaders {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlHeaders = std::unique_ptr<curl_slist, FreeHeaders>;

struct FreeHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};

/// One request on its way. The callbacks get a pointer to it.
struct Transfer {
  const Request& request;
  const Limits& limits;
  std::string proxy;  ///< empty if there is none
  ResponseReader reader;
  int attempts = 0;  ///< how often the connection stood and the request was about to go out
  std::array<char, CURL_ERROR_SIZE> detail{};

  bool has_begun() const { return attempts > 0; }
};

bool is_safe(const std::string& method) { return method == "GET" || method == "HEAD"; }

bool has_body(const Request& request) {
  return !request.body.empty() || request.method == "PUT" || request.method == "POST";
}

// ---- what curl calls back: C code, so nothing may throw -----------------------------------------

std::size_t on_header(char* text, std::size_t size, std::size_t count, void* transfer) noexcept {
  const std::string_view line(text, size * count);
  return static_cast<Transfer*>(transfer)->reader.take_header_line(line) ? line.size() : 0;
}

std::size_t on_body(char* text, std::size_t size, std::size_t count, void* transfer) noexcept {
  const std::string_view piece(text, size * count);
  return static_cast<Transfer*>(transfer)->reader.take_body(piece) ? piece.size() : 0;
}

/// curl sends a request again by itself if a kept connection breaks before the answer's first byte.
/// The server may have acted on it by then, so only what changes nothing may go out twice.
int before_request(void* pointer, char*, char*, int, int) noexcept {
  auto* transfer = static_cast<Transfer*>(pointer);
  if (transfer->has_begun() && !is_safe(transfer->request.method)) return CURL_PREREQFUNC_ABORT;
  ++transfer->attempts;
  return CURL_PREREQFUNC_OK;
}

/// Programs started while a connection is kept (credential_process) must not inherit it.
int on_socket(void*, curl_socket_t socket, curlsocktype) noexcept {
  fcntl(socket, F_SETFD, FD_CLOEXEC);
  return CURL_SOCKOPT_OK;
}

// ---- the request --------------------------------------------------------------------------------

/// Nothing if the request can go out as it is, else why not. Whoever calls has built it from
/// settings, and a line break in one of those would let it speak for itself on the wire.
std::optional<std::string> problem_in_request(const Request& request) {
  const auto is_token = [](const std::string& text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
      return c > ' ' && c < '\x7f' &&
             std::string_view("\"(),/:;<=>?@[\\]{}").find(c) == std::string_view::npos;
    });
  };
  if (!is_token(request.method)) return "its method is not a word";
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name)) return "a header name has characters that are not allowed";
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      return "the value of the header " + name + " has a line break in it";
    }
  }
  if (!parse_uri(request.uri.text())) return "its address is not a valid URL";
  if (request.headers.contains("Transfer-Encoding")) return "its length must be known";
  return std::nullopt;
}

bool add_line(CurlHeaders& list, const std::string& line) {
  auto* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return false;
  (void)list.release();
  list.reset(longer);
  return true;
}

/// The headers as curl wants them: "Name: value", "Name;" for an empty value, and "Name:" to keep
/// curl from adding one of its own.
CurlHeaders curl_headers(const Request& request) {
  CurlHeaders list;
  // Given rather than left to curl, which rewrites IP addresses; this is what was signed.
  bool added = add_line(list, "Host: " + request.uri.authority());
  for (const auto& [name, value] : request.headers) {
    if (base::equal_ignoring_case(name, "Host")) continue;
    if (base::equal_ignoring_case(name, "Content-Length")) continue;
    added = added && add_line(list, base::trim(value).empty() ? name + ";" : name + ": " + value);
  }
  for (const std::string name : {"Accept", "Content-Type", "Expect", "Proxy-Connection"}) {
    if (!request.headers.contains(name)) added = added && add_line(list, name + ":");
  }
  return added ? std::move(list) : nullptr;
}

// ---- failures -----------------------------------------------------------------------------------

std::string format_timeout(std::chrono::milliseconds timeout) {
  const auto count = timeout.count();
  if (count % 1000 != 0) return std::to_string(count) + " ms";
  return std::to_string(count / 1000) + " s";
}

std::string peer_name(const Uri& uri) {
  return uri.host + " port " + std::to_string(uri.effective_port());
}

/// The last part of OpenSSL's "error:0A00010B:SSL routines::wrong version number", in parentheses.
std::string tls_detail(const Transfer& transfer) {
  const std::string_view detail(transfer.detail.data());
  const auto start = detail.rfind("::");
  if (start == std::string_view::npos) return {};
  return " (" + base::printable(detail.substr(start + 2)) + ")";
}

std::string distrust_reason(const std::string& host, long verify_result) {
  const auto certificate = "the TLS certificate of " + host;
  switch (verify_result) {
    case not_yet_valid: return certificate + " is not valid yet; is this machine's clock right?";
    case has_expired: return certificate + " has expired";
    case self_signed: return certificate + " is self-signed";
    case self_signed_in_chain:
    case no_local_issuer:
    case no_first_signature:
      return certificate + " is signed by an authority this machine does not trust";
    // curl compares names itself and leaves OpenSSL's result at 0.
    case 0:
    case host_name_mismatch:
    case address_mismatch: return certificate + " is for another host name";
    // An open set of another library's numbers, not an enum of ours.
    default:
      return certificate + " cannot be trusted (check " + std::to_string(verify_result) + ")";
  }
}

class CurlTransport final : public Transport {
 public:
  explicit CurlTransport(CurlOptions options)
      : options_(std::move(options)), handle_(curl_easy_init()) {
    if (!options_.ca_file) roots_ = find_system_roots();
  }

  Reply send(const Request& request, const Limits& limits) override;

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    accepted_ = curl_easy_setopt(handle_.get(), option, value) == CURLE_OK && accepted_;
  }
  void set_text(CURLoption option, const std::string& text) {
    set(option, text.empty() ? nullptr : text.c_str());
  }
  template <class Value>
  Value get(CURLINFO info) const {
    Value value{};
    curl_easy_getinfo(handle_.get(), info, &value);
    return value;
  }

  void set_policy();
  void set_trust(const Transfer& transfer);
  void set_request(Transfer& transfer, const CurlHeaders& headers);
  std::string proxy_for(const Uri& uri) const;

  Failure failure_from(CURLcode code, const Transfer& transfer) const;
  Failure connect_failure(const Transfer& transfer) const;
  Failure timeout_failure(const Transfer& transfer) const;
  Failure proxy_failure(const Transfer& transfer) const;
  Failure broken_failure(const Transfer& transfer) const;
  std::string system_reason() const;

  CurlOptions options_;
  SystemRoots roots_;
  std::unique_ptr<CURL, FreeHandle> handle_;
  bool accepted_ = true;  ///< so far, libcurl knew every option of this request
};

Reply CurlTransport::send(const Request& request, const Limits& limits) {
  if (const auto problem = problem_in_request(request)) {
    return Failure{FailureKind::not_connected, "the request cannot be sent: " + *problem};
  }
  Transfer transfer{request, limits, proxy_for(request.uri),
                    ResponseReader(limits.response_bytes_max)};
  const auto headers = curl_headers(request);
  if (!handle_ || !headers) {
    return Failure{FailureKind::not_connected, "the request cannot be sent: not enough memory"};
  }
  curl_easy_reset(handle_.get());  // settings only; connections stay
  accepted_ = true;
  set_policy();
  set_trust(transfer);
  set_request(transfer, headers);
  if (!accepted_) {
    return Failure{FailureKind::not_connected,
                   std::string("this build's HTTP library is not usable: ") + curl_version()};
  }
  const auto code = curl_easy_perform(handle_.get());
  if (code != CURLE_OK) return failure_from(code, transfer);
  if (!transfer.reader.has_all_headers()) {
    // curl takes a connection that ends there for a whole answer.
    return Failure{FailureKind::malformed_response,
                   "the answer of " + peer_name(request.uri) + " ended within its headers"};
  }
  return transfer.reader.finish(static_cast<int>(get<long>(CURLINFO_RESPONSE_CODE)));
}

/// What holds for every request: send what is given, get what is sent, follow nothing.
void CurlTransport::set_policy() {
#if LIBCURL_VERSION_NUM >= 0x075500
  set(CURLOPT_PROTOCOLS_STR, "http,https");
#else
  set(CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_HTTP09_ALLOWED, 0L);
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_HTTP_CONTENT_DECODING, 0L);
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_TCP_NODELAY, 1L);
  set(CURLOPT_NOPROGRESS, 1L);
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
}

void CurlTransport::set_trust(const Transfer& transfer) {
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  const auto bundle = options_.ca_file.value_or(roots_.bundle);
  set_text(CURLOPT_CAINFO, bundle);
  set_text(CURLOPT_CAPATH, roots_.folder);
  if (!transfer.proxy.starts_with("https:")) return;
  set(CURLOPT_PROXY_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set_text(CURLOPT_PROXY_CAINFO, bundle);
  set_text(CURLOPT_PROXY_CAPATH, roots_.folder);
}

void CurlTransport::set_request(Transfer& transfer, const CurlHeaders& headers) {
  const auto& request = transfer.request;
  const auto milliseconds = [](std::chrono::milliseconds timeout) {
    return std::max(1L, static_cast<long>(timeout.count()));  // 0 would mean: for ever
  };
  set(CURLOPT_URL, request.uri.text().c_str());
  set(CURLOPT_PROXY, transfer.proxy.c_str());  // "" keeps curl from asking the environment
  set(CURLOPT_NOPROXY, "");
  set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(transfer.limits.connect_timeout));
  set(CURLOPT_TIMEOUT_MS, milliseconds(transfer.limits.total_timeout));
  set(CURLOPT_HTTPHEADER, headers.get());
  if (has_body(request)) {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDS, request.body.c_str());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
  if (request.method == "HEAD") set(CURLOPT_NOBODY, 1L);
  set(CURLOPT_CUSTOMREQUEST, request.method.c_str());

  set(CURLOPT_ERRORBUFFER, transfer.detail.data());
  set(CURLOPT_HEADERFUNCTION, on_header);
  set(CURLOPT_HEADERDATA, &transfer);
  set(CURLOPT_WRITEFUNCTION, on_body);
  set(CURLOPT_WRITEDATA, &transfer);
  set(CURLOPT_PREREQFUNCTION, before_request);
  set(CURLOPT_PREREQDATA, &transfer);
  set(CURLOPT_SOCKOPTFUNCTION, on_socket);
}

std::string CurlTransport::proxy_for(const Uri& uri) const {
  const auto& proxy = uri.scheme == "https" ? options_.https_proxy : options_.http_proxy;
  return proxy.empty() || bypasses_proxy(uri, options_.no_proxy) ? "" : proxy;
}

Failure CurlTransport::failure_from(CURLcode code, const Transfer& transfer) const {
  const auto peer = peer_name(transfer.request.uri);
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return Failure{FailureKind::name_not_resolved,
                     "could not find the address of " + transfer.request.uri.host};
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY: return proxy_failure(transfer);
    case CURLE_COULDNT_CONNECT: return connect_failure(transfer);
    case CURLE_OPERATION_TIMEDOUT: return timeout_failure(transfer);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      if (!options_.ca_file && roots_.folder.empty() && roots_.bundle.empty()) {
        return Failure{FailureKind::tls_not_trusted, "this machine has no root certificates"};
      }
      return Failure{
          FailureKind::tls_not_trusted,
          distrust_reason(transfer.request.uri.host, get<long>(CURLINFO_SSL_VERIFYRESULT))};
    case CURLE_SSL_CACERT_BADFILE:
      return Failure{FailureKind::tls_failed, "cannot read the root certificates in " +
                                                  options_.ca_file.value_or(roots_.bundle)};
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
      return Failure{FailureKind::tls_failed,
                     "no TLS connection to " + peer + " came about" + tls_detail(transfer)};
    case CURLE_PARTIAL_FILE:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:  // what looks like HTTP/0.9
    case CURLE_WRITE_ERROR: break;
    default: return broken_failure(transfer);
  }

  const auto& reader = transfer.reader;
  if (reader.problem() == ResponseReader::Problem::body_too_large) {
    return Failure{FailureKind::too_large,
                   "the answer of " + peer + " is larger than " +
                       base::format_size(transfer.limits.response_bytes_max)};
  }
  if (reader.problem() == ResponseReader::Problem::no_memory) {
    return Failure{FailureKind::too_large, "the answer of " + peer + " does not fit in memory"};
  }
  if (reader.problem() == ResponseReader::Problem::headers_too_large) {
    return Failure{FailureKind::malformed_response, peer + " sent too many headers"};
  }
  if (code == CURLE_PARTIAL_FILE) {
    const auto announced = reader.content_length();
    return Failure{FailureKind::malformed_response,
                   "the answer of " + peer + " ended after " + std::to_string(reader.body_bytes()) +
                       (announced ? " of " + std::to_string(*announced) : "") + " bytes"};
  }
  return Failure{FailureKind::malformed_response, peer + " did not answer in HTTP"};
}

Failure CurlTransport::connect_failure(const Transfer& transfer) const {
  if (!transfer.proxy.empty()) return proxy_failure(transfer);
  return Failure{FailureKind::not_connected,
                 "could not connect to " + peer_name(transfer.request.uri) + system_reason()};
}

Failure CurlTransport::timeout_failure(const Transfer& transfer) const {
  const auto& uri = transfer.request.uri;
  const auto connect_time =
      std::min(transfer.limits.connect_timeout, transfer.limits.total_timeout);
  if (transfer.has_begun()) {
    return Failure{FailureKind::timed_out, "no whole answer from " + peer_name(uri) + " within " +
                                               format_timeout(transfer.limits.total_timeout)};
  }
  if (!transfer.proxy.empty()) return proxy_failure(transfer);
  if (get<curl_off_t>(CURLINFO_NAMELOOKUP_TIME_T) == 0) {
    return Failure{FailureKind::name_not_resolved, "could not find the address of " + uri.host +
                                                       " within " + format_timeout(connect_time)};
  }
  return Failure{FailureKind::not_connected, "could not connect to " + peer_name(uri) + " within " +
                                                 format_timeout(connect_time)};
}

Failure CurlTransport::proxy_failure(const Transfer& transfer) const {
  const auto name = "the proxy " + proxy_name(transfer.proxy);
  const auto status = get<long>(CURLINFO_HTTP_CONNECTCODE);
  if (status != 0) {
    return Failure{FailureKind::proxy_failed, name + " refused to connect to " +
                                                  peer_name(transfer.request.uri) + " (status " +
                                                  std::to_string(status) + ")"};
  }
  return Failure{FailureKind::proxy_failed, "could not connect through " + name + system_reason()};
}

/// Everything that has no name of its own: what matters is how far the request had come.
Failure CurlTransport::broken_failure(const Transfer& transfer) const {
  const auto peer = peer_name(transfer.request.uri);
  if (transfer.has_begun()) {
    return Failure{
        FailureKind::connection_lost,
        "the connection to " + peer + " broke before the answer was complete" + system_reason()};
  }
  if (!transfer.proxy.empty()) return proxy_failure(transfer);
  return Failure{FailureKind::not_connected,
                 "the connection to " + peer + " broke before the request could be sent"};
}

/// ": Connection refused", or nothing if the operating system gave no reason.
std::string CurlTransport::system_reason() const {
  const auto number = get<long>(CURLINFO_OS_ERRNO);
  if (number == 0) return {};
  return ": " + std::generic_category().message(static_cast<int>(number));
}

/// Once per process; the system cleans up after it.
bool curl_is_ready() {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ready;
}

}  // namespace

std::unique_ptr<Transport> make_curl_transport(CurlOptions options) {
  (void)curl_is_ready();
  return std::make_unique<CurlTransport>(std::move(options));
}

}  // namespace start_claude::http
