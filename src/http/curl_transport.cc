#include "http/curl_transport.h"

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include <curl/curl.h>
#include <fcntl.h>

#include "http/curl_failure.h"
#include "http/curl_request.h"
#include "http/curl_sessions.h"
#include "http/embedded_roots.h"
#include "http/proxy.h"
#include "http/response_reader.h"

namespace start_claude::http {
namespace {

using std::chrono::milliseconds;

struct FreeHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};

/// One request on its way. The callbacks get a pointer to it.
struct Transfer {
  const Request& request;
  const Limits& limits;
  std::string proxy;  ///< empty if there is none
  ResponseReader reader;
  CurlSessions& sessions;
  CURL* handle;
  ProgressObserver* observer;  ///< may be null
  int attempts = 0;  ///< how often the connection stood and the request was about to go out
  std::array<char, CURL_ERROR_SIZE> detail{};
  bool was_awaited = false;  ///< Request::while_awaited was called
  /// curl's time when it was, while nothing ends the transfer.
  std::optional<std::chrono::microseconds> awaited_since = {};
  std::exception_ptr thrown = {};  ///< by it

  bool has_begun() const { return attempts > 0; }
};

bool is_safe(const std::string& method) { return method == "GET" || method == "HEAD"; }

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
  transfer->sessions.connected(transfer->handle);
  return CURL_PREREQFUNC_OK;
}

std::chrono::microseconds time_in(const Transfer& transfer) {
  curl_off_t time = 0;
  curl_easy_getinfo(transfer.handle, CURLINFO_TOTAL_TIME_T, &time);
  return std::chrono::microseconds(time);
}

/// Does the work for the time of waiting. What it takes must not count: the answer may have come
/// meanwhile, and curl, which looks at the time first, would throw it away and leave a PUT in
/// doubt. So nothing limits the transfer until curl next says what time it is, which is at once. It
/// may notice the new limit a second late.
void use_waiting_time(Transfer& transfer) {
  transfer.was_awaited = true;
  transfer.awaited_since = time_in(transfer);
  curl_easy_setopt(transfer.handle, CURLOPT_TIMEOUT_MS, 0L);
  transfer.request.while_awaited();
}

void limit_again(Transfer& transfer) {
  const auto took = time_in(transfer) - *std::exchange(transfer.awaited_since, std::nullopt);
  const auto timeout = transfer.limits.total_timeout + std::chrono::ceil<milliseconds>(took);
  curl_easy_setopt(transfer.handle, CURLOPT_TIMEOUT_MS, curl_milliseconds(timeout));
}

/// curl calls this after each piece that it handed to the system, and about once a second.
int on_progress(void* pointer, curl_off_t to_receive, curl_off_t received, curl_off_t to_send,
                curl_off_t sent) noexcept {
  auto& transfer = *static_cast<Transfer*>(pointer);
  const auto bytes = [](curl_off_t count) { return static_cast<std::uint64_t>(count); };
  if (transfer.observer != nullptr) {
    transfer.observer->moved({bytes(sent), bytes(to_send), bytes(received), bytes(to_receive)});
  }
  if (transfer.awaited_since) limit_again(transfer);
  const Request& request = transfer.request;
  const bool is_sent = transfer.has_begun() && !request.body.empty() &&
                       bytes(sent) == std::uint64_t{request.body.size()};
  if (!is_sent || !request.while_awaited || transfer.was_awaited) return 0;
  try {
    use_waiting_time(transfer);
  } catch (...) {
    transfer.thrown = std::current_exception();
    return 1;  // ends the transfer
  }
  return 0;
}

/// Programs started while a connection is kept (credential_process) must not inherit it.
int on_socket(void*, curl_socket_t socket, curlsocktype) noexcept {
  fcntl(socket, F_SETFD, FD_CLOEXEC);
  return CURL_SOCKOPT_OK;
}

class CurlTransport final : public Transport {
 public:
  explicit CurlTransport(CurlOptions options)
      : options_(std::move(options)),
        trust_(options_.ca_file, options_.extra_ca_file),
        sessions_(options_.sessions),
        handle_(curl_easy_init()) {}
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;
  ~CurlTransport() override { sessions_.keep(handle_.get()); }

  Reply send(const Request& request, const Limits& limits) override;

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    accepted_ = curl_easy_setopt(handle_.get(), option, value) == CURLE_OK && accepted_;
  }
  template <class Value>
  Value get(CURLINFO info) const {
    Value value{};
    curl_easy_getinfo(handle_.get(), info, &value);
    return value;
  }

  void set_request(Transfer& transfer, const CurlHeaders& headers);

  Failure failure_of(const Transfer& transfer, CURLcode code) const;

  CurlOptions options_;
  CurlTrust trust_;
  CurlSessions sessions_;
  // Last: its connections refer to the roots and the sessions.
  std::unique_ptr<CURL, FreeHandle> handle_;
  bool accepted_ = true;  ///< so far, libcurl knew every option of this request
};

Reply CurlTransport::send(const Request& request, const Limits& limits) {
  if (const auto problem = problem_in_request(request)) {
    return Failure{FailureKind::not_connected, "the request cannot be sent: " + *problem};
  }
  Transfer transfer{request,
                    limits,
                    proxy_for(request.uri, options_),
                    ResponseReader(limits.response_bytes_max),
                    sessions_,
                    handle_.get(),
                    options_.progress.get()};
  const auto headers = curl_headers(request);
  if (!handle_ || !headers) {
    return Failure{FailureKind::not_connected, "the request cannot be sent: not enough memory"};
  }
  curl_easy_reset(handle_.get());  // settings only; connections stay
  accepted_ = set_policy(handle_.get());
  accepted_ = trust_.apply(handle_.get(), request.uri, transfer.proxy) && accepted_;
  if (request.uri.scheme == "https") sessions_.offer(handle_.get(), trust_.roots());
  set_request(transfer, headers);
  if (!accepted_) {
    return Failure{FailureKind::not_connected,
                   std::string("this build's HTTP library is not usable: ") + curl_version()};
  }
  const auto code = curl_easy_perform(handle_.get());
  if (options_.progress) options_.progress->ended();
  if (transfer.thrown) std::rethrow_exception(transfer.thrown);
  // curl takes a connection that ends within the headers for a whole answer.
  if (code != CURLE_OK || !transfer.reader.has_all_headers()) return failure_of(transfer, code);
  const auto status = static_cast<int>(get<long>(CURLINFO_RESPONSE_CODE));
  constexpr int proxy_authentication_required = 407;
  if (status == proxy_authentication_required && !transfer.proxy.empty()) {
    return Failure{FailureKind::proxy_denied,
                   "the proxy " + proxy_name(transfer.proxy) + " refused the request (status 407)"};
  }
  return transfer.reader.finish(status);
}

void CurlTransport::set_request(Transfer& transfer, const CurlHeaders& headers) {
  std::optional<std::string_view> body;
  if (has_body(transfer.request)) body = transfer.request.body.view();
  const bool is_set =
      set_exchange(handle_.get(), {.request = transfer.request,
                                   .body = body,
                                   .headers = headers,
                                   .proxy = transfer.proxy,
                                   .connect_timeout = transfer.limits.connect_timeout,
                                   .callbacks = {.on_header = on_header,
                                                 .on_body = on_body,
                                                 .before_request = before_request,
                                                 .data = &transfer,
                                                 .error_text = transfer.detail.data()}});
  accepted_ = is_set && accepted_;
  set(CURLOPT_TIMEOUT_MS, curl_milliseconds(transfer.limits.total_timeout));
  set(CURLOPT_SOCKOPTFUNCTION, on_socket);
  if (transfer.observer != nullptr || transfer.request.while_awaited) {
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, on_progress);
    set(CURLOPT_XFERINFODATA, &transfer);
  }
}

Failure CurlTransport::failure_of(const Transfer& transfer, CURLcode code) const {
  TransferEnd end{transfer.request.uri, transfer.limits, transfer.reader};
  end.code = static_cast<int>(code);
  end.detail = transfer.detail.data();
  end.has_begun = transfer.has_begun();
  end.proxy = transfer.proxy;
  end.roots = trust_.roots();
  end.name_was_resolved = get<curl_off_t>(CURLINFO_NAMELOOKUP_TIME_T) != 0;
  end.is_accepted = get<long>(CURLINFO_LOCAL_PORT) != 0;
  end.system_error = static_cast<int>(get<long>(CURLINFO_OS_ERRNO));
  end.verify_result = get<long>(CURLINFO_SSL_VERIFYRESULT);
  end.proxy_status = get<long>(CURLINFO_HTTP_CONNECTCODE);
  return failure_from(end);
}

}  // namespace

std::unique_ptr<Transport> make_curl_transport(CurlOptions options) {
  (void)curl_is_ready();
  return std::make_unique<CurlTransport>(std::move(options));
}

std::string describe_trust(const CurlOptions& options) {
  return describe_roots(CurlTrust::roots_for(options.ca_file, options.extra_ca_file));
}

std::string describe_build() {
  const auto date = embedded_roots_date();
  return "\n" + std::string(curl_version()) + "\nroot certificates: " +
         (date.empty() ? "none of its own" : "Mozilla's of " + std::string(date));
}

}  // namespace start_claude::http
