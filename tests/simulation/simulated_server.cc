#include "simulation/simulated_server.h"

#include <string_view>

#include "base/text.h"
#include "base/time.h"
#include "support/waiting_time.h"

namespace start_claude::simulation {
namespace {

constexpr std::string_view metadata_prefix = "x-amz-meta-";

const http::Failure connection_lost{http::FailureKind::connection_lost, "the connection was lost"};

bool is_conditional_put(const http::Request& request) {
  return request.method == "PUT" &&
         (request.headers.contains("if-match") || request.headers.contains("if-none-match"));
}

std::string without_quotes(const std::string& etag) { return etag.substr(1, etag.size() - 2); }

}  // namespace

http::Response SimulatedServer::answer(int status, std::string body) const {
  return {.status = status,
          .headers = {{"date", base::format_http_date(buckets_.now())},
                      {"x-amz-request-id", "4442587FB7D0A2F9"}},
          .body = std::move(body)};
}

http::Response SimulatedServer::error(int status, const std::string& code) const {
  http::Response response = answer(
      status, "<Error><Code>" + code + "</Code><Message>Said by the server</Message></Error>");
  response.headers.add("content-type", "application/xml");
  return response;
}

http::Reply SimulatedServer::send(const http::Request& request, const http::Limits&) {
  const HttpFault fault = before_request(request);
  http::Reply reply = reply_to(request, fault);
  if (fault != HttpFault::request_lost) support::use_waiting_time(request);
  return reply;
}

http::Reply SimulatedServer::reply_to(const http::Request& request, HttpFault fault) {
  switch (fault) {
    case HttpFault::none: return handle(request);
    case HttpFault::request_lost: return connection_lost;
    case HttpFault::answer_lost: (void)handle(request); return connection_lost;
    case HttpFault::server_error: return error(500, "InternalError");
    case HttpFault::server_error_after_effect:
      (void)handle(request);
      return error(500, "InternalError");
    case HttpFault::slow_down: return error(503, "SlowDown");
    case HttpFault::too_many_requests: {
      http::Response response = error(429, "TooManyRequests");
      response.headers.add("retry-after", "2");
      return response;
    }
    case HttpFault::conflict:
      if (!is_conditional_put(request)) return handle(request);
      return error(409, "ConditionalRequestConflict");
    case HttpFault::read_denied:
      return request.method == "GET" ? error(403, "AccessDenied") : handle(request);
  }
  return connection_lost;
}

http::Response SimulatedServer::handle(const http::Request& request) {
  if (request.method == "DELETE") {
    buckets_.remove(object_of(request));
    return answer(204);
  }
  return request.method == "PUT" ? write(request) : read(request);
}

s3::ObjectLocation SimulatedServer::object_of(const http::Request& request) const {
  const std::string folder = "/" + object_.bucket + "/";
  const std::string& path = request.uri.path;
  return {object_.bucket, path.starts_with(folder) ? path.substr(folder.size()) : ""};
}

http::Response SimulatedServer::read(const http::Request& request) const {
  const s3::ObjectLocation object = object_of(request);
  if (object.key.empty()) return error(501, "NotImplemented");
  const support::MemoryState* state = buckets_.find(object);
  if (state == nullptr) return error(404, "NoSuchKey");
  const std::string& etag = state->attributes.etag.raw;
  const bool is_known = request.headers.find("if-none-match") == etag;
  const bool has_body = !is_known && request.method == "GET";
  http::Response response = answer(is_known ? 304 : 200, has_body ? state->body : "");
  response.headers.add("etag", etag);
  response.headers.add("last-modified", base::format_http_date(*state->attributes.last_modified));
  for (const auto& [name, value] : state->attributes.metadata) {
    response.headers.add(std::string(metadata_prefix) + name, value);
  }
  return response;
}

http::Response SimulatedServer::write(const http::Request& request) {
  const support::MemoryState* state = buckets_.find(object_of(request));
  const auto match = request.headers.find("if-match");
  const bool fails =
      (request.headers.contains("if-none-match") && state != nullptr) ||
      (match && (state == nullptr || *match != without_quotes(state->attributes.etag.raw)));
  if (fails) return error(412, "PreconditionFailed");
  support::MemoryState written;
  written.body = request.body;
  written.device = device_;
  for (const auto& [header, value] : request.headers) {
    const std::string name = base::to_lower(header);
    if (!name.starts_with(metadata_prefix)) continue;
    written.attributes.metadata.emplace(name.substr(metadata_prefix.size()), value);
  }
  http::Response response = answer(200);
  response.headers.add("etag",
                       buckets_.store(object_of(request), std::move(written)).attributes.etag.raw);
  return response;
}

}  // namespace start_claude::simulation
