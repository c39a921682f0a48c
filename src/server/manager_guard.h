// Who may talk to the manager: the browser that was given the token, at this address, from this
// page.
//
// Host is checked against DNS rebinding, Origin and Sec-Fetch-Site against other sites' pages. A
// browser comes in once with the token in the URL and from then on has a cookie that scripts cannot
// read and other sites cannot send; a script may send the token as `Authorization: Bearer`. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/secret.h"
#include "http/message.h"
#include "platform/random.h"

namespace start_claude::server {

/// 256 random bits in hexadecimal.
Secret random_token(platform::Random& random);

struct ManagerAddress {
  std::uint16_t port = 0;
  /// Names and addresses, besides those of loopback, under which the page may be asked for.
  std::vector<std::string> hosts = {};
  /// Where the server listens on all addresses: any of them, as numbers. A name could be one that
  /// somebody else's DNS points here.
  bool any_address = false;
};

enum class Admission {
  admitted,
  entering,      ///< the token is in the URL: set the cookie, and send the browser on
  unauthorized,  ///< neither cookie nor token, or wrong ones: 401
  forbidden,     ///< asked for under another name, or by another site's page: 403
};

class ManagerGuard {
 public:
  ManagerGuard(Secret token, Secret session, ManagerAddress address);

  /// Where the server turned out to listen; before the first request.
  void set_port(std::uint16_t port) { address_.port = port; }
  Admission judge(const http::Request& request) const;
  /// The value of Set-Cookie for one that is entering.
  std::string cookie() const;

 private:
  bool is_own_host(const http::Request& request) const;
  bool is_own_page(const http::Request& request) const;
  bool has_session(const http::Request& request) const;
  std::string cookie_name() const;

  Secret token_;
  Secret session_;
  ManagerAddress address_;
};

}  // namespace start_claude::server
