#include "server/balance_endpoint.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/sha256.h"
#include "http/proxy.h"
#include "json/member_text.h"
#include "json/write.h"
#include "server/hop_by_hop.h"

namespace start_claude::server {
namespace {

/// The client's own credentials, what it says of the local connection, and what one endpoint may
/// have given it that is none of another's business.
constexpr std::array<std::string_view, 6> not_passed_on{"host",   "expect",        "x-api-key",
                                                        "cookie", "authorization", "forwarded"};

std::string identity_of(const config::ApiProfile& profile, const std::string& proxy) {
  json::Array parts{profile.name,
                    profile.id,
                    profile.base_url,
                    profile.api_key.reveal(),
                    profile.auth_token.reveal(),
                    profile.model,
                    proxy};
  for (const auto& [name, value] : profile.custom_headers) {
    parts.emplace_back(name);
    parts.emplace_back(value.reveal());
  }
  return base::to_hex(crypto::sha256(json::write_compact(parts)));
}

std::string proxy_of(const config::ApiProfile& profile, const http::Uri& base,
                     const http::CurlOptions& machine) {
  http::CurlOptions proxies = machine;
  if (!profile.http_proxy.empty()) proxies.http_proxy = profile.http_proxy.reveal();
  if (!profile.https_proxy.empty()) proxies.https_proxy = profile.https_proxy.reveal();
  const std::string& proxy = base.scheme == "https" ? proxies.https_proxy : proxies.http_proxy;
  return http::bypasses_proxy(base, proxies.no_proxy) ? "" : proxy;
}

bool is_json(std::string_view content_encoding) {
  return content_encoding.empty() || base::equal_ignoring_case(content_encoding, "identity");
}

}  // namespace

BalanceEndpoint::Made BalanceEndpoint::make(const config::ApiProfile& profile,
                                            const http::CurlOptions& proxies) {
  const auto skipped = [&profile](std::string reason) {
    return config::SkippedProfile{profile.name, std::move(reason)};
  };
  auto base = http::parse_uri(profile.base_url);
  if (!base) return skipped("has a baseUrl that is none: " + base.error().message);
  if (!base->query.empty()) return skipped("has a baseUrl with a query");
  while (base->path.ends_with('/')) base->path.pop_back();

  std::shared_ptr<BalanceEndpoint> endpoint(new BalanceEndpoint);
  const std::string proxy = proxy_of(profile, *base, proxies);
  endpoint->name_ = base::printable(profile.name);
  endpoint->order_ = profile.order;
  endpoint->identity_ = identity_of(profile, proxy);
  endpoint->base_ = *std::move(base);
  endpoint->api_key_ = profile.api_key;
  endpoint->auth_token_ = profile.auth_token;
  endpoint->custom_headers_ = profile.custom_headers;
  endpoint->model_ = profile.model;
  endpoint->proxy_ = Secret(proxy);
  return std::shared_ptr<const BalanceEndpoint>(std::move(endpoint));
}

bool BalanceEndpoint::is_private() const {
  return base_.scheme == "https" || http::is_loopback(base_);
}

std::shared_ptr<const std::string> BalanceEndpoint::body_for(const ClientRequest& client) const {
  if (!client.body || model_.empty()) return client.body;
  if (!is_json(client.head.headers.find("Content-Encoding").value_or(""))) return client.body;
  auto changed =
      json::with_member_text(*client.body, "model", json::write_compact(json::Value(model_)));
  if (!changed) return client.body;
  return std::make_shared<const std::string>(*std::move(changed));
}

http::StreamRequest BalanceEndpoint::request_for(const ClientRequest& client,
                                                 std::chrono::milliseconds connect_timeout) const {
  http::Request request;
  request.method = client.head.method;
  request.uri = base_;
  request.uri.path += client.head.uri.path;
  request.uri.query = client.head.uri.query;
  for (const auto& [name, value] : end_to_end_headers(client.head.headers)) {
    const std::string lower = base::to_lower(name);
    const bool stays =
        std::find(not_passed_on.begin(), not_passed_on.end(), lower) == not_passed_on.end() &&
        !lower.starts_with("x-forwarded-");
    if (stays) request.headers.add(name, value);
  }
  if (!api_key_.empty()) request.headers.set("x-api-key", api_key_.reveal());
  if (!auth_token_.empty()) {
    request.headers.set("Authorization", "Bearer " + auth_token_.reveal());
  }
  for (const auto& [name, value] : custom_headers_) request.headers.set(name, value.reveal());

  // The one promise that must hold whatever else is wrong: these credentials go to this server.
  const auto addressed = http::parse_uri(request.uri.text());
  const bool is_own = request.uri.scheme == base_.scheme && request.uri.host == base_.host &&
                      request.uri.port == base_.port &&
                      (!addressed || addressed->authority() == base_.authority());
  if (!is_own) std::abort();
  return {.request = std::move(request),
          .body = body_for(client),
          .proxy = proxy_.reveal(),
          .connect_timeout = connect_timeout};
}

}  // namespace start_claude::server
