#include "http/curl_transport.h"

#include <algorithm>
#include <array>
#include <utility>

#include <curl/curl.h>
#include <fcntl.h>

#include "base/text.h"
#include "crypto/roots.h"
#include "http/curl_failure.h"
#include "http/embedded_roots.h"
#include "http/proxy.h"
#include "http/response_reader.h"
#include "http/system_roots.h"

namespace start_claude::http {
namespace {

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
  // A hand-made Uri may read as another one than it is, and another one would be signed.
  const auto uri = parse_uri(request.uri.text());
  if (!uri || *uri != request.uri) return "its address is not a valid URL";
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

SystemRoots roots_for(const CurlOptions& options) {
  return options.ca_file ? SystemRoots{{}, *options.ca_file} : find_system_roots();
}

class CurlTransport final : public Transport {
 public:
  explicit CurlTransport(CurlOptions options)
      : options_(std::move(options)), handle_(curl_easy_init()) {}

  Reply send(const Request& request, const Limits& limits) override;

 private:
  static CURLcode on_tls_context(CURL*, void* context, void* transport) noexcept;

  template <class Value>
  void set(CURLoption option, Value value) {
    accepted_ = curl_easy_setopt(handle_.get(), option, value) == CURLE_OK && accepted_;
  }
  /// For what must not happen: a library built without it is as good.
  void set_off(CURLoption option) {
    const auto code = curl_easy_setopt(handle_.get(), option, 0L);
    accepted_ = accepted_ &&
                (code == CURLE_OK || code == CURLE_UNKNOWN_OPTION || code == CURLE_NOT_BUILT_IN);
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
  void find_roots();
  void set_trust(const Transfer& transfer);
  void set_request(Transfer& transfer, const CurlHeaders& headers);
  std::string proxy_for(const Uri& uri) const;

  Failure failure_of(const Transfer& transfer, CURLcode code) const;

  CurlOptions options_;
  std::optional<SystemRoots> roots_;          ///< or the file that replaces them; found when needed
  std::optional<crypto::RootBundle> bundle_;  ///< that of roots_, if it could be indexed
  // Last: its connections refer to the roots.
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
  // curl takes a connection that ends within the headers for a whole answer.
  if (code != CURLE_OK || !transfer.reader.has_all_headers()) return failure_of(transfer, code);
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
  set_off(CURLOPT_HTTP09_ALLOWED);
  set(CURLOPT_PATH_AS_IS, 1L);
  set_off(CURLOPT_FOLLOWLOCATION);
  set_off(CURLOPT_HTTP_CONTENT_DECODING);
  set_off(CURLOPT_NETRC);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_TCP_NODELAY, 1L);
  set(CURLOPT_NOPROGRESS, 1L);
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
}

/// Not before a connection over TLS is to be made: a run over plain HTTP has no use for it.
void CurlTransport::find_roots() {
  if (roots_) return;
  roots_ = roots_for(options_);
  if (!roots_->bundle.empty()) bundle_ = crypto::RootBundle::from_file(roots_->bundle);
}

CURLcode CurlTransport::on_tls_context(CURL*, void* context, void* transport) noexcept {
  const auto* self = static_cast<const CurlTransport*>(transport);
  const auto roots = self->bundle_ ? self->bundle_->roots() : embedded_roots();
  return crypto::trust_roots(context, roots) ? CURLE_OK : CURLE_OUT_OF_MEMORY;
}

void CurlTransport::set_trust(const Transfer& transfer) {
  const bool has_tls_proxy = transfer.proxy.starts_with("https:");
  if (transfer.request.uri.scheme != "https" && !has_tls_proxy) return;
  find_roots();
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  // A bundle that cannot be indexed is left to curl, which says what is wrong with it.
  const std::string bundle = bundle_ ? "" : roots_->bundle;
  set_text(CURLOPT_CAINFO, bundle);
  set_text(CURLOPT_CAPATH, roots_->folder);
  if (bundle_ || roots_->uses_embedded) {
    set(CURLOPT_SSL_CTX_FUNCTION, on_tls_context);
    set(CURLOPT_SSL_CTX_DATA, this);
  }
  if (!has_tls_proxy) return;
  set(CURLOPT_PROXY_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set_text(CURLOPT_PROXY_CAINFO, bundle);
  set_text(CURLOPT_PROXY_CAPATH, roots_->folder);
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

Failure CurlTransport::failure_of(const Transfer& transfer, CURLcode code) const {
  TransferEnd end{transfer.request.uri, transfer.limits, transfer.reader};
  end.code = static_cast<int>(code);
  end.detail = transfer.detail.data();
  end.has_begun = transfer.has_begun();
  end.proxy = transfer.proxy;
  if (roots_) end.roots = *roots_;
  end.name_was_resolved = get<curl_off_t>(CURLINFO_NAMELOOKUP_TIME_T) != 0;
  end.system_error = static_cast<int>(get<long>(CURLINFO_OS_ERRNO));
  end.verify_result = get<long>(CURLINFO_SSL_VERIFYRESULT);
  end.proxy_status = get<long>(CURLINFO_HTTP_CONNECTCODE);
  return failure_from(end);
}

/// Once per process; the system cleans up after it.
bool curl_is_ready() {
  static const bool ready = [] {
    crypto::start_tls();
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  }();
  return ready;
}

}  // namespace

std::unique_ptr<Transport> make_curl_transport(CurlOptions options) {
  (void)curl_is_ready();
  return std::make_unique<CurlTransport>(std::move(options));
}

std::string describe_trust(const CurlOptions& options) {
  return describe_roots(roots_for(options));
}

std::string describe_build() {
  const auto date = embedded_roots_date();
  return "\n" + std::string(curl_version()) + "\nroot certificates: " +
         (date.empty() ? "none of its own" : "Mozilla's of " + std::string(date));
}

}  // namespace start_claude::http
