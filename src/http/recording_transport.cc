#include "http/recording_transport.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace start_claude::http {
namespace {

/// From Amazon's documentation: the ids everybody's examples are signed with.
constexpr std::array<std::string_view, 2> published_key_ids{"AKIAIOSFODNN7EXAMPLE",
                                                            "ASIAIOSFODNN7EXAMPLE"};

constexpr std::string_view redacted_text = "REDACTED";

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::any_of(names.begin(), names.end(), [name](std::string_view each) {
    return base::equal_ignoring_case(name, each);
  });
}

bool is_secret_header(std::string_view name) {
  return is_one_of(name, {"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie",
                          "X-Api-Key", "x-amz-security-token", "x-amz-session-token",
                          "X-aws-ec2-metadata-token", "x-amz-server-side-encryption-customer-key",
                          "x-amz-copy-source-server-side-encryption-customer-key"});
}

bool is_date_header(std::string_view name) { return is_one_of(name, {"Date", "x-amz-date"}); }

bool is_body_hash_header(std::string_view name) {
  return is_one_of(name, {"Content-MD5", "x-amz-content-sha256", "x-amz-meta-content-sha256"});
}

/// The value of `field` in "AWS4-HMAC-SHA256 Credential=..., SignedHeaders=..., Signature=...".
std::string_view signature_field(std::string_view authorization, std::string_view field) {
  const auto start = authorization.find(field);
  if (start == std::string_view::npos) return {};
  const auto value = authorization.substr(start + field.size());
  return value.substr(0, value.find_first_of(", "));
}

/// What a signature says about itself, without the proof: scope and signed headers stay, because a
/// replay should notice if they change; the day goes with the date.
std::string redacted_authorization(std::string_view value) {
  const auto credential = base::split(signature_field(value, "Credential="), '/');
  const auto signed_headers = signature_field(value, "SignedHeaders=");
  if (!value.starts_with("AWS4-HMAC-SHA256 ") || credential.size() != 5 || signed_headers.empty()) {
    return std::string(any_text);
  }
  const bool is_published = std::find(published_key_ids.begin(), published_key_ids.end(),
                                      credential[0]) != published_key_ids.end();
  const std::string any(any_text);
  return "AWS4-HMAC-SHA256 Credential=" + (is_published ? std::string(credential[0]) : any) + "/" +
         any + "/" + std::string(credential[2]) + "/" + std::string(credential[3]) + "/" +
         std::string(credential[4]) + ", SignedHeaders=" + std::string(signed_headers) +
         ", Signature=" + any;
}

}  // namespace

RecordingTransport::RecordingTransport(Transport& inner, Redact redact)
    : inner_(inner), redact_(std::move(redact)) {}

Reply RecordingTransport::send(const Request& request, const Limits& limits) {
  auto reply = inner_.send(request, limits);
  exchanges_.push_back(
      Exchange{redacted_request(request, redact_), redacted_reply(reply, redact_), 0});
  return reply;
}

Request redacted_request(const Request& request, const RecordingTransport::Redact& redact) {
  Request shown{request.method, request.uri, {}, redact(request.body)};
  shown.uri.path = redact(request.uri.path);
  shown.uri.query = redact(request.uri.query);
  const bool body_changed = shown.body != request.body;
  for (const auto& [name, value] : request.headers) {
    std::string text = redact(value);
    if (base::equal_ignoring_case(name, "Authorization")) {
      text = redacted_authorization(value);
    } else if (is_secret_header(name) || is_date_header(name) ||
               (body_changed && is_body_hash_header(name))) {
      text = any_text;
    }
    shown.headers.add(name, std::move(text));
  }
  return shown;
}

Reply redacted_reply(const Reply& reply, const RecordingTransport::Redact& redact) {
  if (const auto* failure = std::get_if<Failure>(&reply)) {
    return Failure{failure->kind, redact(failure->reason)};
  }
  const auto& response = std::get<Response>(reply);
  Response shown{response.status, {}, redact(response.body)};
  const bool body_changed = shown.body != response.body;
  for (const auto& [name, value] : response.headers) {
    const bool is_hidden = is_secret_header(name) || (body_changed && is_body_hash_header(name));
    shown.headers.add(name, is_hidden ? std::string(redacted_text) : redact(value));
  }
  return shown;
}

}  // namespace start_claude::http
