// What `balance` does about the remote copy: once at its start, and now and then while it serves.
//
// Runs that take their time run in a thread of their own, so that a slow network holds nothing up.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "cli/host.h"
#include "cli/options.h"
#include "ui/console.h"

namespace start_claude::cli {

struct BalanceCheck {
  std::vector<std::string> lines = {};  ///< what was done, for people
  /// Why it could not be done, or why somebody has to decide.
  std::optional<Error> problem = {};
  /// What a person may want done: completes "Press y to ...". Empty if there is nothing.
  std::string offer = {};
  /// Names the situation the offer is about, so that it is not made twice.
  std::string situation = {};
  bool was_busy = false;  ///< another run holds the lock
  /// What is not synced unasked, in a sentence; empty if all is as usual.
  std::string rule = {};
  /// When to look again; nothing where S3 is not configured.
  std::optional<std::chrono::minutes> interval = {};
};

/// Acts by the unattended rules.
BalanceCheck sync_for_balance(Host& host, const ui::Console& console, const Options& options);
/// Only looks, and says what could be done.
BalanceCheck look_for_balance(Host& host, const ui::Console& console, const Options& options);
/// Looks, asks the person at the terminal, does what they say.
BalanceCheck ask_for_balance(Host& host, ui::Console& console, const Options& options);

class BalanceChecks {
 public:
  using Work = std::function<BalanceCheck()>;

  /// `on_result` is called from another thread.
  explicit BalanceChecks(std::function<void()> on_result) : on_result_(std::move(on_result)) {}
  BalanceChecks(const BalanceChecks&) = delete;
  BalanceChecks& operator=(const BalanceChecks&) = delete;
  /// Waits for what is going on.
  ~BalanceChecks();

  /// Begins that work; nothing if there is some going on already.
  void begin(Work work);
  bool is_running() const { return thread_.joinable(); }
  /// The result once it is there; then new work may begin.
  std::optional<BalanceCheck> take();

 private:
  std::function<void()> on_result_;
  std::mutex mutex_;
  std::optional<BalanceCheck> result_;  ///< under mutex_
  std::thread thread_;
};

}  // namespace start_claude::cli
