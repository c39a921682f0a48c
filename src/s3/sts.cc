#include "s3/sts.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "s3/credentials_http.h"
#include "s3/endpoint_host.h"
#include "s3/error_response.h"
#include "s3/sigv4.h"
#include "s3/xml.h"

namespace start_claude::s3 {
namespace {

constexpr std::string_view service = "sts";
constexpr std::string_view global_region = "us-east-1";
/// Of the clocks; STS itself takes a signature for 15 minutes.
constexpr std::chrono::minutes skew_repaired_from{5};

std::string form_of(std::string_view action, const RoleSession& session) {
  std::string form = "Action=" + std::string(action) + "&Version=2011-06-15";
  const auto add = [&form](std::string_view name, std::string_view value) {
    form.append("&").append(name).append("=").append(http::encode_segment(value));
  };
  add("RoleArn", session.role_arn);
  add("RoleSessionName", session.session_name);
  if (session.duration) add("DurationSeconds", std::to_string(session.duration->count()));
  if (session.external_id) add("ExternalId", *session.external_id);
  return form;
}

http::Request post(const StsEndpoint& endpoint, std::string form) {
  return {.method = "POST",
          .uri = endpoint.uri,
          .headers = {{"accept", "application/xml"},
                      {"content-type", "application/x-www-form-urlencoded"}},
          .body = std::move(form)};
}

std::string text_in(std::string_view content, std::string_view name) {
  const auto element = find_xml(content, name);
  return element ? xml_text(element->content) : std::string{};
}

/// <ErrorResponse><Error>… of STS, or a bare <Error> as Ceph answers.
std::optional<ErrorResponse> error_in(std::string_view body) {
  if (const auto outer = find_xml(body, "ErrorResponse"))
    return parse_error_response(outer->content);
  return parse_error_response(body);
}

std::string subject_of(const RoleSession& session) {
  return "the role " + base::printable(session.role_arn) + " cannot be assumed";
}

Error unreachable(const RoleSession& session, std::string reason) {
  return {ErrorKind::unreachable, subject_of(session) + ": " + std::move(reason),
          "check the network; AWS_ENDPOINT_URL_STS names another endpoint"};
}

std::string hint_for(std::string_view code) {
  if (code == "AccessDenied") {
    return "the role's trust policy must allow sts:AssumeRole to this identity";
  }
  if (code == "SignatureDoesNotMatch") return "the secret of the source credentials is wrong";
  if (code == "InvalidClientTokenId") return "there is no such access key id at this endpoint";
  if (code == "ExpiredToken" || code == "ExpiredTokenException") {
    return "get new source credentials";
  }
  return "check role_arn and the credentials it is assumed with";
}

/// A message that tells more than the code and repeats nothing of the request.
std::string shown_message(const ErrorResponse& error) {
  constexpr std::size_t shown_max = 160;
  const bool may_repeat = error.code == "SignatureDoesNotMatch" || error.message.empty();
  if (may_repeat) return {};
  std::string shown = base::printable(error.message, shown_max);
  while (shown.ends_with('.')) shown.pop_back();
  return ": " + shown;
}

Error refusal(const RoleSession& session, const http::Response& response,
              std::string_view request_secret) {
  const std::string status = std::to_string(response.status);
  auto error = error_in(response.body);
  if (!error) {
    return unreachable(session, "the answer " + status + " is not one of STS");
  }
  // Also a part of it: servers cut long messages.
  constexpr std::size_t telling_length = 16;
  const auto start = request_secret.substr(0, telling_length);
  if (!start.empty() && error->message.find(start) != std::string::npos) error->message.clear();
  if (response.status >= 500)
    return unreachable(session, "STS answers " + status + ' ' + error->code);
  return {ErrorKind::access_denied,
          subject_of(session) + " (" + status + ' ' + error->code + ')' + shown_message(*error),
          hint_for(error->code)};
}

/// Of the reply's clock against ours.
std::chrono::milliseconds skew_in(const http::Reply& reply, UtcTime now) {
  const auto* response = std::get_if<http::Response>(&reply);
  if (response == nullptr || response->status == 200) return {};
  const auto date = base::parse_time(response->headers.find("date").value_or(""));
  return date ? *date - now : std::chrono::milliseconds{0};
}

Result<Credentials> credentials_in(const http::Reply& reply, const RoleSession& session,
                                   const Secret& sent) {
  if (const auto* failure = std::get_if<http::Failure>(&reply)) {
    return unreachable(session, failure->reason);
  }
  const auto& response = std::get<http::Response>(reply);
  if (response.status != 200) return refusal(session, response, sent.reveal());
  auto credentials = parse_role_credentials(response.body);
  if (!credentials) return unreachable(session, "the answer 200 is not one of STS");
  credentials->source = "role " + base::printable(session.role_arn);
  return *std::move(credentials);
}

}  // namespace

Result<StsEndpoint> sts_endpoint(const std::optional<std::string>& url,
                                 const std::optional<std::string>& region) {
  std::string text = "https://sts.amazonaws.com";
  // Its host is named like that of S3, in every partition.
  if (region) text = "https://sts" + amazon_host(*region).substr(std::string_view("s3").size());
  if (url) text = *url;
  auto uri = http::parse_uri(text);
  if (!uri) {
    return Error{ErrorKind::not_configured, "the STS endpoint: " + uri.error().message,
                 "check AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL, and endpoint_url and region of "
                 "the profile"};
  }
  return StsEndpoint{*std::move(uri), region.value_or(std::string(global_region))};
}

std::string session_name_for(const platform::Environment& environment) {
  constexpr std::size_t length_max = 64;
  std::string name = "start-claude-" + environment.host_name();
  for (char& c : name) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_letter && !is_digit && std::string_view("_=,.@-").find(c) == std::string_view::npos) {
      c = '-';
    }
  }
  return name.substr(0, length_max);
}

http::Request assume_role_request(const StsEndpoint& endpoint, const RoleSession& session) {
  return post(endpoint, form_of("AssumeRole", session));
}

http::Request web_identity_request(const StsEndpoint& endpoint, const RoleSession& session,
                                   const Secret& token) {
  std::string form = form_of("AssumeRoleWithWebIdentity", session);
  form += "&WebIdentityToken=" + http::encode_segment(token.reveal());
  return post(endpoint, std::move(form));
}

std::optional<Credentials> parse_role_credentials(std::string_view body) {
  for (const std::string_view action : {"AssumeRole", "AssumeRoleWithWebIdentity"}) {
    const auto response = find_xml(body, std::string(action) + "Response");
    if (!response) continue;
    const auto result = find_xml(response->content, std::string(action) + "Result");
    const auto found =
        result ? find_xml(result->content, "Credentials") : std::optional<XmlElement>{};
    if (!found) return std::nullopt;
    Credentials credentials{.access_key_id = text_in(found->content, "AccessKeyId"),
                            .secret_access_key = Secret(text_in(found->content, "SecretAccessKey")),
                            .session_token = Secret(text_in(found->content, "SessionToken")),
                            .expires = base::parse_time(text_in(found->content, "Expiration"))};
    const bool is_whole = !credentials.access_key_id.empty() &&
                          !credentials.secret_access_key.empty() &&
                          !credentials.session_token->empty();
    return is_whole ? std::optional(std::move(credentials)) : std::nullopt;
  }
  return std::nullopt;
}

Result<Credentials> assume_role(const CredentialsParts& parts, const StsEndpoint& endpoint,
                                const RoleSession& session, const Credentials& as) {
  warn_if_exposed(parts, endpoint.uri);
  std::chrono::milliseconds offset{0};
  const auto signed_request = [&] {
    return sign(assume_role_request(endpoint, session), as,
                {.time = parts.clock.now() + offset,
                 .region = endpoint.region,
                 .service = std::string(service)});
  };
  auto reply = ask(parts, {.request = signed_request});
  // A machine whose clock is off signs for another time: once more, on the server's clock.
  const auto skew = skew_in(reply, parts.clock.now());
  if (std::chrono::abs(skew) > skew_repaired_from) {
    offset = skew;
    reply = ask(parts, {.request = signed_request});
  }
  return credentials_in(reply, session, as.session_token.value_or(Secret{}));
}

Result<Credentials> assume_role_with_web_identity(const CredentialsParts& parts,
                                                  const StsEndpoint& endpoint,
                                                  const RoleSession& session, const Secret& token) {
  warn_if_exposed(parts, endpoint.uri);
  const auto reply =
      ask(parts, {.request = [&] { return web_identity_request(endpoint, session, token); }});
  return credentials_in(reply, session, token);
}

}  // namespace start_claude::s3
