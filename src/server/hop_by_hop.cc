#include "server/hop_by_hop.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace start_claude::server {
namespace {

constexpr std::array<std::string_view, 10> connection_headers{
    "connection",          "content-length",   "keep-alive", "proxy-authenticate",
    "proxy-authorization", "proxy-connection", "te",         "trailer",
    "transfer-encoding",   "upgrade"};

/// What Connection names, in lower case.
std::vector<std::string> named_options(const http::Headers& headers) {
  std::vector<std::string> names;
  for (const auto& [name, value] : headers) {
    if (!base::equal_ignoring_case(name, "Connection")) continue;
    for (const std::string_view option : base::split(value, ',')) {
      names.push_back(base::to_lower(base::trim(option)));
    }
  }
  return names;
}

}  // namespace

http::Headers end_to_end_headers(const http::Headers& headers) {
  const auto named = named_options(headers);
  http::Headers passed;
  for (const auto& [name, value] : headers) {
    const std::string lower = base::to_lower(name);
    const auto is_in = [&lower](const auto& names) {
      return std::find(names.begin(), names.end(), lower) != names.end();
    };
    if (!is_in(connection_headers) && !is_in(named)) passed.add(name, value);
  }
  return passed;
}

}  // namespace start_claude::server
