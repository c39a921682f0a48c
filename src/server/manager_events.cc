#include "server/manager_events.h"

#include <algorithm>
#include <utility>

#include "base/time.h"
#include "json/write.h"

namespace start_claude::server {
namespace {

constexpr std::size_t queue_length_max = 64;
/// Without a word now and then, neither side would notice that the other is gone.
constexpr std::chrono::seconds word_interval{15};

std::string_view name_of(Weight weight) {
  switch (weight) {
    case Weight::done: return "done";
    case Weight::warning: return "warning";
    case Weight::failure: return "failure";
  }
  return "done";
}

}  // namespace

class ManagerEvents::Stream final : public BodyStream {
 public:
  explicit Stream(ManagerEvents& events) : events_(events), spoken_(events.clock_.monotonic()) {
    events_.queues_.push_back(&queue_);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() override { events_.unsubscribe(&queue_); }

  std::optional<std::string> next(std::chrono::milliseconds patience) override {
    std::unique_lock guard(events_.mutex_);
    events_.arrived_.wait_for(guard, patience, [&] {
      return events_.closed_ || queue_.lagged || !queue_.waiting.empty();
    });
    if (events_.closed_) return std::nullopt;
    std::string text;
    if (std::exchange(queue_.lagged, false)) text = "event: lagged\ndata: {}\n\n";
    for (const std::string& event : queue_.waiting) text += event;
    queue_.waiting.clear();
    const auto now = events_.clock_.monotonic();
    if (text.empty() && now - spoken_ >= word_interval) text = ":\n\n";
    if (!text.empty()) spoken_ = now;
    return text;
  }

 private:
  ManagerEvents& events_;
  Queue queue_;
  std::chrono::milliseconds spoken_;
};

void ManagerEvents::publish(std::string_view name, const json::Value& value) {
  std::string event = "event: ";
  event.append(name).append("\ndata: ").append(json::write_compact(value)).append("\n\n");
  const std::scoped_lock guard(mutex_);
  for (Queue* queue : queues_) {
    if (queue->waiting.size() < queue_length_max) {
      queue->waiting.push_back(event);
    } else {
      queue->waiting.clear();
      queue->lagged = true;
    }
  }
  arrived_.notify_all();
}

void ManagerEvents::log(Weight weight, std::string text) {
  const json::Value entry = json::Object{{"time", base::format_rfc3339(clock_.now())},
                                         {"weight", name_of(weight)},
                                         {"text", std::move(text)}};
  {
    const std::scoped_lock guard(mutex_);
    log_.push_front(entry);
    if (log_.size() > activity_entries_max) log_.pop_back();
  }
  publish("activity", entry);
}

json::Value ManagerEvents::activity() const {
  const std::scoped_lock guard(mutex_);
  return json::Array(log_.begin(), log_.end());
}

std::unique_ptr<BodyStream> ManagerEvents::subscribe() {
  std::unique_ptr<BodyStream> stream;
  {
    const std::scoped_lock guard(mutex_);
    if (closed_ || queues_.size() >= event_streams_max) return nullptr;
    stream = std::make_unique<Stream>(*this);
  }
  subscribed_();
  return stream;
}

std::size_t ManagerEvents::subscribers() const {
  const std::scoped_lock guard(mutex_);
  return queues_.size();
}

void ManagerEvents::unsubscribe(Queue* queue) {
  const std::scoped_lock guard(mutex_);
  queues_.erase(std::remove(queues_.begin(), queues_.end(), queue), queues_.end());
}

void ManagerEvents::close() {
  const std::scoped_lock guard(mutex_);
  closed_ = true;
  arrived_.notify_all();
}

}  // namespace start_claude::server
