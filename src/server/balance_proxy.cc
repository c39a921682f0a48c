#include "server/balance_proxy.h"

#include <unordered_map>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/text.h"
#include "crypto/sha256.h"
#include "json/write.h"
#include "platform/event_loop.h"
#include "server/balance_health.h"
#include "server/balance_status.h"

namespace start_claude::server {
namespace {

/// Out of descriptors: those that are open may be fewer by then.
constexpr std::chrono::milliseconds accept_pause{100};

bool is_token(std::string_view given, const Secret& token) {
  return !token.empty() && crypto::equal_in_constant_time(given, token.reveal());
}

std::string_view bearer_of(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer ";
  if (!base::equal_ignoring_case(authorization.substr(0, scheme.size()), scheme)) return {};
  return base::trim(authorization.substr(scheme.size()));
}

}  // namespace

class BalanceProxy::Service final : public BalanceHub {
 public:
  Service(const platform::Clock& clock, BalanceProxyOptions options)
      : clock_(clock),
        options_(std::move(options)),
        ledger_([this](const StateChange& change) {
          options_.report(change);
          if (change.is_banned) watch_bans();
        }),
        client_(loop_, {.ca_file = options_.ca_file}),
        parts_{loop_, clock_, client_, ledger_},
        health_(parts_),
        set_(std::make_shared<BalanceSet>()),
        started_(clock_.now()),
        loaded_(started_) {}
  ~Service() override {
    connections_.clear();
    loop_.drop_timers();  // some of them hold connections and exchanges that are over
  }
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  Result<base::Done> bind(std::uint16_t port);
  std::uint16_t bound_port() const { return port_; }
  void replace(std::shared_ptr<const BalanceSet> set) {
    loop_.post([this, set = std::move(set)]() mutable { take(std::move(set)); });
  }
  void serve() {
    loop_.watch(listener_.number(), {.read = true}, [this](platform::Readiness) { accept_all(); });
    loop_.run();
    loop_.forget(listener_.number());
  }
  void stop() { loop_.stop(); }

  const BalanceParts& parts() const override { return parts_; }
  const BalanceLimits& limits() const override { return options_.limits; }
  bool is_authorized(const http::Headers& headers) const override {
    const std::string key = headers.find("x-api-key").value_or("");
    const std::string authorization = headers.find("Authorization").value_or("");
    const bool by_key = is_token(key, options_.token);
    return is_token(bearer_of(authorization), options_.token) || by_key;
  }
  std::shared_ptr<const BalanceSet> current_set() const override { return set_; }
  std::string status_json() const override;
  void closed(BalanceConnection& connection) override;

 private:
  void take(std::shared_ptr<const BalanceSet> set);
  void accept_all();
  void watch_bans();

  const platform::Clock& clock_;
  BalanceProxyOptions options_;
  platform::EventLoop loop_;
  BalanceLedger ledger_;
  http::StreamClient client_;
  BalanceParts parts_;
  BalanceHealth health_;
  std::shared_ptr<const BalanceSet> set_;
  UtcTime started_;
  UtcTime loaded_;
  platform::Descriptor listener_{-1};
  std::uint16_t port_ = 0;
  platform::EventLoop::TimerId ban_timer_ = 0;
  // Last, because connections use all of the above.
  std::unordered_map<BalanceConnection*, std::shared_ptr<BalanceConnection>> connections_;
};

Result<base::Done> BalanceProxy::Service::bind(std::uint16_t port) {
  const Error failed{ErrorKind::unreachable, "cannot listen on 127.0.0.1:" + std::to_string(port),
                     "another program may be using the port: choose one with --port"};
  listener_ =
      platform::Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!listener_) return failed;
  const int on = 1;
  (void)::setsockopt(listener_.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_.number(), generic, size) != 0) return failed;
  if (::listen(listener_.number(), SOMAXCONN) != 0) return failed;
  if (::getsockname(listener_.number(), generic, &size) != 0) return failed;
  port_ = ntohs(address.sin_port);
  return base::Done{};
}

void BalanceProxy::Service::take(std::shared_ptr<const BalanceSet> set) {
  set_ = std::move(set);
  loaded_ = clock_.now();
  ledger_.keep_only(*set_);
  health_.watch(set_);
}

void BalanceProxy::Service::accept_all() {
  while (connections_.size() < options_.limits.connections_max) {
    platform::Descriptor socket(platform::retry_interrupted([this] {
      return ::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    }));
    if (!socket) {
      if (errno != EMFILE && errno != ENFILE && errno != ENOMEM && errno != ENOBUFS) return;
      break;
    }
    auto connection = std::make_shared<BalanceConnection>(std::move(socket), *this);
    connections_.emplace(connection.get(), connection);
  }
  loop_.change_interest(listener_.number(), {});
  loop_.call_after(accept_pause,
                   [this] { loop_.change_interest(listener_.number(), {.read = true}); });
}

void BalanceProxy::Service::closed(BalanceConnection& connection) {
  const auto found = connections_.find(&connection);
  if (found == connections_.end()) return;
  loop_.call_soon([gone = std::move(found->second)] { (void)gone; });
  connections_.erase(found);
}

/// So that the end of a ban is told when it comes, not when somebody asks next.
void BalanceProxy::Service::watch_bans() {
  loop_.cancel(ban_timer_);
  ban_timer_ = loop_.call_after({}, [this] {
    ban_timer_ = 0;
    const Instant now = loop_.now();
    const auto next = ledger_.end_bans(now);
    if (next) ban_timer_ = loop_.call_after(*next - now, [this] { watch_bans(); });
  });
}

std::string BalanceProxy::Service::status_json() const {
  BalanceCounts counts{.open_connections = connections_.size()};
  for (const auto& [key, connection] : connections_) {
    if (connection->is_answering()) ++counts.active_requests;
  }
  --counts.active_requests;  // the one that asks
  return json::write_compact(status_of(*set_, ledger_, counts,
                                       {.started = started_,
                                        .loaded = loaded_,
                                        .now = clock_.now(),
                                        .now_by_loop = loop_.now()})) +
         "\n";
}

BalanceProxy::BalanceProxy(const platform::Clock& clock, BalanceProxyOptions options)
    : service_(std::make_unique<Service>(clock, std::move(options))) {}

BalanceProxy::~BalanceProxy() = default;

Result<base::Done> BalanceProxy::bind(std::uint16_t port) { return service_->bind(port); }

std::uint16_t BalanceProxy::bound_port() const { return service_->bound_port(); }

void BalanceProxy::replace(std::shared_ptr<const BalanceSet> set) {
  service_->replace(std::move(set));
}

void BalanceProxy::serve() { service_->serve(); }

void BalanceProxy::stop() { service_->stop(); }

}  // namespace start_claude::server
