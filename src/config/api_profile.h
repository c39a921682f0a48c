// A profile as somebody who sends requests sees it: where its API is and what opens it.
//
// Names are those of the other writer of this format: baseUrl, apiKey, authToken, customHeaders,
// model, httpProxy, httpsProxy, order, enabled.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "json/value.h"

namespace start_claude::config {

/// Where a profile without a baseUrl goes.
inline constexpr std::string_view default_base_url = "https://api.anthropic.com";

struct CustomHeader {
  std::string name;
  Secret value;
  bool operator==(const CustomHeader&) const = default;
};

struct ApiProfile {
  std::string name;
  std::string id = {};  ///< empty if it has none
  long long order = 0;  ///< lower ones first
  std::string base_url = std::string(default_base_url);
  Secret api_key = {};     ///< for x-api-key; may be empty if there is a token
  Secret auth_token = {};  ///< for Authorization: Bearer
  std::vector<CustomHeader> custom_headers = {};
  std::string model = {};  ///< replaces the request's; empty leaves it
  /// URLs, perhaps with a password; empty if there is none.
  Secret http_proxy = {};
  Secret https_proxy = {};

  bool operator==(const ApiProfile&) const = default;
};

/// A profile that cannot be used, and why: completes "production ...".
struct SkippedProfile {
  std::string name;
  std::string reason;
  bool operator==(const SkippedProfile&) const = default;
};

struct ApiProfiles {
  std::vector<ApiProfile> usable;
  std::vector<SkippedProfile> skipped;
};

/// All of `configs` but the tombstones, in their order. Skipped are those that are disabled, have
/// no credentials, or do not speak the Messages API.
ApiProfiles api_profiles_from(const json::Value& document);

/// Lines of "Name: value", as the client's own variable for them has it; an object's members; or
/// such an object as text. Nothing if a line or member is no header, or one that frames a message
/// (Host, Content-Length, Connection, ...).
std::optional<std::vector<CustomHeader>> custom_headers_from(const json::Value& value);

}  // namespace start_claude::config
