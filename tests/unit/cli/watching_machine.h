// A machine whose watch is told of edits as inotify would tell it, on scripted time.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "machine.h"
#include "support/fake_folder_watch.h"
#include "support/fake_waiter.h"

namespace start_claude::cli {

inline const std::string test_folder = "/home/me/.start-claude";

class WatchingMachine : public Machine {
 public:
  WatchingMachine(support::FakeClock& shared_clock, TestServer& server)
      : Machine(shared_clock, server, "lark") {
    host.make_waiter = [this]() -> Result<std::unique_ptr<platform::Waiter>> {
      return std::unique_ptr<platform::Waiter>(std::move(waiter_));
    };
    host.make_folder_watch = [this](const std::string& folder) {
      return Result<std::unique_ptr<platform::FolderWatch>>(
          std::make_unique<support::FakeFolderWatch>(folder_at(folder)));
    };
    host.tell_service_manager = [this](std::string_view state) { told.emplace_back(state); };
  }

  /// Until the command ends.
  support::FakeWaiter& waiter() { return *waiter_of_test_; }
  int waits() const { return *waits_; }
  std::vector<std::string> told;

  platform::Awakening changed(const std::string& folder, const std::string& name) {
    const auto watched = folder_at(folder);
    watched->change(name);
    return {.readable = {watched->descriptor}};
  }
  /// `after` the start, config.json holds that model.
  void edit_after(std::chrono::milliseconds after, const std::string& model) {
    waiter().script(after, [this, model] {
      edit(model);
      return changed(test_folder, "config.json");
    });
  }
  void do_after(std::chrono::milliseconds after, std::function<void()> action) {
    waiter().script(after, [action = std::move(action)] {
      action();
      return platform::Awakening{};
    });
  }
  void end_after(std::chrono::milliseconds after) {
    waiter().script_signal(after, platform::Signal::end);
  }

  int watch(Options options = {}) {
    options.command = Command::watch;
    return run_command(host, options);
  }
  bool is_watched(const std::string& folder) const { return folders_.contains(folder); }

 private:
  std::shared_ptr<support::FakeFolder> folder_at(const std::string& folder) {
    auto& known = folders_[folder];
    if (!known) {
      known = std::make_shared<support::FakeFolder>();
      known->descriptor = 100 + static_cast<int>(folders_.size());
    }
    return known;
  }

  std::unique_ptr<support::FakeWaiter> waiter_ = std::make_unique<support::FakeWaiter>(clock);
  support::FakeWaiter* waiter_of_test_ = waiter_.get();
  std::shared_ptr<const int> waits_ = waiter_->waits();
  std::map<std::string, std::shared_ptr<support::FakeFolder>> folders_;
};

}  // namespace start_claude::cli
