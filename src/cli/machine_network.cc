#include "cli/machine_network.h"

#include <array>
#include <string_view>

#include "base/text.h"

namespace start_claude::cli {
namespace {

/// Those that replace the system's roots, by a PEM file or a folder; the first that is set counts.
constexpr std::array<std::string_view, 5> root_variables = {
    "AWS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_DIR"};

/// Node adds this file to its roots; so Claude Code trusts it, too.
constexpr std::string_view extra_roots_variable = "NODE_EXTRA_CA_CERTS";

}  // namespace

std::string first_variable(const platform::Environment& environment,
                           std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const auto value = environment.variable(name);
    if (value && !base::trim(*value).empty()) return std::string(base::trim(*value));
  }
  return "";
}

http::CurlOptions machine_network(const platform::Environment& environment) {
  // In a CGI program, HTTP_PROXY is what the web server made of a visitor's Proxy header.
  const bool is_cgi = environment.variable("REQUEST_METHOD").has_value();
  http::CurlOptions options{
      .https_proxy =
          first_variable(environment, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}),
      .http_proxy = first_variable(environment, {"http_proxy", is_cgi ? "all_proxy" : "HTTP_PROXY",
                                                 "all_proxy", "ALL_PROXY"}),
      .no_proxy = first_variable(environment, {"no_proxy", "NO_PROXY"})};
  for (const std::string_view name : root_variables) {
    if (options.ca_file) break;
    const std::string given = first_variable(environment, {name});
    if (!given.empty()) options.ca_file = given;
  }
  const std::string extra = first_variable(environment, {extra_roots_variable});
  if (!extra.empty()) options.extra_ca_file = extra;
  return options;
}

}  // namespace start_claude::cli
