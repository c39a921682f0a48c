#include "s3/credentials_instance.h"

#include <utility>

#include "base/text.h"
#include "s3/credentials_http.h"

namespace start_claude::s3 {
namespace {

constexpr std::string_view disabled_name = "AWS_EC2_METADATA_DISABLED";
constexpr std::string_view endpoint_name = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
constexpr std::string_view mode_name = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE";
constexpr std::string_view ipv4_endpoint = "http://169.254.169.254";
constexpr std::string_view ipv6_endpoint = "http://[fd00:ec2::254]";
constexpr std::string_view token_path = "/latest/api/token";
constexpr std::string_view roles_path = "/latest/meta-data/iam/security-credentials/";

std::string address_of(const platform::Environment& environment) {
  if (auto given = environment.variable(endpoint_name)) return *std::move(given);
  const auto mode = environment.variable(mode_name);
  const bool is_ipv6 = mode && base::equal_ignoring_case(*mode, "ipv6");
  return std::string(is_ipv6 ? ipv6_endpoint : ipv4_endpoint);
}

/// The body of a 200; what there was instead, for people.
struct Asked {
  std::optional<std::string> body = {};
  std::string failure = {};
};

Asked body_of(http::Reply reply) {
  if (auto* failure = std::get_if<http::Failure>(&reply)) return {.failure = failure->reason};
  auto& response = std::get<http::Response>(reply);
  if (response.status == 200) return {.body = std::move(response.body)};
  return {.failure = "it answers " + std::to_string(response.status)};
}

}  // namespace

http::Reply InstanceCredentials::send(std::string_view method, std::string path,
                                      http::Headers headers) {
  http::Request request{
      .method = std::string(method), .uri = endpoint_, .headers = std::move(headers)};
  while (request.uri.path.ends_with('/')) request.uri.path.pop_back();
  request.uri.path += path;
  constexpr std::chrono::milliseconds one_second{1'000};
  return ask(
      parts_,
      {.request = [&] { return request; },
       .route = Route::direct,
       .patience = {.attempts_max = 1, .attempt_timeout = one_second, .deadline = one_second}});
}

Result<Sourced> InstanceCredentials::fetch() {
  const platform::Environment& environment = parts_.environment;
  if (base::equal_ignoring_case(environment.variable(disabled_name).value_or(""), "true")) {
    return Sourced{PassedOver{std::string(disabled_name) + " is set"}};
  }
  const bool is_named = environment.variable(endpoint_name).has_value();
  auto uri = http::parse_uri(address_of(environment));
  if (!uri) {
    return Error{ErrorKind::not_configured, std::string(endpoint_name) + " is not an http URL",
                 "unset it where this is no EC2 instance"};
  }
  endpoint_ = *std::move(uri);
  const std::string service = "the EC2 metadata service at " + endpoint_.authority();
  const auto not_there = [&](const std::string& why) -> Result<Sourced> {
    if (!is_named) return Sourced{PassedOver{"this is no EC2 instance with a role"}};
    return Error{ErrorKind::unreachable, service + " is of no use: " + why,
                 "check " + std::string(endpoint_name) + ", or unset it"};
  };
  const auto token = body_of(
      send("PUT", std::string(token_path), {{"x-aws-ec2-metadata-token-ttl-seconds", "21600"}}));
  // Other clouds have a service at this address too, which knows no such token.
  if (!token.body || token.body->find_first_of("\r\n<") != std::string::npos) {
    return not_there(token.failure);
  }
  const http::Headers headers{{"x-aws-ec2-metadata-token", *token.body}};
  const auto roles = body_of(send("GET", std::string(roles_path), headers));
  const std::string names = roles.body.value_or("");
  const std::string role(base::trim(names.substr(0, names.find('\n'))));
  if (role.empty()) return Sourced{PassedOver{"this EC2 instance has no role"}};
  const auto answer =
      body_of(send("GET", std::string(roles_path) + http::encode_segment(role), headers));
  const std::string subject = "the role " + base::printable(role) + " of this EC2 instance";
  if (!answer.body) {
    return Error{ErrorKind::unreachable,
                 service + " has no credentials for " + subject + ": " + answer.failure,
                 "try again later, or set " + std::string(disabled_name) + "=true"};
  }
  auto credentials = credentials_from_metadata(*answer.body, service, "check the instance profile");
  if (!credentials) return std::move(credentials).error();
  credentials->source = subject;
  return Sourced{*std::move(credentials)};
}

}  // namespace start_claude::s3
