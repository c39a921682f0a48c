#include "http/curl_request.h"

#include <algorithm>
#include <utility>

#include <curl/curl.h>

#include "base/text.h"
#include "http/embedded_roots.h"
#include "http/proxy.h"

namespace start_claude::http {
namespace {

bool add_line(CurlHeaders& list, const std::string& line) {
  auto* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return false;
  (void)list.release();
  list.reset(longer);
  return true;
}

/// Remembers whether libcurl took every option.
class Settings {
 public:
  explicit Settings(void* handle) : handle_(handle) {}

  template <class Value>
  void set(CURLoption option, Value value) {
    accepted_ = curl_easy_setopt(handle_, option, value) == CURLE_OK && accepted_;
  }
  /// For what must not happen: a library built without it is as good.
  void set_off(CURLoption option) {
    const auto code = curl_easy_setopt(handle_, option, 0L);
    accepted_ = accepted_ &&
                (code == CURLE_OK || code == CURLE_UNKNOWN_OPTION || code == CURLE_NOT_BUILT_IN);
  }
  void set_text(CURLoption option, const std::string& text) {
    set(option, text.empty() ? nullptr : text.c_str());
  }
  bool accepted() const { return accepted_; }

 private:
  void* handle_;
  bool accepted_ = true;
};

}  // namespace

/// Called by curl: C code, so nothing may throw.
struct TlsContext {
  static CURLcode trust(CURL*, void* context, void* pointer) noexcept {
    const auto* self = static_cast<const CurlTrust*>(pointer);
    crypto::TrustedRoots roots;
    if (self->bundle_) {
      roots.bundle = &*self->bundle_;
    } else if (self->roots_->uses_embedded) {
      roots.roots = embedded_roots();
    }
    if (self->extra_) roots.extra = &*self->extra_;
    return crypto::trust_roots(context, roots) ? CURLE_OK : CURLE_OUT_OF_MEMORY;
  }
};

void FreeHeaders::operator()(curl_slist* list) const { curl_slist_free_all(list); }

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

bool has_body(const Request& request) {
  return !request.body.empty() || request.method == "PUT" || request.method == "POST";
}

std::string proxy_for(const Uri& uri, const CurlOptions& options) {
  const auto& proxy = uri.scheme == "https" ? options.https_proxy : options.http_proxy;
  return proxy.empty() || bypasses_proxy(uri, options.no_proxy) ? "" : proxy;
}

bool curl_is_ready() {
  static const bool ready = [] {
    crypto::start_tls();
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  }();
  return ready;
}

bool set_policy(void* handle) {
  Settings settings(handle);
#if LIBCURL_VERSION_NUM >= 0x075500
  settings.set(CURLOPT_PROTOCOLS_STR, "http,https");
#else
  settings.set(CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
  settings.set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  settings.set_off(CURLOPT_HTTP09_ALLOWED);
  settings.set(CURLOPT_PATH_AS_IS, 1L);
  settings.set_off(CURLOPT_FOLLOWLOCATION);
  settings.set_off(CURLOPT_HTTP_CONTENT_DECODING);
  settings.set_off(CURLOPT_NETRC);
  settings.set(CURLOPT_NOSIGNAL, 1L);
  settings.set(CURLOPT_TCP_NODELAY, 1L);
  settings.set(CURLOPT_NOPROGRESS, 1L);
  settings.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  settings.set(CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
  return settings.accepted();
}

long curl_milliseconds(std::chrono::milliseconds timeout) {
  return std::max(1L, static_cast<long>(timeout.count()));
}

bool set_exchange(void* handle, const CurlExchange& exchange) {
  const Request& request = exchange.request;
  const CurlCallbacks& callbacks = exchange.callbacks;
  Settings settings(handle);
  settings.set(CURLOPT_URL, request.uri.text().c_str());
  settings.set(CURLOPT_PROXY, exchange.proxy.c_str());  // "" keeps curl from asking the environment
  settings.set(CURLOPT_NOPROXY, "");
  settings.set(CURLOPT_CONNECTTIMEOUT_MS, curl_milliseconds(exchange.connect_timeout));
  settings.set(CURLOPT_HTTPHEADER, exchange.headers.get());
  if (exchange.body) {
    settings.set(CURLOPT_POST, 1L);
    settings.set(CURLOPT_POSTFIELDS, exchange.body->empty() ? "" : exchange.body->data());
    settings.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(exchange.body->size()));
  }
  if (request.method == "HEAD") settings.set(CURLOPT_NOBODY, 1L);
  settings.set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  settings.set(CURLOPT_ERRORBUFFER, callbacks.error_text);
  settings.set(CURLOPT_HEADERFUNCTION, callbacks.on_header);
  settings.set(CURLOPT_HEADERDATA, callbacks.data);
  settings.set(CURLOPT_WRITEFUNCTION, callbacks.on_body);
  settings.set(CURLOPT_WRITEDATA, callbacks.data);
  settings.set(CURLOPT_PREREQFUNCTION, callbacks.before_request);
  settings.set(CURLOPT_PREREQDATA, callbacks.data);
  return settings.accepted();
}

SystemRoots CurlTrust::roots_for(const std::optional<std::string>& ca_file,
                                 const std::optional<std::string>& extra_ca_file) {
  SystemRoots roots = ca_file ? roots_at(*ca_file) : find_system_roots();
  roots.extra = extra_ca_file.value_or("");
  return roots;
}

void CurlTrust::find_roots() {
  if (roots_) return;
  roots_ = roots_for(ca_file_, extra_ca_file_);
  if (extra_ca_file_) extra_ = crypto::RootBundle::from_file(*extra_ca_file_);
  if (!roots_->bundle.empty()) bundle_ = crypto::RootBundle::from_file(roots_->bundle);
}

bool CurlTrust::apply(void* handle, const Uri& uri, const std::string& proxy) {
  const bool has_tls_proxy = proxy.starts_with("https:");
  if (uri.scheme != "https" && !has_tls_proxy) return true;
  find_roots();
  Settings settings(handle);
  settings.set(CURLOPT_SSL_VERIFYPEER, 1L);
  settings.set(CURLOPT_SSL_VERIFYHOST, 2L);
  settings.set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  // A bundle that cannot be indexed is left to curl, which says what is wrong with it.
  const std::string bundle = bundle_ ? "" : roots_->bundle;
  settings.set_text(CURLOPT_CAINFO, bundle);
  settings.set_text(CURLOPT_CAPATH, roots_->folder);
  if (bundle_ || roots_->uses_embedded || extra_) {
    settings.set(CURLOPT_SSL_CTX_FUNCTION, TlsContext::trust);
    settings.set(CURLOPT_SSL_CTX_DATA, this);
  }
  if (has_tls_proxy) {
    settings.set(CURLOPT_PROXY_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    settings.set_text(CURLOPT_PROXY_CAINFO, bundle);
    settings.set_text(CURLOPT_PROXY_CAPATH, roots_->folder);
  }
  return settings.accepted();
}

}  // namespace start_claude::http
