#include "base/text.h"
#include "http/uri.h"
#include "s3/endpoint_host.h"
#include "s3/store_error.h"
#include "ui/store_findings.h"

namespace start_claude::ui {
namespace {

constexpr std::string_view dns = "DNS";
constexpr std::string_view tcp = "TCP";
constexpr std::string_view tls = "TLS";

std::string format_took(std::chrono::milliseconds took) {
  return std::to_string(took.count()) + " ms";
}

Finding not_tried(std::string_view check) {
  return {.check = check, .grade = Grade::not_tried, .text = "nobody to talk to"};
}

Finding failed(std::string_view check, const http::Uri& uri, const http::Failure& failure) {
  s3::ErrorContext context;
  context.host = uri.authority();
  return finding_from(check, s3::error_from_failure(failure, context));
}

Finding dns_finding(const http::Uri& uri, const http::ConnectionFacts& facts) {
  const std::string& host = uri.host;
  if (!facts.proxy.empty()) {
    return {.check = dns, .text = "left to the proxy " + facts.proxy};
  }
  if (s3::is_ip_address(host)) return {.check = dns, .text = "not needed for " + host};
  std::string text = host + " is " + facts.address;
  if (facts.address.empty()) text = host + " was found";
  if (facts.lookup) text += ", " + format_took(*facts.lookup);
  return {.check = dns, .text = std::move(text)};
}

Finding tcp_finding(const http::Uri& uri, const http::ConnectionFacts& facts) {
  std::string text = "connected to port " + std::to_string(uri.effective_port());
  if (!facts.proxy.empty()) text = "connected to the proxy " + facts.proxy;
  if (facts.connect) text += ", " + format_took(*facts.connect);
  return {.check = tcp, .text = std::move(text)};
}

std::string describe_certificate(const crypto::TlsPeer& peer, UtcTime now) {
  std::string text = base::printable(peer.version) + ", certificate";
  if (!peer.issuer.empty()) text += " by " + base::printable(peer.issuer, 80);
  if (!peer.expires) return text;
  const auto left = *peer.expires - now;
  const auto days = std::chrono::duration_cast<std::chrono::hours>(left).count() / 24;
  if (left < left.zero()) return text + ", expired " + base::format_span(left) + " ago";
  return text + ", " + base::count_of(static_cast<std::size_t>(days), "day") + " left";
}

Finding tls_finding(const http::Uri& uri, const http::ConnectionFacts& facts, UtcTime now) {
  if (uri.scheme == "http") {
    if (http::is_loopback(uri)) {
      return {.check = tls, .text = "not used, and not needed on this machine"};
    }
    return {.check = tls,
            .grade = Grade::warning,
            .text = "not used: API keys can be read on the network",
            .fix = "an https:// endpoint, set with start-claude s3-setup"};
  }
  if (!facts.tls) return {.check = tls, .text = "works"};
  Finding finding{.check = tls, .text = describe_certificate(*facts.tls, now)};
  constexpr std::chrono::hours soon{24 * 14};
  if (facts.tls->expires && *facts.tls->expires - now < soon) {
    finding.grade = Grade::warning;
    finding.fix = "have whoever runs " + uri.host + " renew it";
  }
  return finding;
}

/// What kept the connection from coming about, where it did.
Finding tls_failure(const http::Uri& uri, const http::ConnectionFacts& facts, UtcTime now) {
  Finding finding = failed(tls, uri, *facts.failure);
  if (facts.tls) finding.text += " (" + describe_certificate(*facts.tls, now) + ")";
  return finding;
}

}  // namespace

std::vector<Finding> connection_findings(const http::Uri& uri, const http::ConnectionFacts& facts,
                                         UtcTime now) {
  if (!facts.failure) {
    return {dns_finding(uri, facts), tcp_finding(uri, facts), tls_finding(uri, facts, now)};
  }
  switch (facts.failure->kind) {
    case http::FailureKind::name_not_resolved:
      return {failed(dns, uri, *facts.failure), not_tried(tcp), not_tried(tls)};
    case http::FailureKind::tls_not_trusted:
    case http::FailureKind::tls_too_old:
    case http::FailureKind::tls_failed:
      return {dns_finding(uri, facts), tcp_finding(uri, facts), tls_failure(uri, facts, now)};
    case http::FailureKind::not_connected:
    case http::FailureKind::timed_out:
    case http::FailureKind::connection_lost:
    case http::FailureKind::malformed_response:
    case http::FailureKind::too_large:
    case http::FailureKind::proxy_denied:
    case http::FailureKind::proxy_failed: break;
  }
  if (facts.is_accepted && facts.proxy.empty()) {
    return {dns_finding(uri, facts), tcp_finding(uri, facts), tls_failure(uri, facts, now)};
  }
  return {dns_finding(uri, facts), failed(tcp, uri, *facts.failure), not_tried(tls)};
}

Finding clock_finding(const s3::ClockSkew& skew) {
  constexpr std::string_view check = "clock";
  constexpr std::chrono::seconds trusted_max{60};
  constexpr std::chrono::minutes signing_max{15};
  if (!skew) {
    return {.check = check, .grade = Grade::not_tried, .text = "the server did not tell its time"};
  }
  const auto off = std::chrono::abs(*skew);
  // A Date header has whole seconds.
  if (off < std::chrono::seconds{2}) return {.check = check, .text = "as the server's"};
  Finding finding{.check = check, .text = s3::format_skew(*skew)};
  if (off <= trusted_max) return finding;
  finding.grade = Grade::warning;
  finding.text += off > signing_max ? ": Amazon refuses that, and file times are not trusted"
                                    : ": file times are not trusted";
  finding.fix = "set this machine's clock, for example with: timedatectl set-ntp true";
  return finding;
}

}  // namespace start_claude::ui
