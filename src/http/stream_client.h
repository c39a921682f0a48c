// Many HTTP exchanges at once in one event loop, each answer handed on as it comes in.
//
// Over libcurl like the transport, and with the same policy: what is given is sent byte for byte,
// no redirect is followed, nothing is decompressed, and the same roots are trusted. Connections are
// kept for the next request to the same server. An answer is never buffered: who cannot take more
// of it says so, and the server is held up. Everything happens in the loop's thread; a handler is
// never called from within start() or cancel().
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/curl_transport.h"
#include "http/message.h"
#include "http/transport.h"
#include "platform/event_loop.h"

namespace start_claude::http {

struct StreamRequest {
  /// Its body stays empty; `body` is what is sent.
  Request request;
  /// Shared, because the same bytes may have to go to several servers; let go of once they are
  /// sent and the answer has begun. Null for none.
  std::shared_ptr<const std::string> body = nullptr;
  /// A URL, perhaps with a password; empty for none. NO_PROXY and loopback were considered already.
  std::string proxy = {};
  std::chrono::milliseconds connect_timeout{10'000};
};

struct StreamHead {
  int status = 0;
  Headers headers;
  /// What the server says the body's length is, if it does; what follows is held to it.
  std::optional<std::uint64_t> content_length = {};
};

class StreamHandler {
 public:
  enum class Flow {
    more,
    pause,   ///< taken, but nothing more until resume()
    cancel,  ///< end the exchange; this handler is not called again
  };
  virtual ~StreamHandler() = default;
  /// The answer's head, once. Interim (1xx) answers are not shown, trailers neither.
  virtual Flow on_head(const StreamHead& head) = 0;
  /// The next piece of the body, never an empty one.
  virtual Flow on_body(std::string_view piece) = 0;
  /// Once, as the last call: nothing means that the answer is whole.
  virtual void on_end(const std::optional<Failure>& failure) = 0;
};

class StreamClient {
 public:
  using StreamId = std::uint64_t;  ///< never 0

  /// `loop` must live longer. Proxies in `options` are not used: each request brings its own.
  StreamClient(platform::EventLoop& loop, CurlOptions options);
  /// Ends what is under way without telling the handlers.
  ~StreamClient();
  StreamClient(const StreamClient&) = delete;
  StreamClient& operator=(const StreamClient&) = delete;

  /// Begins an exchange. `handler` must live until its on_end(), or until it or cancel() ended the
  /// exchange. A request that cannot be sent fails like one that could not connect. One whose kept
  /// connection turns out to be closed before the answer begins goes out once more.
  StreamId start(StreamRequest request, StreamHandler& handler);
  /// After Flow::pause; harmless otherwise. May call the handler with what came meanwhile.
  void resume(StreamId id);
  /// Closes the exchange's connection; harmless if it has ended.
  void cancel(StreamId id);
  /// How many exchanges are under way.
  std::size_t active() const;

 private:
  class Streams;
  std::unique_ptr<Streams> streams_;
};

}  // namespace start_claude::http
