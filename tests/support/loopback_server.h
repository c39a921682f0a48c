// A TCP server on 127.0.0.1 whose every move is written in the test.
//
// It accepts one connection after the other and does on each what its script says: bytes go out as
// given, and come in as they are kept. No step waits longer than a few seconds.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace start_claude::support {

/// Reads one request: headers up to the empty line, then Content-Length bytes.
struct ReceiveRequest {};
struct SendBytes {
  std::string bytes;
};
/// Says nothing more until the client has closed its side.
struct Stall {};
/// Breaks the connection, so that the client sees it reset rather than ended.
struct Reset {};
/// Calls that, on the server's thread: to tell the test how far it is, or to wait for it.
struct Call {
  std::function<void()> function;
};

using ServerStep = std::variant<ReceiveRequest, SendBytes, Stall, Reset, Call>;
/// The steps of one connection. It is closed after the last one.
using ServerScript = std::vector<ServerStep>;

/// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor();
  int number() const { return number_; }

 private:
  int number_;
};

class LoopbackServer {
 public:
  explicit LoopbackServer(std::vector<ServerScript> connections);
  /// Stops wherever the script is.
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  std::uint16_t port() const { return port_; }
  /// "http://127.0.0.1:PORT"
  std::string url() const;
  /// The requests read so far, byte for byte, over all connections.
  std::vector<std::string> received() const;

 private:
  void run(const std::vector<ServerScript>& connections);
  bool play(int connection, const ServerScript& script);
  bool receive_request(int connection);
  /// False if the time ran out or the server is being stopped.
  bool wait_readable(int descriptor) const;

  Descriptor listener_;
  Descriptor stop_;  ///< an eventfd that becomes readable to end the thread
  std::uint16_t port_;
  mutable std::mutex mutex_;
  std::vector<std::string> received_;
  std::thread thread_;
};

/// A port of 127.0.0.1 that nobody listens on for as long as this lives.
class ClosedPort {
 public:
  ClosedPort();
  std::uint16_t port() const;

 private:
  Descriptor socket_;
};

/// A port whose queue is full, so that connecting to it gets no answer at all.
class DeafPort {
 public:
  DeafPort();
  std::uint16_t port() const;

 private:
  Descriptor listener_;
  std::vector<Descriptor> waiting_;
};

}  // namespace start_claude::support
