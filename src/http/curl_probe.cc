// A connection that is made, looked at, and closed without a request: for s3-doctor.
#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include <curl/curl.h>

#include "http/curl_failure.h"
#include "http/curl_request.h"
#include "http/curl_transport.h"
#include "http/proxy.h"
#include "http/response_reader.h"

namespace start_claude::http {
namespace {

struct FreeHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};

enum class Checking { certificate, nothing };

/// What the callback sees.
struct Standing {
  CURL* handle;
  bool stands = false;
  std::optional<crypto::TlsPeer> tls = {};
};

/// Called when the connection stands: what curl knows of it can only be asked now, and the request
/// is not to go out. C code calls, so nothing may throw.
int look_at_connection(void* pointer, char*, char*, int, int) noexcept {
  auto* standing = static_cast<Standing*>(pointer);
  standing->stands = true;
  curl_tlssessioninfo* session = nullptr;
  curl_easy_getinfo(standing->handle, CURLINFO_TLS_SSL_PTR, &session);
  if (session == nullptr || session->internals == nullptr) return CURL_PREREQFUNC_ABORT;
  try {
    standing->tls = crypto::describe_tls_peer(session->internals);
  } catch (const std::bad_alloc&) {
    standing->tls.reset();
  }
  return CURL_PREREQFUNC_ABORT;
}

std::size_t drop(char*, std::size_t size, std::size_t count, void*) noexcept {
  return size * count;
}

template <class Value>
Value get(CURL* handle, CURLINFO info) {
  Value value{};
  curl_easy_getinfo(handle, info, &value);
  return value;
}

/// From the start until then, or nothing: curl leaves 0 for what was not reached.
std::optional<std::chrono::microseconds> until(CURL* handle, CURLINFO info) {
  const std::chrono::microseconds time(get<curl_off_t>(handle, info));
  if (time.count() == 0) return std::nullopt;
  return time;
}

std::chrono::milliseconds in_milliseconds(std::chrono::microseconds time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::max(time, time.zero()));
}

class Probe {
 public:
  Probe(const CurlOptions& options, const Uri& uri, const Limits& limits)
      : request_{"GET", uri, {}, ""},
        limits_(limits),
        proxy_(proxy_for(uri, options)),
        trust_(options.ca_file, options.extra_ca_file) {}

  ConnectionFacts run() {
    if (!proxy_.empty()) facts_.proxy = proxy_name(proxy_);
    facts_.failure = look(Checking::certificate);
    const bool is_stranger = facts_.failure && facts_.failure->kind == FailureKind::tls_not_trusted;
    // Nothing goes out over this one: it is for reading the certificate.
    if (is_stranger) (void)look(Checking::nothing);
    return std::move(facts_);
  }

 private:
  std::optional<Failure> look(Checking checking) {
    const std::unique_ptr<CURL, FreeHandle> owner(curl_easy_init());
    CURL* handle = owner.get();
    const auto headers = curl_headers(request_);
    Standing standing{handle};
    if (handle == nullptr || !headers || problem_in_request(request_)) {
      return Failure{FailureKind::not_connected, "the address cannot be used"};
    }
    if (!prepare(handle, checking)) {
      return Failure{FailureKind::not_connected,
                     std::string("this build's HTTP library is not usable: ") + curl_version()};
    }
    std::array<char, CURL_ERROR_SIZE> detail{};
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, detail.data());
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, look_at_connection);
    curl_easy_setopt(handle, CURLOPT_PREREQDATA, &standing);
    const auto code = curl_easy_perform(handle);
    note(handle, standing);
    if (standing.stands) return std::nullopt;
    auto failure = failure_of(handle, static_cast<int>(code), detail.data());
    facts_.is_authority_unknown =
        failure.kind == FailureKind::tls_not_trusted &&
        is_authority_unknown(get<long>(handle, CURLINFO_SSL_VERIFYRESULT));
    return failure;
  }

  bool prepare(CURL* handle, Checking checking) {
    bool accepted = set_policy(handle);
    accepted = trust_.apply(handle, request_.uri, proxy_) && accepted;
    const auto set = [&](CURLoption option, auto value) {
      accepted = curl_easy_setopt(handle, option, value) == CURLE_OK && accepted;
    };
    const auto milliseconds = [](std::chrono::milliseconds timeout) {
      return std::max(1L, static_cast<long>(timeout.count()));  // 0 would mean: for ever
    };
    if (checking == Checking::nothing) {
      set(CURLOPT_SSL_VERIFYPEER, 0L);
      set(CURLOPT_SSL_VERIFYHOST, 0L);
    }
    set(CURLOPT_URL, request_.uri.text().c_str());
    set(CURLOPT_PROXY, proxy_.c_str());  // "" keeps curl from asking the environment
    set(CURLOPT_NOPROXY, "");
    set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(limits_.connect_timeout));
    set(CURLOPT_TIMEOUT_MS, milliseconds(limits_.total_timeout));
    set(CURLOPT_WRITEFUNCTION, drop);
    return accepted;
  }

  void note(CURL* handle, Standing& standing) {
    const auto found = until(handle, CURLINFO_NAMELOOKUP_TIME_T);
    const auto connected = until(handle, CURLINFO_CONNECT_TIME_T);
    if (found) facts_.lookup = in_milliseconds(*found);
    if (connected)
      facts_.connect = in_milliseconds(*connected - found.value_or(std::chrono::microseconds(0)));
    if (const char* address = get<const char*>(handle, CURLINFO_PRIMARY_IP)) {
      facts_.address = address;
    }
    // curl notes its time of connecting after TLS only, and the port at this end when TCP stands.
    facts_.is_accepted = get<long>(handle, CURLINFO_LOCAL_PORT) != 0;
    facts_.tls = std::move(standing.tls);
  }

  Failure failure_of(CURL* handle, int code, const char* detail) const {
    const ResponseReader reader(0);
    TransferEnd end{request_.uri, limits_, reader};
    end.code = code;
    end.detail = detail;
    end.proxy = proxy_;
    end.roots = trust_.roots();
    end.is_accepted = facts_.is_accepted;
    end.name_was_resolved = until(handle, CURLINFO_NAMELOOKUP_TIME_T).has_value();
    end.system_error = static_cast<int>(get<long>(handle, CURLINFO_OS_ERRNO));
    end.verify_result = get<long>(handle, CURLINFO_SSL_VERIFYRESULT);
    end.proxy_status = get<long>(handle, CURLINFO_HTTP_CONNECTCODE);
    return failure_from(end);
  }

  Request request_;
  Limits limits_;
  std::string proxy_;
  CurlTrust trust_;
  ConnectionFacts facts_;
};

}  // namespace

ConnectionFacts probe_connection(const CurlOptions& options, const Uri& uri, const Limits& limits) {
  (void)curl_is_ready();
  return Probe(options, uri, limits).run();
}

}  // namespace start_claude::http
