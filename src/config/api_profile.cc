#include "config/api_profile.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "config/document.h"
#include "config/header_lines.h"
#include "config/profile.h"
#include "config/settings_reader.h"

namespace start_claude::config {
namespace {

constexpr long long order_limit = 1'000'000'000;

/// What says where a message ends or whom it is for is not a profile's to say.
constexpr std::array<std::string_view, 10> framing_headers{
    "connection",          "content-length",    "expect",  "host",    "keep-alive",
    "proxy-authorization", "transfer-encoding", "trailer", "upgrade", "te"};

bool is_header_name(std::string_view name) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  const bool is_token = !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
  });
  const std::string lower = base::to_lower(name);
  return is_token &&
         std::find(framing_headers.begin(), framing_headers.end(), lower) == framing_headers.end();
}

bool is_header_value(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
  });
}

bool add_header(std::vector<CustomHeader>& headers, std::string_view name, std::string_view value) {
  name = base::trim(name);
  value = base::trim(value);
  if (!is_header_name(name) || !is_header_value(value)) return false;
  headers.push_back({std::string(name), Secret(std::string(value))});
  return true;
}

std::optional<std::vector<CustomHeader>> headers_in_lines(std::string_view text) {
  const auto lines = parse_header_lines(text);
  if (!lines) return std::nullopt;
  std::vector<CustomHeader> headers;
  for (const HeaderLine& line : *lines) {
    if (!add_header(headers, line.name, line.value)) return std::nullopt;
  }
  return headers;
}

std::optional<std::vector<CustomHeader>> headers_in_object(const json::Object& object) {
  std::vector<CustomHeader> headers;
  for (const json::Member& member : object.members()) {
    const std::string* text = member.value.as_string();
    const json::Number* number = member.value.as_number();
    if (text == nullptr && number == nullptr) return std::nullopt;
    const std::string_view value = text != nullptr ? *text : number->spelling;
    if (!add_header(headers, member.name, value)) return std::nullopt;
  }
  return headers;
}

Secret secret(SettingsReader& reader, std::string_view name) {
  return Secret(reader.text(name).value_or(""));
}

/// Why it cannot be used; nothing if it can.
std::optional<std::string> read_profile(const json::Object& object, ApiProfile& profile) {
  SettingsReader reader(object);
  const auto is_set = [&reader](std::string_view name) {
    return reader.truth(name).value_or(false);
  };
  if (!reader.truth("enabled").value_or(true)) return "is disabled";
  profile.order = reader.number("order", {-order_limit, order_limit}).value_or(0);
  profile.base_url = reader.text("baseUrl").value_or(std::string(default_base_url));
  profile.api_key = secret(reader, "apiKey");
  profile.auth_token = secret(reader, "authToken");
  profile.model = reader.text("model").value_or("");
  profile.http_proxy = secret(reader, "httpProxy");
  profile.https_proxy = secret(reader, "httpsProxy");
  if (is_set("transformerEnabled")) return "needs a transformer: it speaks another API";
  if (is_set("useBedrock")) return "speaks to Amazon Bedrock, which has another API";
  if (is_set("useVertex")) return "speaks to Google Vertex, which has another API";
  if (const json::Value* headers = object.find("customHeaders")) {
    auto read = custom_headers_from(*headers);
    if (!read) return "has customHeaders that are not lines of \"Name: value\"";
    profile.custom_headers = *std::move(read);
  }
  if (reader.complaint()) return "cannot be read: " + *reader.complaint();
  if (profile.api_key.empty() && profile.auth_token.empty()) {
    return "has neither an apiKey nor an authToken";
  }
  for (const Secret* value : {&profile.api_key, &profile.auth_token}) {
    if (!is_header_value(value->reveal())) return "has control characters in its credentials";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::vector<CustomHeader>> custom_headers_from(const json::Value& value) {
  if (value.is_null()) return std::vector<CustomHeader>{};
  if (const json::Object* object = value.as_object()) return headers_in_object(*object);
  const std::string* text = value.as_string();
  if (text == nullptr) return std::nullopt;
  if (base::trim(*text).starts_with('{')) {
    const auto parsed = parse_document(*text);
    const json::Object* object = parsed ? parsed->as_object() : nullptr;
    return object != nullptr ? headers_in_object(*object) : std::nullopt;
  }
  return headers_in_lines(*text);
}

ApiProfiles api_profiles_from(const json::Value& document) {
  ApiProfiles profiles;
  const json::Value* configs = document.find("configs");
  const json::Array* entries = configs != nullptr ? configs->as_array() : nullptr;
  if (entries == nullptr) return profiles;
  for (const json::Value& entry : *entries) {
    const json::Object* object = entry.as_object();
    if (object == nullptr || is_tombstone(entry)) continue;
    ApiProfile profile{.name = name_of(entry), .id = id_of(entry).value_or("")};
    if (auto reason = read_profile(*object, profile)) {
      profiles.skipped.push_back({profile.name, *std::move(reason)});
    } else {
      profiles.usable.push_back(std::move(profile));
    }
  }
  return profiles;
}

}  // namespace start_claude::config
