// What s3-serve is sent: the head of a request, its address, its authorization.
//
// Input: all up to the empty line; a line end may be written "\n" alone, it becomes "\r\n".
#include <algorithm>

#include "base/text.h"
#include "property.h"
#include "s3/sigv4.h"
#include "server/request_head.h"
#include "server/s3_address.h"
#include "server/s3_authorization.h"
#include "server/s3_listing.h"
#include "targets.h"

namespace start_claude::fuzz {
namespace {

const s3::Credentials& credentials() {
  static const s3::Credentials known{"AKIAIOSFODNN7EXAMPLE",
                                     Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")};
  return known;
}

std::string as_sent(std::string_view input) {
  std::string sent;
  for (const char c : input) {
    if (c == '\n' && !sent.ends_with('\r')) sent += '\r';
    sent += c;
  }
  return sent;
}

std::string format_head(const http::Request& request) {
  std::string text = request.method + " " + request.uri.target() + " HTTP/1.1\r\n";
  for (const auto& [name, value] : request.headers) text += name + ": " + value + "\r\n";
  return text + "\r\n";
}

void check_head(const server::RequestHead& head) {
  for (const auto& [name, value] : head.request.headers) {
    if (name.empty() || name.find_first_of(" :\r\n") != name.npos) broken("a name is a word", name);
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != value.npos) {
      broken("a value is one line", value);
    }
  }
  if (!head.has_content_length && head.content_length != 0) broken("no length is none");
  // A "?" with nothing behind it is the one thing an http::Uri does not keep.
  const auto again = server::parse_request_head(format_head(head.request));
  const auto* same = std::get_if<server::RequestHead>(&again);
  if (same == nullptr) {
    if (!head.request.headers.contains("Host")) return;  // HTTP/1.0 may go without
    broken("a head that was taken is taken again", format_head(head.request));
  }
  if (same->request.uri != head.request.uri || same->request.headers != head.request.headers ||
      same->content_length != head.content_length) {
    broken("a head is read back", format_head(head.request));
  }
}

void check_address(const http::Uri& uri) {
  const auto address = server::parse_s3_address(uri, {"localhost", "s3.lan"});
  const auto* found = std::get_if<server::S3Address>(&address);
  if (found != nullptr && !base::is_utf8(found->key)) broken("a key is UTF-8", found->key);
  const auto query = server::QueryParameters::parse(uri.query);
  if (const auto* parameters = std::get_if<server::QueryParameters>(&query)) {
    (void)server::parse_listing_request("bucket", *parameters);
  }
}

/// What our own client signs, our own server takes; what somebody else changed, it does not.
void check_authorization(http::Request request) {
  const UtcTime now{std::chrono::seconds{1'790'000'000}};
  (void)server::check_authorization(request, credentials(), now);
  request.headers.remove("x-amz-security-token");
  request.headers.remove("Host");
  request.headers.add("Host", request.uri.authority());
  const auto signed_by_us = s3::sign(request, credentials(), {now, "us-east-1"});
  if (const auto error = server::check_authorization(signed_by_us, credentials(), now)) {
    broken("what we sign is accepted", error->message + " " + format_head(signed_by_us));
  }
  auto changed = signed_by_us;
  changed.uri.path += "x";
  if (!server::check_authorization(changed, credentials(), now)) {
    broken("what was changed on the way is refused", format_head(changed));
  }
}

}  // namespace

void request_head(std::string_view input) {
  const auto parsed = server::parse_request_head(as_sent(input));
  if (const auto* problem = std::get_if<server::HeadProblem>(&parsed)) {
    if (problem->status < 400 || problem->status > 505) broken("a problem has a status");
    return;
  }
  const auto& head = std::get<server::RequestHead>(parsed);
  check_head(head);
  check_address(head.request.uri);
  check_authorization(head.request);
}

}  // namespace start_claude::fuzz
