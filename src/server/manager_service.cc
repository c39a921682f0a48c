#include "server/manager_service.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "server/manager_json.h"
#include "server/manager_page.h"

namespace start_claude::server {
namespace {

constexpr std::string_view entered_page =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>start-claude</title>"
    "<meta http-equiv=\"refresh\" content=\"0;url=/\"><a href=\"/\">Open the manager</a></html>\n";
constexpr std::string_view unauthorized_page =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width\"><title>start-claude</title>"
    "<h1>This page needs its address from the terminal</h1>"
    "<p>Open the address that <code>start-claude manager</code> printed; "
    "it is another one at each start.</p></html>\n";

bool is_reading(const http::Request& request) {
  return request.method == "GET" || request.method == "HEAD";
}

bool is_api(const http::Request& request) { return request.uri.path.starts_with("/api/"); }

bool is_json(const http::Request& request) {
  const std::string type = request.headers.find("Content-Type").value_or("");
  const auto semicolon = std::min(type.find(';'), type.size());
  return base::equal_ignoring_case(base::trim(std::string_view(type).substr(0, semicolon)),
                                   "application/json");
}

http::Response with_security(http::Response response) {
  http::Headers& headers = response.headers;
  headers.set("Content-Security-Policy",
              "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
              "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'");
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("X-Frame-Options", "DENY");
  headers.set("Referrer-Policy", "no-referrer");
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  if (!headers.contains("Cache-Control")) headers.set("Cache-Control", "no-store");
  return response;
}

http::Response page(int status, std::string_view text) {
  return {status, {{"Content-Type", "text/html; charset=utf-8"}}, std::string(text)};
}

http::Response failure(int status, std::string_view kind, std::string_view message) {
  return json_response(status,
                       json::Object{{"error", json::Object{{"kind", kind}, {"message", message}}}});
}

http::Response file_response(const http::Request& request, const PageFile& file) {
  http::Response response{200,
                          {{"Content-Type", std::string(file.type)},
                           {"ETag", std::string(file.etag)},
                           {"Cache-Control", "no-cache"}},
                          {}};
  if (request.headers.find("If-None-Match") == file.etag) {
    response.status = 304;
    return response;
  }
  response.headers.set("Content-Encoding", "gzip");
  response.body = file.gzip;
  return response;
}

}  // namespace

ManagerService::ManagerService(ManagerGuard guard, ManagerApi& api, ManagerEvents& events,
                               const platform::Clock& clock)
    : guard_(std::move(guard)),
      api_(api),
      events_(events),
      clock_(clock),
      last_use_(clock.monotonic()) {}

std::optional<http::Response> ManagerService::refuse(const http::Request& request) const {
  switch (guard_.judge(request)) {
    case Admission::admitted: return std::nullopt;
    case Admission::entering: {
      http::Response response = page(200, entered_page);
      response.headers.set("Set-Cookie", guard_.cookie());
      return with_security(std::move(response));
    }
    case Admission::unauthorized:
      if (is_api(request)) {
        return with_security(failure(401, "unauthorized", "open the address from the terminal"));
      }
      return with_security(page(401, unauthorized_page));
    case Admission::forbidden: break;
  }
  return with_security(failure(403, "forbidden", "not from here"));
}

std::optional<http::Response> ManagerService::refuse_head(const http::Request& head,
                                                          std::uint64_t body_bytes) {
  if (auto refusal = refuse(head)) return refusal;
  // A DELETE has no body, and no other site's page can send one unasked.
  const bool may_be_bare = is_reading(head) || (head.method == "DELETE" && body_bytes == 0);
  if (!may_be_bare && !is_json(head)) {
    return with_security(failure(415, "usage", "the body must be application/json"));
  }
  if (body_bytes > manager_body_bytes_max) {
    return with_security(failure(413, "usage", "the body is too large"));
  }
  return std::nullopt;
}

http::Response ManagerService::refuse_unmeasured(const http::Request& head) {
  if (auto refusal = refuse(head)) return *std::move(refusal);
  return with_security(failure(411, "usage", "the request has no Content-Length"));
}

HttpAnswer ManagerService::serve(const http::Request& request) {
  if (auto refusal = refuse_head(request, request.body.size())) return {*std::move(refusal)};
  last_use_ = clock_.monotonic();
  HttpAnswer answered = answer(request);
  answered.response = with_security(std::move(answered.response));
  return answered;
}

HttpAnswer ManagerService::answer(const http::Request& request) {
  const std::string& path = request.uri.path;
  if (path == "/api/events" && request.method == "GET") {
    auto stream = events_.subscribe();
    if (stream == nullptr) return {failure(503, "unexpected", "too many pages are open")};
    return {{200, {{"Content-Type", "text/event-stream"}}, {}}, std::move(stream)};
  }
  if (is_api(request)) return {api_.answer(request)};
  const std::string_view wanted = path == "/" ? std::string_view("/index.html") : path;
  for (const PageFile& file : page_files()) {
    if (file.path != wanted) continue;
    if (is_reading(request)) return {file_response(request, file)};
    return {failure(405, "usage", "this can only be read")};
  }
  return {failure(404, "usage", "there is nothing here")};
}

std::chrono::milliseconds ManagerService::idle_for() const {
  if (events_.subscribers() > 0) last_use_ = clock_.monotonic();
  return clock_.monotonic() - last_use_.load();
}

}  // namespace start_claude::server
