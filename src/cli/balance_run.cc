#include "cli/balance_run.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/bytes.h"
#include "base/text.h"
#include "cli/balance_words.h"
#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/machine_network.h"
#include "config/document.h"
#include "json/write.h"
#include "platform/posix_interrupt.h"

namespace start_claude::cli {
namespace {

constexpr std::uint16_t usual_port = 2333;
/// At the start somebody waits for the proxy, not for the bucket.
constexpr std::chrono::seconds start_timeout{10};
/// Another run holds the lock: it will not hold it for long.
constexpr std::chrono::seconds busy_pause{5};
constexpr char accepting_key = 'y';

http::CurlOptions machine_proxies(const platform::Environment& environment) {
  return {.https_proxy = first_variable(environment, {"https_proxy", "HTTPS_PROXY"}),
          .http_proxy = first_variable(environment, {"http_proxy"}),
          .no_proxy = first_variable(environment, {"no_proxy", "NO_PROXY"})};
}

/// 256 bits.
Secret make_token(platform::Random& random) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) {
    std::uint64_t number = random.next();
    for (int j = 0; j < 8; ++j, number >>= 8) bytes += static_cast<char>(number & 0xFF);
  }
  return Secret(base::to_hex(bytes));
}

std::string with_loopback(const std::string& no_proxy) {
  return (no_proxy.empty() ? "" : no_proxy + ",") + "127.0.0.1,localhost";
}

/// How the command finds the proxy. Claude Code takes the token as it is and would ask about an API
/// key; other clients of the API may know only one of the two.
platform::ChildProgram program_for(const std::vector<std::string>& command,
                                   const BalanceRuntime& runtime,
                                   const platform::Environment& environment) {
  platform::ChildProgram program{.arguments = command};
  const std::string token = runtime.token.reveal();
  program.variables = {{"ANTHROPIC_BASE_URL", balance_url(runtime.port)},
                       {"ANTHROPIC_AUTH_TOKEN", token}};
  const std::string& path = command.front();
  if (platform::name_of(path) == "claude") {
    program.without = {"ANTHROPIC_API_KEY"};
  } else {
    program.variables.emplace_back("ANTHROPIC_API_KEY", token);
  }
  for (const std::string name : {"NO_PROXY", "no_proxy"}) {
    program.variables.emplace_back(name, with_loopback(environment.variable(name).value_or("")));
  }
  return program;
}

}  // namespace

BalanceRun::BalanceRun(Host& host, ui::Console& console, const Options& options)
    : host_(host), console_(console), options_(options), watched_(host), checks_([this] {
        wake();
      }) {}

BalanceRun::~BalanceRun() { (void)finish(); }

bool BalanceRun::finish() {
  if (proxy_) proxy_->stop();
  if (serving_.joinable()) serving_.join();
  if (runtime_.port != 0) remove_balance_runtime(host_, paths_, runtime_);
  runtime_.port = 0;
  return !checks_.is_running();
}

Result<int> BalanceRun::run() {
  auto paths = find_paths(options_, host_);
  if (!paths) return std::move(paths).error();
  paths_ = *std::move(paths);
  wishes_ = {.names = options_.balance.names,
             .strategy = options_.balance.strategy
                             ? config::parse_strategy(*options_.balance.strategy)
                             : std::nullopt,
             .proxies = machine_proxies(host_.environment)};
  auto bound = bind();
  if (!bound) return std::move(bound).error();
  check_at_start();
  auto loaded = load_first_set();
  if (!loaded) return std::move(loaded).error();
  auto waiter = host_.make_waiter();
  if (!waiter) return std::move(waiter).error();
  waiter_ = *std::move(waiter);
  {
    const std::scoped_lock guard(mutex_);
    woken_ = waiter_.get();
  }
  const auto followed = watched_.follow(paths_);
  if (!followed) warn(followed.error().message + "; edits are noticed only on SIGHUP");
  reload();  // what was written between reading it and watching it
  proxy_->replace(set_);
  serving_ = std::thread([this] { proxy_->serve(); });
  runtime_.process = host_.environment.process_id();
  runtime_.port = proxy_->bound_port();
  auto written = write_balance_runtime(host_, paths_, runtime_);
  if (!written) warn(written.error().message + "; the manager will not find this process");
  announce();
  if (const auto status = start_command()) return *status;
  return loop();
}

Result<base::Done> BalanceRun::bind() {
  runtime_.token = make_token(host_.random);
  server::BalanceProxyOptions proxy{.token = runtime_.token};
  const std::string ca_file = first_variable(host_.environment, {"SSL_CERT_FILE"});
  if (!ca_file.empty()) proxy.ca_file = ca_file;
  proxy.report = [this](const server::StateChange& change) {
    {
      const std::scoped_lock guard(mutex_);
      state_changes_.push_back(change);
    }
    wake();
  };
  proxy_ = std::make_unique<server::BalanceProxy>(host_.clock, std::move(proxy));
  const auto& wished = options_.balance.port;
  auto bound = proxy_->bind(wished ? static_cast<std::uint16_t>(*wished) : usual_port);
  // A command is told the port, so any will do.
  if (!bound && !wished && has_command()) return proxy_->bind(0);
  return bound;
}

Result<std::shared_ptr<const server::BalanceSet>> BalanceRun::read_set() const {
  const auto local = sync::read_local(host_.files, paths_.config);
  if (!local) return local.error();
  if (!local->exists) {
    return Error{ErrorKind::not_configured,
                 "there are no configurations in " + display_path(paths_.config, host_.environment),
                 "add one, or bring them here with s3-setup"};
  }
  if (!local->document) {
    return Error{ErrorKind::invalid_data, "config.json " + local->damage,
                 "mend it, or bring the remote copy here with s3-download --force"};
  }
  return server::balance_set_from(*local->document, wishes_);
}

Result<base::Done> BalanceRun::load_first_set() {
  auto set = read_set();
  if (!set) return std::move(set).error();
  for (const auto& [name, reason] : (*set)->skipped) {
    const auto& names = wishes_.names;
    const bool is_wished =
        std::any_of(names.begin(), names.end(), [&, &skipped = name](const std::string& wished) {
          return base::fold_case(wished) == base::fold_case(skipped);
        });
    if (!is_wished) continue;
    return Error{ErrorKind::usage, base::printable(name) + " " + base::printable(reason),
                 "name only enabled profiles that have credentials, or none for all of them"};
  }
  for (const std::string& warning : warnings_about(**set)) console_.warn(warning);
  if ((*set)->endpoints.empty()) {
    return Error{ErrorKind::not_configured, "no enabled profile has an API key or a token",
                 "a profile needs apiKey or authToken, and a baseUrl unless it is Anthropic's"};
  }
  set_ = *std::move(set);
  return base::Done{};
}

bool BalanceRun::asks() const {
  return can_ask(host_, options_) && !has_command() && !options_.yes;
}

void BalanceRun::check_at_start() {
  Options options = options_;
  options.timeout = std::min(options.timeout, start_timeout);
  const bool a_person_is_there = can_ask(host_, options_);
  finish_check(a_person_is_there ? ask_for_balance(host_, console_, options)
                                 : sync_for_balance(host_, console_, options));
}

void BalanceRun::announce() {
  const std::string url = balance_url(runtime_.port);
  if (has_command()) return tell("Balancing " + format_set(*set_) + " at " + url + ".");
  console_.say("Balancing " + format_set(*set_) + " at " + url + "; Ctrl+C stops it.");
  console_.say("For a client in another terminal:");
  console_.say("  export ANTHROPIC_BASE_URL=" + url);
  console_.say("  export ANTHROPIC_AUTH_TOKEN=" + runtime_.token.reveal());
  console_.say_json(json::write_compact(json::Object{{"command", "balance"},
                                                     {"result", "serving"},
                                                     {"exit", json::Value::integer(0)},
                                                     {"url", url},
                                                     {"port", json::Value::integer(runtime_.port)},
                                                     {"token", runtime_.token.reveal()}}));
}

/// The exit status if it could not be started.
std::optional<int> BalanceRun::start_command() {
  if (!has_command()) return std::nullopt;
  const auto& command = options_.balance.command;
  auto started = platform::ChildProcess::start(program_for(command, runtime_, host_.environment),
                                               [this] { wake(); });
  if (const auto* failure = std::get_if<platform::NotStarted>(&started)) {
    console_.fail({ErrorKind::unexpected,
                   "cannot run " + base::printable(command.front()) + ": " + failure->reason});
    return failure->exit_status;
  }
  child_ = std::get<std::unique_ptr<platform::ChildProcess>>(std::move(started));
  return std::nullopt;
}

int BalanceRun::loop() {
  for (;;) {
    platform::WaitRequest request{.readable = watched_.descriptors(), .until = next_check_};
    if (keys_) request.readable.push_back(keys_->descriptor());
    const auto awakening = waiter_->wait(request);
    const auto is_readable = [&awakening](int descriptor) {
      const auto& readable = awakening.readable;
      return std::find(readable.begin(), readable.end(), descriptor) != readable.end();
    };
    tell_state_changes();
    if (child_ && child_->exit_status()) return *child_->exit_status();
    if (awakening.has(platform::Signal::end)) return 0;
    take_file_changes();
    if (awakening.has(platform::Signal::reload)) reload();
    if (keys_ && is_readable(keys_->descriptor())) take_keys();
    take_check_result();
    const bool is_due = next_check_ && host_.clock.monotonic() >= *next_check_;
    if (is_due || awakening.has(platform::Signal::check)) check_remote();
  }
}

void BalanceRun::reload() {
  auto set = read_set();
  if (!set) {
    const std::string problem = set.error().message;
    if (problem != last_problem_) {
      warn(problem + "; the profiles stay as they were");
    }
    last_problem_ = problem;
    return;
  }
  last_problem_.clear();
  if (is_same_set(**set, *set_)) return;
  set_ = *std::move(set);
  proxy_->replace(set_);
  tell("Reloaded: " + format_set(*set_) + ".");
  for (const std::string& warning : warnings_about(*set_)) warn(warning);
}

void BalanceRun::take_file_changes() {
  const FileChanges changes = watched_.take_changes();
  if (changes.settings) {
    auto paths = find_paths(options_, host_);
    if (paths) paths_.config = paths->config;
    (void)watched_.follow(paths_);
  }
  if (changes.settings || changes.configuration) reload();
}

void BalanceRun::tell_state_changes() {
  std::vector<server::StateChange> changes;
  {
    const std::scoped_lock guard(mutex_);
    changes.swap(state_changes_);
  }
  for (const auto& change : changes) tell(format_state_change(change));
}

void BalanceRun::check_remote() {
  next_check_.reset();
  if (checks_.is_running()) return;
  checks_.begin([this, only_looks = asks()] {
    return only_looks ? look_for_balance(host_, console_, options_)
                      : sync_for_balance(host_, console_, options_);
  });
}

void BalanceRun::accept_offer() {
  keys_.reset();
  if (checks_.is_running()) return;
  checks_.begin([this] { return sync_for_balance(host_, console_, options_); });
}

void BalanceRun::take_check_result() {
  const auto check = checks_.take();
  if (!check) return;
  finish_check(*check);
  // The folder watch may not have told yet, or there is none.
  if (!check->lines.empty()) reload();
}

void BalanceRun::finish_check(const BalanceCheck& check) {
  next_check_.reset();
  if (check.interval) {
    const std::chrono::milliseconds pause =
        check.was_busy ? std::chrono::milliseconds(busy_pause) : *check.interval;
    next_check_ = host_.clock.monotonic() + pause;
  }
  if (check.rule != last_rule_ && !check.rule.empty()) tell(check.rule);
  last_rule_ = check.rule;
  if (check.problem) warn(check.problem->message);
  const bool is_known = !check.situation.empty() && check.situation == last_offer_;
  if (is_known) return;
  last_offer_ = check.situation;
  for (const std::string& line : check.lines) tell(line);
  keys_.reset();
  if (check.offer.empty()) return;
  if (host_.make_keys) keys_ = host_.make_keys();
  tell(keys_ ? std::string("Press ") + accepting_key + " to " + check.offer + "."
             : "Run s3-sync to " + check.offer + ".");
}

void BalanceRun::take_keys() {
  const auto key = keys_->take();
  // A terminal that is gone is readable for ever.
  if (!key) return keys_.reset();
  if (*key == accepting_key || *key == 'Y') accept_offer();
}

/// A command that draws on the terminal must not have lines written into its picture.
void BalanceRun::tell(const std::string& line) {
  const std::string text = console_.time(host_.clock.now()) + "  " + line;
  if (!has_command()) return console_.say(text);
  const bool disturbs = child_ && host_.terminal.error_is_tty() && !console_.verbose();
  if (console_.quiet() || disturbs) return;
  console_.explain(text);
}

void BalanceRun::warn(const std::string& message) {
  if (child_ && host_.terminal.error_is_tty() && !console_.verbose()) return;
  console_.warn(message);
}

void BalanceRun::wake() {
  const std::scoped_lock guard(mutex_);
  if (woken_ != nullptr) woken_->wake();
}

Result<int> run_balance(Host& host, ui::Console& console, const Options& options) {
  BalanceRun run(host, console, options);
  auto status = run.run();
  // A sync may stop between any two of its steps; whoever waits for the command's status need not
  // wait for a slow network.
  if (status && !run.finish()) platform::end_process(*status);
  return status;
}

}  // namespace start_claude::cli
