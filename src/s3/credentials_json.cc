#include "s3/credentials_json.h"

#include <optional>
#include <utility>

#include "base/text.h"
#include "json/parse.h"

namespace start_claude::s3 {
namespace {

Error unusable(std::string what) { return {ErrorKind::not_configured, std::move(what)}; }

/// A string that says something.
std::optional<std::string> text_at(const json::Value& object, std::string_view name) {
  const json::Value* value = object.find(name);
  const std::string* text = value != nullptr ? value->as_string() : nullptr;
  if (text == nullptr || base::trim(*text).empty()) return std::nullopt;
  return std::string(base::trim(*text));
}

bool is_version_1(const json::Value& object) {
  const json::Value* version = object.find("Version");
  return version != nullptr && *version == json::Value::integer(1);
}

}  // namespace

Result<Credentials> parse_credentials_json(std::string_view text, CredentialsFormat format) {
  const auto parsed = json::parse(text);
  const auto* object = std::get_if<json::Value>(&parsed);
  if (object == nullptr || object->as_object() == nullptr) return unusable("is not a JSON object");
  const bool of_process = format == CredentialsFormat::process;
  if (of_process && !is_version_1(*object)) return unusable("does not say \"Version\": 1");
  if (const auto code = text_at(*object, "Code"); !of_process && code && code != "Success") {
    return unusable("says " + base::printable(*code, 40));
  }
  auto id = text_at(*object, "AccessKeyId");
  if (!id) return unusable("has no AccessKeyId");
  auto secret = text_at(*object, "SecretAccessKey");
  if (!secret) return unusable("has no SecretAccessKey");
  Credentials credentials{.access_key_id = *std::move(id),
                          .secret_access_key = Secret(*std::move(secret))};
  if (auto token = text_at(*object, of_process ? "SessionToken" : "Token")) {
    credentials.session_token = Secret(*std::move(token));
  }
  if (const auto expires = text_at(*object, "Expiration")) {
    credentials.expires = base::parse_time(*expires);
    if (!credentials.expires) credentials.expires = base::parse_amz_date(*expires);
    if (!credentials.expires) return unusable("has an Expiration that is no date");
  }
  return credentials;
}

}  // namespace start_claude::s3
