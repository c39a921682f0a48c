#include "http/curl_sessions.h"

#include <new>
#include <utility>

#include <curl/curl.h>

#include "crypto/roots.h"

namespace start_claude::http {

#if LIBCURL_VERSION_NUM >= 0x080c00

/// Sessions belong to a share, because a handle has no place for them before its first transfer.
struct CurlSessions::Share {
  CURLSH* share = curl_share_init();

  Share() { curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION); }
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;
  ~Share() { curl_share_cleanup(share); }
};

namespace {

std::string_view view(const unsigned char* bytes, std::size_t size) {
  return bytes == nullptr ? std::string_view{}
                          : std::string_view(reinterpret_cast<const char*>(bytes), size);
}

const unsigned char* bytes_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// Called by curl: C code, so nothing may throw.
CURLcode take(CURL*, void* sessions, const char* key, const unsigned char* proof,
              std::size_t proof_size, const unsigned char* state, std::size_t state_size,
              curl_off_t, int, const char*, std::size_t) noexcept {
  try {
    static_cast<std::vector<TlsSession>*>(sessions)->push_back(
        {key != nullptr ? key : "", std::string(view(proof, proof_size)),
         std::string(view(state, state_size))});
  } catch (const std::bad_alloc&) {
    return CURLE_OUT_OF_MEMORY;
  }
  return CURLE_OK;
}

std::string trust_of(const TlsSessionFile& file, const SystemRoots& roots) {
  if (!roots.extra.empty()) {
    SystemRoots others = roots;
    others.extra.clear();
    return trust_of(file, others) + ", extra " + file.trust_now(roots.extra);
  }
  if (!roots.folder.empty()) return "folder " + file.trust_now(roots.folder);
  if (!roots.bundle.empty()) return "bundle " + file.trust_now(roots.bundle);
  return describe_roots(roots);
}

}  // namespace

void CurlSessions::offer(void* handle, const SystemRoots& roots) {
  if (!file_) return;
  if (!share_) share_ = std::make_unique<Share>();
  curl_easy_setopt(handle, CURLOPT_SHARE, share_->share);
  if (trust_) return;
  trust_ = trust_of(*file_, roots);
  for (const TlsSession& session : file_->load(*trust_)) {
    (void)curl_easy_ssls_import(handle, session.peer.empty() ? nullptr : session.peer.c_str(),
                                bytes_of(session.proof), session.proof.size(),
                                bytes_of(session.state), session.state.size());
  }
}

void CurlSessions::connected(void* handle) {
  if (!file_ || !trust_) return;
  curl_tlssessioninfo* info = nullptr;
  if (curl_easy_getinfo(handle, CURLINFO_TLS_SSL_PTR, &info) != CURLE_OK || info == nullptr) return;
  if (info->internals != nullptr && !crypto::was_resumed(info->internals)) has_new_ = true;
}

void CurlSessions::keep(void* handle) {
  if (!has_new_) return;
  has_new_ = false;
  std::vector<TlsSession> sessions;
  if (curl_easy_ssls_export(handle, take, &sessions) != CURLE_OK) return;
  file_->save(sessions, *trust_);
}

#else

struct CurlSessions::Share {};
void CurlSessions::offer(void*, const SystemRoots&) {}
void CurlSessions::connected(void*) {}
void CurlSessions::keep(void*) {}

#endif

CurlSessions::CurlSessions(std::shared_ptr<TlsSessionFile> file) : file_(std::move(file)) {}
CurlSessions::~CurlSessions() = default;

}  // namespace start_claude::http
