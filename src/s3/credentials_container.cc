#include "s3/credentials_container.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "base/text.h"
#include "s3/credentials_http.h"

namespace start_claude::s3 {
namespace {

constexpr std::string_view relative_name = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
constexpr std::string_view full_name = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
constexpr std::string_view token_name = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
constexpr std::string_view token_file_name = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
constexpr std::string_view ecs_address = "http://169.254.170.2";

Error unusable(std::string_view variable, std::string what, std::string hint) {
  return {ErrorKind::not_configured, std::string(variable) + ' ' + std::move(what),
          std::move(hint)};
}

/// The addresses of ECS and of EKS Pod Identity, which no other machine can have.
bool may_be_plain(const http::Uri& uri) {
  constexpr std::array<std::string_view, 3> hosts{"169.254.170.2", "169.254.170.23",
                                                  "[fd00:ec2::23]"};
  return http::is_loopback(uri) || std::find(hosts.begin(), hosts.end(), uri.host) != hosts.end();
}

/// The URI is not shown: at ECS, knowing its path is all it takes.
struct Place {
  std::string_view variable;
  http::Uri uri;
};

Result<std::optional<Place>> find_place(const platform::Environment& environment) {
  if (const auto path = environment.variable(relative_name)) {
    auto uri = http::parse_uri(std::string(ecs_address) + *path);
    if (!uri || !path->starts_with('/')) {
      return unusable(relative_name, "is not a path", "it begins with /");
    }
    return std::optional(Place{relative_name, *std::move(uri)});
  }
  const auto url = environment.variable(full_name);
  if (!url) return std::optional<Place>{};
  auto uri = http::parse_uri(*url);
  if (!uri) return unusable(full_name, "is not an http or https URL", "check it");
  if (uri->scheme == "http" && !may_be_plain(*uri)) {
    return unusable(full_name, "is plain http to " + uri->authority(),
                    "credentials come over https, or from this machine, ECS or EKS");
  }
  return std::optional(Place{full_name, *std::move(uri)});
}

Result<std::optional<Secret>> authorization(const CredentialsParts& parts) {
  std::string_view named_by = token_name;
  auto token = parts.environment.variable(token_name);
  if (const auto path = parts.environment.variable(token_file_name)) {
    named_by = token_file_name;
    auto read = parts.files.read(*path);
    if (const auto* failure = std::get_if<platform::FileFailure>(&read)) {
      return unusable(token_file_name, "names a file that cannot be read: " + failure->reason,
                      "check " + base::printable(*path));
    }
    token = base::trim(std::get<platform::FileContent>(read).bytes);
  }
  if (!token) return std::optional<Secret>{};
  if (token->find_first_of("\r\n") != std::string::npos) {
    return unusable(named_by, "has more than one line", "it is the value of one header");
  }
  return std::optional(Secret(*std::move(token)));
}

Result<Credentials> credentials_in(const http::Reply& reply, const Place& place) {
  const std::string subject = "the container credentials (" + std::string(place.variable) + ')';
  if (const auto* failure = std::get_if<http::Failure>(&reply)) {
    return Error{ErrorKind::unreachable, subject + " are not to be had: " + failure->reason,
                 "check that variable, and what serves it"};
  }
  const auto& response = std::get<http::Response>(reply);
  if (response.status != 200) {
    const bool is_out_of_order = response.status >= 500;
    return Error{is_out_of_order ? ErrorKind::unreachable : ErrorKind::access_denied,
                 subject + " are not to be had: " + place.uri.authority() + " answers " +
                     std::to_string(response.status),
                 "check the role of this task or pod"};
  }
  const std::string server = place.uri.authority();
  auto credentials =
      credentials_from_metadata(response.body, server + " (" + std::string(place.variable) + ')',
                                "check what serves " + server);
  if (!credentials) return credentials;
  credentials->source = "the container (" + std::string(place.variable) + ')';
  return credentials;
}

}  // namespace

Result<Sourced> ContainerCredentials::fetch() {
  auto place = find_place(parts_.environment);
  if (!place) return std::move(place).error();
  if (!*place) return Sourced{PassedOver{std::string(relative_name) + " is not set"}};
  auto token = authorization(parts_);
  if (!token) return std::move(token).error();
  http::Request request{
      .method = "GET", .uri = (*place)->uri, .headers = {{"accept", "application/json"}}};
  if (*token) request.headers.add("authorization", (*token)->reveal());
  const auto reply = ask(
      parts_, {.request = [&] { return request; }, .route = Route::direct, .shown_path = "/..."});
  auto credentials = credentials_in(reply, **place);
  if (!credentials) return std::move(credentials).error();
  return Sourced{*std::move(credentials)};
}

}  // namespace start_claude::s3
