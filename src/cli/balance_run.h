// One run of `balance`: the proxy in its thread, and in this one everything that is not a request:
// signals, the terminal, config.json, the remote copy, the command that uses it.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "cli/balance_checks.h"
#include "cli/balance_runtime.h"
#include "cli/host.h"
#include "cli/options.h"
#include "cli/watched_files.h"
#include "platform/child_process.h"
#include "server/balance_proxy.h"
#include "ui/console.h"

namespace start_claude::cli {

class BalanceRun {
 public:
  BalanceRun(Host& host, ui::Console& console, const Options& options);
  ~BalanceRun();
  BalanceRun(const BalanceRun&) = delete;
  BalanceRun& operator=(const BalanceRun&) = delete;

  /// Until a signal, or until the command has ended: its status, else 0.
  Result<int> run();
  /// Stops serving and leaves nothing behind. False if a check of the remote copy is still going
  /// on, for which the destructor would have to wait.
  bool finish();

 private:
  Result<base::Done> bind();
  /// config.json as a set, or why it is none.
  Result<std::shared_ptr<const server::BalanceSet>> read_set() const;
  Result<base::Done> load_first_set();
  void check_at_start();
  void announce();
  std::optional<int> start_command();
  int loop();
  void reload();
  void take_file_changes();
  void tell_state_changes();
  /// For a check that is due; a person's wish is done whether one is due or not.
  void check_remote();
  void take_check_result();
  void take_keys();
  void accept_offer();
  void finish_check(const BalanceCheck& check);

  bool asks() const;
  bool has_command() const { return !options_.balance.command.empty(); }
  /// A line of what happens, wherever it disturbs nobody.
  void tell(const std::string& line);
  void warn(const std::string& message);
  void wake();

  Host& host_;
  ui::Console& console_;
  const Options& options_;
  sync::Paths paths_;
  server::BalanceWishes wishes_;
  BalanceRuntime runtime_;

  std::mutex mutex_;
  std::vector<server::StateChange> state_changes_;  ///< under mutex_
  platform::Waiter* woken_ = nullptr;               ///< under mutex_

  std::unique_ptr<server::BalanceProxy> proxy_;
  std::shared_ptr<const server::BalanceSet> set_;
  std::string last_problem_;  ///< of config.json, so that it is told once
  std::string last_rule_;     ///< as it was told
  std::unique_ptr<platform::Waiter> waiter_;
  WatchedFiles watched_;
  std::unique_ptr<platform::Keys> keys_;  ///< while there is an offer
  std::unique_ptr<platform::ChildProcess> child_;
  std::optional<std::chrono::milliseconds> next_check_;
  std::string last_offer_;  ///< the situation it was about
  BalanceChecks checks_;
  std::thread serving_;
};

}  // namespace start_claude::cli
