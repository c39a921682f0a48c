#include "s3/credentials_env.h"

#include <utility>

#include "base/text.h"
#include "s3/key_text.h"

namespace start_claude::s3 {
namespace {

constexpr std::string_view id_name = "AWS_ACCESS_KEY_ID";
constexpr std::string_view secret_name = "AWS_SECRET_ACCESS_KEY";
constexpr std::string_view token_name = "AWS_SESSION_TOKEN";

/// Without the line end that `export X="$(<file)"` and container secrets bring along.
std::optional<std::string> trimmed(const platform::Environment& environment,
                                   std::string_view name) {
  const auto value = environment.variable(name);
  if (!value || base::trim(*value).empty()) return std::nullopt;
  return std::string(base::trim(*value));
}

Error incomplete(std::string_view present, std::string_view missing) {
  std::string message(present);
  message.append(" is set and ").append(missing).append(" is not");
  return {ErrorKind::not_configured, std::move(message), "set both, or neither"};
}

}  // namespace

Result<std::optional<Credentials>> credentials_from_environment(
    const platform::Environment& environment) {
  auto id = trimmed(environment, id_name);
  auto secret = trimmed(environment, secret_name);
  if (!id && !secret) return std::optional<Credentials>{};
  if (!secret) return incomplete(id_name, secret_name);
  if (!id) return incomplete(secret_name, id_name);
  auto checked =
      check_key_texts({{std::string(id_name), *id}, {std::string(secret_name), *secret}});
  if (!checked) return std::move(checked).error();
  Credentials credentials{.access_key_id = *std::move(id),
                          .secret_access_key = Secret(*std::move(secret)),
                          .source = std::string(id_name)};
  if (auto token = trimmed(environment, token_name)) {
    credentials.session_token = Secret(*std::move(token));
  }
  return std::optional<Credentials>{std::move(credentials)};
}

Result<Sourced> EnvironmentCredentials::fetch() {
  auto found = credentials_from_environment(environment_);
  if (!found) return std::move(found).error();
  if (*found) return Sourced{**std::move(found)};
  return Sourced{PassedOver{std::string(id_name) + " is not set"}};
}

}  // namespace start_claude::s3
