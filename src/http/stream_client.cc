#include "http/stream_client.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>
#include <vector>

#include <curl/curl.h>
#include <sys/socket.h>

#include "base/text.h"
#include "http/curl_failure.h"
#include "http/curl_request.h"
#include "http/response_reader.h"

namespace start_claude::http {
namespace {

/// Connections kept for a next request, over all servers.
constexpr long idle_connections_max = 128;
constexpr std::size_t spare_handles_max = 16;
constexpr long buffer_bytes = 16L * 1024;

struct FreeHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct FreeShare {
  void operator()(CURLSH* share) const { curl_share_cleanup(share); }
};
using Handle = std::unique_ptr<CURL, FreeHandle>;

/// Programs that are started meanwhile must not inherit connections.
curl_socket_t open_socket(void*, curlsocktype, curl_sockaddr* address) noexcept {
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/// A chunked body has none, whatever a second header says (RFC 9112 section 6.3), and of two that
/// differ nobody can say which one counts.
std::optional<std::uint64_t> length_of(const ResponseReader& reader) {
  const auto& headers = reader.headers();
  const auto lengths = std::count_if(headers.begin(), headers.end(), [](const Header& header) {
    return base::equal_ignoring_case(header.name, "Content-Length");
  });
  if (lengths != 1 || headers.contains("Transfer-Encoding")) return std::nullopt;
  return reader.content_length();
}

bool is_interim(long status) { return status >= 100 && status < 200; }

}  // namespace

class StreamClient::Streams {
 public:
  Streams(platform::EventLoop& loop, CurlOptions options);
  ~Streams();

  StreamId start(StreamRequest request, StreamHandler& handler);
  void resume(StreamId id);
  void cancel(StreamId id);
  std::size_t active() const { return streams_.size(); }

 private:
  struct Stream {
    Stream(StreamRequest given, StreamHandler& told) : request(std::move(given)), handler(&told) {}

    StreamId id = 0;
    StreamRequest request;
    StreamHandler* handler;  ///< null once it is not to be called any more
    Streams* owner = nullptr;
    Handle handle;
    CurlHeaders headers;
    ResponseReader reader{0};
    Limits limits;
    bool has_begun = false;
    bool head_was_shown = false;
    bool is_paused = false;  ///< by the handler
    std::array<char, CURL_ERROR_SIZE> detail{};
  };

  // ---- what curl calls back: C code, so nothing may throw ----
  static std::size_t on_header(char* text, std::size_t size, std::size_t count,
                               void* stream) noexcept;
  static std::size_t on_body(char* text, std::size_t size, std::size_t count,
                             void* stream) noexcept;
  static int before_request(void* stream, char*, char*, int, int) noexcept;
  static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) noexcept;
  static int on_timer(CURLM*, long timeout_ms, void* self) noexcept;

  template <class Value>
  static Value get(CURL* handle, CURLINFO info) {
    Value value{};
    curl_easy_getinfo(handle, info, &value);
    return value;
  }

  bool set_up(Stream& stream);
  void add(StreamId id);
  void act(curl_socket_t socket, int events);
  void finish_done();
  void finish(Stream& stream, CURLcode code);
  std::optional<Failure> failure_of(const Stream& stream, CURLcode code) const;
  StreamHandler::Flow show_head(Stream& stream);
  void release(StreamId id);
  void fail_soon(StreamId id, std::string reason);

  platform::EventLoop& loop_;
  CurlTrust trust_;
  std::unique_ptr<CURLSH, FreeShare> share_;
  std::unique_ptr<CURLM, FreeMulti> multi_;
  std::vector<Handle> spare_;
  std::unordered_map<StreamId, std::unique_ptr<Stream>> streams_;
  StreamId last_id_ = 0;
  platform::EventLoop::TimerId timer_ = 0;
  bool in_curl_ = false;  ///< curl is on the stack and takes no request of ours
  /// What call_soon() runs may come after this is gone.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

StreamClient::Streams::Streams(platform::EventLoop& loop, CurlOptions options)
    : loop_(loop), trust_(std::move(options.ca_file)) {
  (void)curl_is_ready();
  share_.reset(curl_share_init());
  curl_share_setopt(share_.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  multi_.reset(curl_multi_init());
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, idle_connections_max);
}

StreamClient::Streams::~Streams() {
  *alive_ = false;
  for (auto& [id, stream] : streams_) {
    if (stream->handle) curl_multi_remove_handle(multi_.get(), stream->handle.get());
  }
  streams_.clear();
  spare_.clear();
  multi_.reset();  // closes connections, which are forgotten by way of on_socket
  loop_.cancel(timer_);
}

std::size_t StreamClient::Streams::on_header(char* text, std::size_t size, std::size_t count,
                                             void* pointer) noexcept {
  auto& stream = *static_cast<Stream*>(pointer);
  const std::string_view line(text, size * count);
  if (stream.handler == nullptr || !stream.reader.take_header_line(line)) return 0;
  if (!stream.reader.has_all_headers() || stream.head_was_shown) return line.size();
  if (is_interim(get<long>(stream.handle.get(), CURLINFO_RESPONSE_CODE))) return line.size();
  const auto flow = stream.owner->show_head(stream);
  if (flow == StreamHandler::Flow::cancel) stream.handler = nullptr;
  stream.is_paused = flow == StreamHandler::Flow::pause;
  return stream.handler == nullptr ? 0 : line.size();
}

std::size_t StreamClient::Streams::on_body(char* text, std::size_t size, std::size_t count,
                                           void* pointer) noexcept {
  auto& stream = *static_cast<Stream*>(pointer);
  const std::string_view piece(text, size * count);
  if (stream.handler == nullptr) return 0;
  if (stream.is_paused) return CURL_WRITEFUNC_PAUSE;
  if (piece.empty()) return 0;
  stream.reader.count_body(piece.size());
  const auto flow = stream.handler->on_body(piece);
  if (flow == StreamHandler::Flow::cancel) stream.handler = nullptr;
  stream.is_paused = flow == StreamHandler::Flow::pause;
  return stream.handler == nullptr ? 0 : piece.size();
}

int StreamClient::Streams::before_request(void* pointer, char*, char*, int, int) noexcept {
  static_cast<Stream*>(pointer)->has_begun = true;
  return CURL_PREREQFUNC_OK;
}

int StreamClient::Streams::on_socket(CURL*, curl_socket_t socket, int what, void* self,
                                     void*) noexcept {
  auto& streams = *static_cast<Streams*>(self);
  if (what == CURL_POLL_REMOVE) {
    streams.loop_.forget(socket);
    return 0;
  }
  const platform::Readiness interest{.read = (what & CURL_POLL_IN) != 0,
                                     .write = (what & CURL_POLL_OUT) != 0};
  streams.loop_.watch(socket, interest, [&streams, socket](platform::Readiness ready) {
    int events = 0;
    if (ready.read || ready.closed) events |= CURL_CSELECT_IN;
    if (ready.write || ready.closed) events |= CURL_CSELECT_OUT;
    streams.act(socket, events);
  });
  return 0;
}

int StreamClient::Streams::on_timer(CURLM*, long timeout_ms, void* self) noexcept {
  auto& streams = *static_cast<Streams*>(self);
  streams.loop_.cancel(std::exchange(streams.timer_, 0));
  if (timeout_ms < 0) return 0;
  streams.timer_ = streams.loop_.call_after(std::chrono::milliseconds(timeout_ms), [&streams] {
    streams.timer_ = 0;
    streams.act(CURL_SOCKET_TIMEOUT, 0);
  });
  return 0;
}

void StreamClient::Streams::act(curl_socket_t socket, int events) {
  int running = 0;
  in_curl_ = true;
  curl_multi_socket_action(multi_.get(), socket, events, &running);
  in_curl_ = false;
  finish_done();
}

StreamHandler::Flow StreamClient::Streams::show_head(Stream& stream) {
  stream.head_was_shown = true;
  CURL* handle = stream.handle.get();
  StreamHead head{.status = static_cast<int>(get<long>(handle, CURLINFO_RESPONSE_CODE)),
                  .headers = stream.reader.headers()};
  head.content_length = length_of(stream.reader);
  const auto& body = stream.request.body;
  const auto sent = get<curl_off_t>(handle, CURLINFO_SIZE_UPLOAD_T);
  if (body && sent == static_cast<curl_off_t>(body->size())) stream.request.body.reset();
  return stream.handler->on_head(head);
}

StreamClient::StreamId StreamClient::Streams::start(StreamRequest request, StreamHandler& handler) {
  const StreamId id = ++last_id_;
  auto stream = std::make_unique<Stream>(std::move(request), handler);
  stream->id = id;
  stream->owner = this;
  stream->limits.connect_timeout = stream->request.connect_timeout;
  Stream& started = *stream;
  streams_.emplace(id, std::move(stream));
  if (const auto problem = problem_in_request(started.request.request)) {
    fail_soon(id, *problem);
  } else if (!set_up(started)) {
    fail_soon(id, "this build's HTTP library is not usable, or memory is short");
  } else if (in_curl_) {
    loop_.call_soon([this, id, alive = alive_] {
      if (*alive) add(id);
    });
  } else {
    add(id);
  }
  return id;
}

void StreamClient::Streams::add(StreamId id) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  curl_multi_add_handle(multi_.get(), found->second->handle.get());
}

void StreamClient::Streams::fail_soon(StreamId id, std::string reason) {
  loop_.call_soon([this, id, reason = std::move(reason), alive = alive_] {
    if (!*alive) return;
    const auto found = streams_.find(id);
    if (found == streams_.end()) return;
    StreamHandler* handler = found->second->handler;
    release(id);
    if (handler == nullptr) return;
    handler->on_end(Failure{FailureKind::not_connected, "the request cannot be sent: " + reason});
  });
}

bool StreamClient::Streams::set_up(Stream& stream) {
  if (spare_.empty()) {
    stream.handle.reset(curl_easy_init());
  } else {
    stream.handle = std::move(spare_.back());
    spare_.pop_back();
  }
  stream.headers = curl_headers(stream.request.request);
  CURL* handle = stream.handle.get();
  if (handle == nullptr || !stream.headers) return false;
  const Request& request = stream.request.request;
  std::optional<std::string_view> body;
  if (has_body(request)) body = "";
  if (stream.request.body) body = *stream.request.body;
  bool accepted = set_policy(handle) && trust_.apply(handle, request.uri, stream.request.proxy) &&
                  set_exchange(handle, {.request = request,
                                        .body = body,
                                        .headers = stream.headers,
                                        .proxy = stream.request.proxy,
                                        .connect_timeout = stream.request.connect_timeout,
                                        .callbacks = {.on_header = on_header,
                                                      .on_body = on_body,
                                                      .before_request = before_request,
                                                      .data = &stream,
                                                      .error_text = stream.detail.data()}});
  const auto set = [&](CURLoption option, auto value) {
    accepted = curl_easy_setopt(handle, option, value) == CURLE_OK && accepted;
  };
  set(CURLOPT_BUFFERSIZE, buffer_bytes);
  set(CURLOPT_UPLOAD_BUFFERSIZE, buffer_bytes);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_SHARE, share_.get());
  set(CURLOPT_PRIVATE, &stream);
  set(CURLOPT_OPENSOCKETFUNCTION, open_socket);
  return accepted;
}

void StreamClient::Streams::finish_done() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    char* pointer = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &pointer);
    finish(*reinterpret_cast<Stream*>(pointer), message->data.result);
  }
}

void StreamClient::Streams::finish(Stream& stream, CURLcode code) {
  StreamHandler* handler = stream.handler;
  if (handler == nullptr) return release(stream.id);
  const auto failure = failure_of(stream, code);
  release(stream.id);
  handler->on_end(failure);
}

std::optional<Failure> StreamClient::Streams::failure_of(const Stream& stream,
                                                         CURLcode code) const {
  // curl takes a connection that ends within the headers for a whole answer.
  if (code == CURLE_OK && stream.head_was_shown) return std::nullopt;
  CURL* handle = stream.handle.get();
  TransferEnd end{stream.request.request.uri, stream.limits, stream.reader};
  end.code = static_cast<int>(code);
  end.detail = stream.detail.data();
  end.has_begun = stream.has_begun;
  end.proxy = stream.request.proxy;
  end.roots = trust_.roots();
  end.name_was_resolved = get<curl_off_t>(handle, CURLINFO_NAMELOOKUP_TIME_T) != 0;
  end.system_error = static_cast<int>(get<long>(handle, CURLINFO_OS_ERRNO));
  end.verify_result = get<long>(handle, CURLINFO_SSL_VERIFYRESULT);
  end.proxy_status = get<long>(handle, CURLINFO_HTTP_CONNECTCODE);
  return failure_from(end);
}

void StreamClient::Streams::release(StreamId id) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  // Out of the map first: removing a handle makes curl call back.
  const auto stream = std::move(found->second);
  streams_.erase(found);
  if (!stream->handle) return;
  curl_multi_remove_handle(multi_.get(), stream->handle.get());
  if (spare_.size() >= spare_handles_max) return;
  curl_easy_reset(stream->handle.get());
  spare_.push_back(std::move(stream->handle));
}

void StreamClient::Streams::resume(StreamId id) {
  const auto found = streams_.find(id);
  if (found == streams_.end() || !found->second->is_paused) return;
  found->second->is_paused = false;
  // Hands on what curl has kept meanwhile; the rest comes by way of the timer it sets.
  in_curl_ = true;
  curl_easy_pause(found->second->handle.get(), CURLPAUSE_CONT);
  in_curl_ = false;
  if (found->second->handler == nullptr) release(id);
}

void StreamClient::Streams::cancel(StreamId id) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  found->second->handler = nullptr;
  if (!in_curl_) return release(id);
  loop_.call_soon([this, id, alive = alive_] {
    if (*alive) release(id);
  });
}

StreamClient::StreamClient(platform::EventLoop& loop, CurlOptions options)
    : streams_(std::make_unique<Streams>(loop, std::move(options))) {}

StreamClient::~StreamClient() = default;

StreamClient::StreamId StreamClient::start(StreamRequest request, StreamHandler& handler) {
  return streams_->start(std::move(request), handler);
}

void StreamClient::resume(StreamId id) { streams_->resume(id); }

void StreamClient::cancel(StreamId id) { streams_->cancel(id); }

std::size_t StreamClient::active() const { return streams_->active(); }

}  // namespace start_claude::http
