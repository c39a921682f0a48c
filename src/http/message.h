// HTTP requests and responses as values (RFC 9110).
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/shared_text.h"
#include "http/uri.h"

namespace start_claude::http {

struct Header {
  std::string name;
  std::string value;
  bool operator==(const Header&) const = default;
};

/// Headers in order; names compare without case.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<Header> headers) : headers_(headers) {}

  /// The first value of that name, or nothing.
  std::optional<std::string> find(std::string_view name) const;
  bool contains(std::string_view name) const { return find(name).has_value(); }
  void add(std::string name, std::string value);
  /// Replaces every header of that name by this one.
  void set(std::string name, std::string value);
  void remove(std::string_view name);

  auto begin() const { return headers_.begin(); }
  auto end() const { return headers_.end(); }
  std::size_t size() const { return headers_.size(); }
  bool operator==(const Headers&) const = default;

 private:
  std::vector<Header> headers_;
};

struct Request {
  std::string method;  ///< "GET", "PUT", "HEAD", ...
  Uri uri;
  Headers headers;  ///< Host and Content-Length are added by the transport from uri and body
  base::SharedText body;
  /// Work for the time in which the server does its own. Called once at most: when the last byte of
  /// the body is on its way, before the answer is taken. Not called where that never comes (no
  /// body, a failure, an early answer): then it is left to whoever sends. What it throws comes out
  /// of Transport::send(), and the answer is lost.
  std::function<void()> while_awaited = {};
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;
};

}  // namespace start_claude::http
