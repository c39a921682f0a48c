// manager: the web page on this machine, and what it does by itself while it is open.
#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/manager_sync.h"
#include "cli/watched_files.h"
#include "server/http_server.h"
#include "server/manager_api.h"
#include "server/manager_document.h"
#include "server/manager_guard.h"
#include "server/manager_service.h"
#include "ui/changes.h"

namespace start_claude::cli {
namespace {

using std::chrono::milliseconds;

/// Auto-upload waits this long after the last change.
constexpr milliseconds debounce{1'000};
/// How soon it is tried again while another run is at work.
constexpr milliseconds busy_pause{2'000};
/// How often a running `balance` is asked how it does, while a page is open.
constexpr milliseconds balance_interval{2'000};
/// How many ports on another one is looked for.
constexpr int further_ports = 10;

bool is_loopback(const std::string& host) {
  return host == "127.0.0.1" || host == "::1" || host == "localhost";
}

bool is_wildcard(const std::string& host) { return host == "0.0.0.0" || host == "::"; }

std::string in_url(const std::string& host) {
  if (is_wildcard(host)) return "127.0.0.1";
  return host.find(':') != std::string::npos ? "[" + host + "]" : host;
}

server::HttpServerLimits limits() {
  server::HttpServerLimits limits;
  limits.connection.head_bytes_max = std::size_t{16} * 1024;
  limits.connection.stall = std::chrono::seconds(5);
  limits.connection.silence = std::chrono::seconds(1);
  // Whoever has no session sends nothing here.
  limits.connection.unasked_body_bytes_max = 0;
  return limits;
}

/// A browser is told where to go by a file that only its user can read: everybody can read the
/// arguments of a program.
constexpr std::string_view entrance_name = "manager-open.html";

std::string entrance_page(const std::string& url) {
  return "<!doctype html><meta charset=\"utf-8\"><meta name=\"referrer\" content=\"no-referrer\">"
         "<meta http-equiv=\"refresh\" content=\"0;url=" +
         url + "\"><title>start-claude</title><a href=\"" + url + "\">Open the manager</a>\n";
}

class Manager {
 public:
  Manager(Host& host, ui::Console& console, const Options& options, sync::Paths paths)
      : host_(host),
        console_(console),
        options_(options),
        paths_(std::move(paths)),
        events_(host.clock, [this] { waiter_->wake(); }),
        sync_(host, options, events_, [this] { note_change(); }),
        document_({host.files, host.clock, host.random, host.environment,
                   [this](const std::vector<resolve::FieldChange>& fields) {
                     events_.log(server::Weight::warning, ui::format_settled_earlier(fields));
                   }},
                  paths_, writer_name(host.environment)),
        api_({document_, sync_, events_, host.clock, host.random, version_text()}),
        token_(server::random_token(host.random)),
        service_(server::ManagerGuard(token_, server::random_token(host.random), address()), api_,
                 events_, host.clock),
        watched_(host) {}

  Result<int> run() {
    if (auto bound = bind(); !bound) return std::move(bound).error();
    console_.say(sync_.open());
    api_.file_changed();
    auto waiter = host_.make_waiter();
    if (!waiter) return std::move(waiter).error();
    waiter_ = *std::move(waiter);
    if (auto followed = watched_.follow(paths_); !followed) return std::move(followed).error();

    const std::string url =
        "http://" + in_url(options_.manager.host) + ":" + std::to_string(server_->bound_port());
    Result<base::Done> served = base::Done{};
    std::thread server_thread([&] {
      served = server_->serve();
      ended_ = true;
      waiter_->wake();
    });
    console_.say("Manager: " + url + "/?token=" + token_.reveal() + "   Ctrl+C stops it.");
    open_browser(url + "/?token=" + token_.reveal());
    loop();
    events_.close();
    server_->stop();
    server_thread.join();
    (void)host_.files.remove(entrance());
    // What was changed in the last second is not left behind.
    if (upload_due_) (void)sync_.upload_by_itself();
    if (!served) return std::move(served).error();
    return 0;
  }

 private:
  server::ManagerAddress address() const {
    const std::string& host = options_.manager.host;
    if (is_loopback(host)) return {};
    return {.hosts = {in_url(host)}, .any_address = is_wildcard(host)};
  }

  Result<base::Done> bind() {
    const int first = options_.manager.port;
    const int last = first == 0 ? 0 : std::min(first + further_ports, 65535);
    for (int port = first; port <= last; ++port) {
      server_ = std::make_unique<server::HttpServer>(service_, host_.clock, limits());
      if (server_->bind({options_.manager.host, static_cast<std::uint16_t>(port)})) {
        service_.set_port(server_->bound_port());
        return base::Done{};
      }
    }
    return Error{ErrorKind::unreachable,
                 "cannot listen on " + base::printable(options_.manager.host) + ", port " +
                     std::to_string(first) + " to " + std::to_string(last),
                 "other programs may be using them: choose one with --port"};
  }

  std::string entrance() const { return platform::join_path(paths_.folder, entrance_name); }

  void open_browser(const std::string& url) {
    const bool has_desktop = host_.environment.variable("DISPLAY").has_value() ||
                             host_.environment.variable("WAYLAND_DISPLAY").has_value();
    const bool wanted = !options_.manager.no_open && has_desktop && host_.terminal.output_is_tty();
    if (!wanted || !host_.open_on_desktop) return;
    const auto written = platform::replace_file(host_.files, entrance(), entrance_page(url),
                                                {.unique = host_.random.next()});
    if (std::holds_alternative<platform::FileFailure>(written)) return;
    host_.open_on_desktop(entrance());
  }

  void note_change() {
    changed_ = true;
    waiter_->wake();
  }

  void take_file_changes() {
    const FileChanges changes = watched_.take_changes();
    if (!changes.configuration && !changes.settings) return;
    api_.file_changed();
    changed_ = true;
  }

  std::optional<milliseconds> idle_end() const {
    if (options_.manager.idle_exit.count() == 0) return std::nullopt;
    return host_.clock.monotonic() + options_.manager.idle_exit - service_.idle_for();
  }

  std::optional<milliseconds> next_deadline() const {
    std::optional<milliseconds> next;
    for (const auto& deadline : {idle_end(), upload_due_, balance_due_}) {
      if (deadline && (!next || *deadline < *next)) next = deadline;
    }
    return next;
  }

  /// Only for a page that is open: otherwise nothing here wakes up by itself.
  void look_at_balance(milliseconds now) {
    if (events_.subscribers() == 0) return balance_due_.reset();
    if (balance_due_ && now < *balance_due_) return;
    balance_due_ = now + balance_interval;
    json::Value found = sync_.balance();
    if (found == balance_) return;
    events_.publish("balance", found);
    balance_ = std::move(found);
  }

  void loop() {
    while (!ended_) {
      const auto awakening =
          waiter_->wait({.readable = watched_.descriptors(), .until = next_deadline()});
      if (awakening.has(platform::Signal::end)) return;
      if (!awakening.readable.empty()) take_file_changes();
      const milliseconds now = host_.clock.monotonic();
      if (changed_.exchange(false)) upload_due_ = now + debounce;
      if (upload_due_ && now >= *upload_due_) {
        upload_due_.reset();
        if (!sync_.upload_by_itself()) upload_due_ = now + busy_pause;
      }
      look_at_balance(now);
      const auto idle = idle_end();
      if (idle && now >= *idle) {
        console_.say("Nobody used the page for " + base::format_span(options_.manager.idle_exit) +
                     "; stopped.");
        return;
      }
    }
  }

  Host& host_;
  ui::Console& console_;
  const Options& options_;
  sync::Paths paths_;
  server::ManagerEvents events_;
  ManagerSync sync_;
  server::ManagerDocument document_;
  server::ManagerApi api_;
  Secret token_;
  server::ManagerService service_;
  std::unique_ptr<server::HttpServer> server_;
  std::unique_ptr<platform::Waiter> waiter_;
  WatchedFiles watched_;
  std::atomic<bool> changed_ = false;
  std::atomic<bool> ended_ = false;
  std::optional<milliseconds> upload_due_;
  std::optional<milliseconds> balance_due_;
  json::Value balance_;  ///< as the pages were told last
};

}  // namespace

Result<int> run_manager(Host& host, ui::Console& console, const Options& options) {
  if (!is_loopback(options.manager.host) && !options.manager.insecure_listen) {
    return Error{
        ErrorKind::usage,
        "the manager listens on this machine only, not on " + base::printable(options.manager.host),
        "with --insecure-listen it does so, and API keys can be read on the network"};
  }
  auto paths = find_paths(options, host);
  if (!paths) return std::move(paths).error();
  if (!is_loopback(options.manager.host)) {
    console.warn("listening on " + options.manager.host +
                 " without encryption: API keys can be read on the network");
  }
  return Manager(host, console, options, *std::move(paths)).run();
}

}  // namespace start_claude::cli
