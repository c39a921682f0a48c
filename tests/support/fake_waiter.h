// A waiter whose events come at the moments a test scripted, on a FakeClock.
//
// Waiting costs nothing: the clock is moved to the next scripted moment or to the end of the wait,
// whichever comes first. A wait that nothing would ever end gets Signal::end.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "platform/waiter.h"
#include "support/fake_clock.h"

namespace start_claude::support {

class FakeWaiter final : public platform::Waiter {
 public:
  struct Moment {
    std::chrono::milliseconds at;  ///< by the clock's monotonic()
    std::function<platform::Awakening()> happens;
  };

  explicit FakeWaiter(FakeClock& clock) : clock_(clock), began_(clock.monotonic()) {}

  /// `after` the waiter was made, `happens` runs and what it returns ends the wait; an empty
  /// Awakening does not.
  void script(std::chrono::milliseconds after, std::function<platform::Awakening()> happens) {
    script_.push_back({began_ + after, std::move(happens)});
    std::stable_sort(script_.begin(), script_.end(),
                     [](const Moment& a, const Moment& b) { return a.at < b.at; });
  }
  void script_signal(std::chrono::milliseconds after, platform::Signal signal) {
    script(after, [signal] { return platform::Awakening{.signals = {signal}}; });
  }

  platform::Awakening wait(const platform::WaitRequest& request) override {
    ++*waits_;
    if (std::exchange(woken_, false)) return {};
    while (!script_.empty() && (!request.until || script_.front().at <= *request.until)) {
      const Moment next = script_.front();
      script_.erase(script_.begin());
      advance_to(next.at);
      const platform::Awakening awakening = next.happens();
      if (!awakening.readable.empty() || !awakening.signals.empty()) return awakening;
    }
    if (!request.until) return {.signals = {platform::Signal::end}};
    advance_to(*request.until);
    return {};
  }
  void wake() override { woken_ = true; }

  /// How often anybody waited: that is how often the process would have woken up.
  /// Shared: a command destroys the waiter that it was given.
  std::shared_ptr<const int> waits() const { return waits_; }

 private:
  void advance_to(std::chrono::milliseconds moment) {
    if (moment > clock_.monotonic()) clock_.advance(moment - clock_.monotonic());
  }

  FakeClock& clock_;
  std::chrono::milliseconds began_;
  std::vector<Moment> script_;
  bool woken_ = false;
  std::shared_ptr<int> waits_ = std::make_shared<int>(0);
};

}  // namespace start_claude::support
