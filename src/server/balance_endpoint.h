// An endpoint: a server together with what opens it. There is no way to take the two apart.
//
// The credentials leave this object only inside a request that is addressed to its own server,
// which is checked once more before the request is given away.
#pragma once

#include <memory>
#include <string>
#include <variant>

#include "config/api_profile.h"
#include "http/curl_transport.h"
#include "http/stream_client.h"

namespace start_claude::server {

/// What a client wants sent. Its credentials and its framing are not passed on.
struct ClientRequest {
  http::Request head;  ///< of the URI only path and query count; the body stays empty
  std::shared_ptr<const std::string> body = nullptr;
};

class BalanceEndpoint {
 public:
  using Made = std::variant<std::shared_ptr<const BalanceEndpoint>, config::SkippedProfile>;

  /// `proxies` are this machine's, for profiles that name none; their NO_PROXY holds for both.
  static Made make(const config::ApiProfile& profile, const http::CurlOptions& proxies);

  const std::string& name() const { return name_; }
  long long order() const { return order_; }
  /// Host, with the port if it is not the usual one.
  std::string authority() const { return base_.authority(); }
  /// The same for two readings of a profile exactly if nothing about it changed. Tells nothing of
  /// what is in it.
  const std::string& identity() const { return identity_; }
  /// False if credentials would go over the network in the clear.
  bool is_private() const;

  /// The client's request to this server, with these credentials and this model. What a client
  /// sends as a cookie goes nowhere: it may be another endpoint's.
  http::StreamRequest request_for(const ClientRequest& client,
                                  std::chrono::milliseconds connect_timeout) const;

 private:
  BalanceEndpoint() = default;
  std::shared_ptr<const std::string> body_for(const ClientRequest& client) const;

  std::string name_;
  long long order_ = 0;
  std::string identity_;
  http::Uri base_;  ///< its path without the slash at the end
  Secret api_key_;
  Secret auth_token_;
  std::vector<config::CustomHeader> custom_headers_;
  std::string model_;
  Secret proxy_;  ///< empty if there is none
};

}  // namespace start_claude::server
