// What happened, told to every open page as server-sent events, and kept as the activity log.
//
// An event is a name and a JSON value. A page that is slow or asleep misses what does not fit its
// queue and is told so ("lagged"); it then reads everything anew. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "platform/clock.h"
#include "server/http_service.h"

namespace start_claude::server {

inline constexpr std::size_t event_streams_max = 16;
inline constexpr std::size_t activity_entries_max = 200;

/// How much an entry of the log matters.
enum class Weight { done, warning, failure };

class ManagerEvents {
 public:
  /// The clock must be thread-safe and live longer than every stream. `subscribed` is called, in
  /// any thread, when a page came.
  explicit ManagerEvents(
      const platform::Clock& clock, std::function<void()> subscribed = [] {})
      : clock_(clock), subscribed_(std::move(subscribed)) {}

  void publish(std::string_view name, const json::Value& value);
  /// Adds a line to the activity log, and publishes it as "activity".
  void log(Weight weight, std::string text);
  /// The log, newest first: [{"time", "weight", "text"}...].
  json::Value activity() const;

  /// Null if there are event_streams_max already.
  std::unique_ptr<BodyStream> subscribe();
  std::size_t subscribers() const;
  /// Ends every stream, now and later.
  void close();

 private:
  class Stream;
  struct Queue {
    std::deque<std::string> waiting;
    bool lagged = false;
  };

  void unsubscribe(Queue* queue);

  const platform::Clock& clock_;
  std::function<void()> subscribed_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Queue*> queues_;
  std::deque<json::Value> log_;
  bool closed_ = false;
};

}  // namespace start_claude::server
