// The command line as a value.
//
// parse_options() is the only place that knows CLI11. Every command and flag is defined there once,
// under its long name (`s3-sync`) and its spaced alias (`s3 sync`).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace start_claude::cli {

enum class Command {
  setup,
  sync,
  upload,
  download,
  status,
  diff,
  history,
  restore,
  doctor,
  serve,
  watch,
  manager,
  balance,
};

/// "s3-sync": what the command is called in messages and in --json.
std::string name_of(Command command);

/// s3-setup: what is given is not asked.
struct SetupOptions {
  std::optional<std::string> service = {};  ///< "s3", "r2", "b2", "custom"
  std::optional<std::string> bucket = {};
  std::optional<std::string> region = {};
  std::optional<std::string> endpoint = {};
  std::optional<std::string> access_key_id = {};
  std::optional<std::string> secret_access_key_file = {};  ///< "-" is stdin
  std::optional<std::string> key = {};
  std::optional<std::string> credentials = {};  ///< "stored", "env", "profile:NAME"
  std::optional<std::string> ca_file = {};
  std::optional<std::string> addressing = {};  ///< "path", "virtual"
  std::optional<std::string> sse = {};         ///< "AES256", "aws:kms", "none"
  bool create_bucket = false;
  std::optional<bool> read_only = {};  ///< --read-only, --read-write
};

/// s3-history: which one to look into; neither lists them all.
struct HistoryOptions {
  std::optional<std::size_t> show = {};  ///< numbers as s3-history lists them
  std::optional<std::size_t> diff = {};
};

/// s3-restore: which one, and how far.
struct RestoreOptions {
  std::optional<std::size_t> number = {};  ///< as s3-history lists them
  bool last = false;
  bool local_only = false;
};

/// s3-doctor; --policy also takes setup's bucket, key, region and endpoint.
struct DoctorOptions {
  bool write = false;
  bool policy = false;
  bool history = false;  ///< with policy: also what s3-history and s3-restore need
};

struct ServeOptions {
  std::string folder;
  std::string host = "127.0.0.1";
  int port = 9010;
  std::optional<std::string> access_key_id = {};
  std::optional<std::string> secret_access_key_file = {};
};

struct ManagerOptions {
  std::string host = "127.0.0.1";
  int port = 2334;
  bool no_open = false;
  bool insecure_listen = false;
  std::chrono::minutes idle_exit{0};  ///< 0: never
};

struct BalanceOptions {
  std::vector<std::string> names = {};  ///< of profiles; empty for all
  std::optional<int> port = {};
  std::optional<std::string> strategy = {};  ///< "fallback", "polling", "speed-first"
  std::vector<std::string> command = {};     ///< what stands behind "--"
};

struct Options {
  Command command = Command::status;

  std::optional<std::string> config = {};
  std::optional<std::string> record = {};  ///< where to write the run's HTTP exchanges
  bool verbose = false;
  bool quiet = false;
  bool json = false;
  bool no_color = false;
  bool no_input = false;
  std::chrono::seconds timeout{30};
  std::chrono::seconds lock_timeout{10};

  bool dry_run = false;
  bool force = false;
  bool ask = false;
  bool yes = false;
  bool automatic = false;  ///< --auto
  bool allow_empty = false;
  bool read_only = false;  ///< of sync and watch, for this run
  bool offline = false;

  HistoryOptions history = {};
  RestoreOptions restore = {};
  SetupOptions setup = {};
  DoctorOptions doctor = {};
  ServeOptions serve = {};
  ManagerOptions manager = {};
  BalanceOptions balance = {};
};

/// Parsing ended the program: --help and --version (exit 0, text for stdout), or a mistake (exit 2,
/// text for stderr).
struct ParsedExit {
  int exit_code = 0;
  std::string text;
};

std::variant<Options, ParsedExit> parse_options(const std::vector<std::string>& arguments);

/// "start-claude 0.1.0"
std::string version_text();

}  // namespace start_claude::cli
