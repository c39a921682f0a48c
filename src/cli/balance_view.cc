#include "cli/balance_view.h"

#include <array>
#include <utility>

#include "cli/balance_runtime.h"
#include "json/parse.h"

namespace start_claude::cli {
namespace {

/// It is on this machine: what takes longer does not work.
constexpr http::Limits limits{.connect_timeout = std::chrono::milliseconds(500),
                              .total_timeout = std::chrono::milliseconds(1'000),
                              .response_bytes_max = std::size_t{1024} * 1024};
/// Members that are handed on: those that the page shows, whatever else a status may have one day.
constexpr std::array<std::string_view, 6> shown{"strategy", "healthChecks",   "started",
                                                "loaded",   "activeRequests", "skipped"};
constexpr std::array<std::string_view, 11> shown_of_endpoint{
    "name",       "host",    "order",           "state",       "requests", "failures",
    "unanswered", "samples", "meanFirstByteMs", "bannedUntil", "reason"};

template <std::size_t count>
json::Object part_of(const json::Value& whole, const std::array<std::string_view, count>& names) {
  json::Object part;
  for (const std::string_view name : names) {
    if (const json::Value* member = whole.find(name)) part.set(std::string(name), *member);
  }
  return part;
}

std::optional<json::Value> ask(const Host& host, const BalanceRuntime& runtime) {
  http::Request request{
      "GET", {.scheme = "http", .host = "127.0.0.1", .port = runtime.port}, {}, {}};
  request.uri.path = "/__status";
  request.headers.add("x-api-key", runtime.token.reveal());
  const auto reply = host.make_transport({})->send(request, limits);
  const auto* response = std::get_if<http::Response>(&reply);
  if (response == nullptr || response->status != 200) return std::nullopt;
  auto parsed = json::parse(response->body);
  auto* status = std::get_if<json::Value>(&parsed);
  if (status == nullptr) return std::nullopt;
  // Somebody else's server may have the port by now.
  const json::Value* command = status->find("command");
  const json::Value* endpoints = status->find("endpoints");
  const bool is_balance = command != nullptr && *command == json::Value("balance") &&
                          endpoints != nullptr && endpoints->as_array() != nullptr;
  return is_balance ? std::optional(std::move(*status)) : std::nullopt;
}

}  // namespace

json::Value view_of_balance(const Host& host, const sync::Paths& paths) {
  const auto runtime = read_balance_runtime(host, paths);
  const auto status = runtime ? ask(host, *runtime) : std::nullopt;
  if (!status) return json::Object{{"running", false}};
  json::Object view = part_of(*status, shown);
  json::Array endpoints;
  for (const json::Value& endpoint : *status->find("endpoints")->as_array()) {
    endpoints.emplace_back(part_of(endpoint, shown_of_endpoint));
  }
  view.set("running", true);
  view.set("url", balance_url(runtime->port));
  view.set("endpoints", std::move(endpoints));
  return view;
}

}  // namespace start_claude::cli
