#include "server/s3_address.h"

#include <algorithm>

#include "base/text.h"
#include "s3/endpoint.h"

namespace start_claude::server {
namespace {

constexpr std::size_t key_bytes_max = 1024;

/// The bucket that the host names under the longest of the domains it is under; empty for none.
std::string bucket_of_host(const std::string& host, const std::vector<std::string>& domains) {
  const std::string name = base::to_lower(host);
  if (std::find(domains.begin(), domains.end(), name) != domains.end()) return {};
  std::size_t longest = 0;
  for (const auto& domain : domains) {
    const bool is_under = name.size() > domain.size() + 1 && name.ends_with("." + domain);
    if (is_under) longest = std::max(longest, domain.size());
  }
  return longest == 0 ? std::string{} : name.substr(0, name.size() - longest - 1);
}

/// "+" is a space, as in every form.
std::optional<std::string> decode_parameter(std::string_view text) {
  return http::percent_decode(base::replace_all(std::string(text), "+", " "));
}

}  // namespace

std::variant<S3Address, S3Error> parse_s3_address(const http::Uri& uri,
                                                  const std::vector<std::string>& domains) {
  const auto path = http::percent_decode(uri.path);
  if (!path || !path->starts_with('/') || !base::is_utf8(*path)) {
    return S3Error{S3ErrorCode::invalid_uri};
  }
  // "%2F" between the bucket and the key would be a "/" like every other.
  const std::string_view below = std::string_view(*path).substr(1);
  S3Address address{bucket_of_host(uri.host, domains), std::string(below)};
  if (address.bucket.empty()) {
    const auto slash = std::min(below.find('/'), below.size());
    address.bucket = below.substr(0, slash);
    address.key = slash < below.size() ? below.substr(slash + 1) : "";
  }
  if (address.bucket.empty()) {
    if (address.key.empty()) return address;
    return S3Error{S3ErrorCode::invalid_bucket_name, {}, {{"BucketName", ""}}};
  }
  if (!s3::check_bucket_name(address.bucket, true)) {
    return S3Error{S3ErrorCode::invalid_bucket_name, {}, {{"BucketName", address.bucket}}};
  }
  if (address.key.size() > key_bytes_max) {
    return S3Error{S3ErrorCode::key_too_long,
                   {},
                   {{"Size", std::to_string(address.key.size())},
                    {"MaxSizeAllowed", std::to_string(key_bytes_max)}}};
  }
  return address;
}

std::variant<QueryParameters, S3Error> QueryParameters::parse(std::string_view query) {
  QueryParameters parameters;
  for (const auto part : base::split(query, '&')) {
    if (part.empty()) continue;
    const auto equals = std::min(part.find('='), part.size());
    auto name = decode_parameter(part.substr(0, equals));
    auto value = decode_parameter(equals < part.size() ? part.substr(equals + 1) : "");
    if (!name || !value || !base::is_utf8(*name) || !base::is_utf8(*value)) {
      return S3Error{S3ErrorCode::invalid_uri};
    }
    parameters.parameters_.push_back({*std::move(name), *std::move(value)});
  }
  return parameters;
}

std::optional<std::string> QueryParameters::find(std::string_view name) const {
  for (const auto& parameter : parameters_) {
    if (parameter.name == name) return parameter.value;
  }
  return std::nullopt;
}

std::optional<std::string> QueryParameters::first_besides(
    const std::vector<std::string_view>& known) const {
  for (const auto& parameter : parameters_) {
    if (parameter.name == "x-id") continue;  // SDKs name the operation there
    if (std::find(known.begin(), known.end(), parameter.name) == known.end()) return parameter.name;
  }
  return std::nullopt;
}

}  // namespace start_claude::server
