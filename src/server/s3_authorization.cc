#include "server/s3_authorization.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/sha256.h"
#include "s3/sigv4.h"

namespace start_claude::server {
namespace {

constexpr std::chrono::minutes skew_max{15};
constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD";

/// The parts of "AWS4-HMAC-SHA256 Credential=ID/DAY/REGION/s3/aws4_request, SignedHeaders=a;b,
/// ...".
struct Authorization {
  std::string_view access_key_id;
  std::string_view day;
  std::string_view region;
  std::string_view signed_headers;
  std::string_view signature;
};

S3Error malformed(std::string reason) {
  return {S3ErrorCode::authorization_header_malformed,
          "The authorization header is malformed; " + std::move(reason)};
}

std::optional<std::string_view> component(std::string_view text, std::string_view name) {
  for (const auto part : base::split(text, ',')) {
    const auto trimmed = base::trim(part);
    if (trimmed.starts_with(name) && trimmed.substr(name.size()).starts_with('=')) {
      return trimmed.substr(name.size() + 1);
    }
  }
  return std::nullopt;
}

std::variant<Authorization, S3Error> parse_authorization(std::string_view header) {
  if (!header.starts_with(algorithm) || !header.substr(algorithm.size()).starts_with(' ')) {
    return S3Error{S3ErrorCode::invalid_request,
                   "The authorization mechanism you have provided is not supported. Please use "
                   "AWS4-HMAC-SHA256."};
  }
  const auto rest = header.substr(algorithm.size());
  const auto credential = component(rest, "Credential");
  const auto signed_headers = component(rest, "SignedHeaders");
  const auto signature = component(rest, "Signature");
  if (!credential || !signed_headers || !signature) {
    return malformed("it needs Credential, SignedHeaders and Signature.");
  }
  // From the right: an access key id may hold a "/".
  const auto parts = base::split(*credential, '/');
  if (parts.size() < 5 || parts.back() != "aws4_request" || parts[parts.size() - 2] != "s3") {
    return malformed("the Credential is not of the form ID/YYYYMMDD/REGION/s3/aws4_request.");
  }
  const auto region = parts[parts.size() - 3];
  const auto day = parts[parts.size() - 4];
  const auto id_size = static_cast<std::size_t>(day.data() - credential->data()) - 1;
  return Authorization{credential->substr(0, id_size), day, region, *signed_headers, *signature};
}

std::optional<UtcTime> time_of(const http::Request& request) {
  if (const auto amz_date = request.headers.find("x-amz-date")) {
    return base::parse_amz_date(*amz_date);
  }
  const auto date = request.headers.find("Date");
  return date ? base::parse_time(*date) : std::nullopt;
}

std::optional<S3Error> check_time(const http::Request& request, UtcTime signed_at, UtcTime now) {
  const auto skew = signed_at > now ? signed_at - now : now - signed_at;
  if (skew <= skew_max) return std::nullopt;
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(skew_max);
  return S3Error{S3ErrorCode::request_time_too_skewed,
                 {},
                 {{"RequestTime",
                   request.headers.find("x-amz-date").value_or(base::format_amz_date(signed_at))},
                  {"ServerTime", base::format_rfc3339(now)},
                  {"MaxAllowedSkewMilliseconds", std::to_string(milliseconds.count())}}};
}

/// Host and every x-amz-* header must be covered: else somebody on the way could change them.
std::optional<S3Error> check_coverage(const http::Request& request, std::string_view signed_list) {
  const auto names = base::split(signed_list, ';');
  const auto covers = [&](std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  std::vector<std::string> missing;
  if (!covers("host")) missing.emplace_back("host");
  for (const auto& header : request.headers) {
    const std::string name = base::to_lower(header.name);
    if (name.starts_with("x-amz-") && !covers(name)) missing.push_back(name);
  }
  if (missing.empty()) return std::nullopt;
  return S3Error{S3ErrorCode::access_denied,
                 "There were headers present in the request which were not signed",
                 {{"HeadersNotSigned", base::join(missing, ", ")}}};
}

/// Some clients sign the path as S3 would write it, and send it in another spelling.
std::vector<std::string> paths_as_signed(const std::string& path) {
  std::vector<std::string> paths{path};
  const auto decoded = http::percent_decode(path);
  if (decoded && http::encode_path(*decoded) != path) paths.push_back(http::encode_path(*decoded));
  return paths;
}

bool signature_matches(http::Request request, const Authorization& authorization,
                       const s3::Credentials& credentials, const s3::SigningScope& scope) {
  for (const auto& path : paths_as_signed(std::string(request.uri.path))) {
    request.uri.path = path;
    const auto canonical = s3::canonical_request(request, authorization.signed_headers);
    const auto expected =
        s3::signature(s3::string_to_sign(canonical, scope), credentials.secret_access_key, scope);
    if (crypto::equal_in_constant_time(expected, authorization.signature)) return true;
  }
  return false;
}

/// The request without its body, which may be large: the signature covers only its hash.
http::Request head_of(const http::Request& request) {
  return {request.method, request.uri, request.headers, {}};
}

/// Refuses what this server does not know before it looks at signatures.
std::variant<std::string, S3Error> authorization_header(const http::Request& request) {
  if (request.headers.contains("x-amz-security-token")) return S3Error{S3ErrorCode::invalid_token};
  const auto header = request.headers.find("Authorization");
  if (header) return *header;
  if (request.uri.query.find("X-Amz-Signature=") != std::string::npos) {
    return S3Error{S3ErrorCode::not_implemented, "Presigned URLs are not supported."};
  }
  return S3Error{S3ErrorCode::access_denied, "Requests must be signed."};
}

std::optional<S3Error> check_content_hash_header(const http::Request& request) {
  const auto hash = request.headers.find("x-amz-content-sha256");
  if (!hash) {
    return S3Error{S3ErrorCode::invalid_request,
                   "Missing required header for this request: x-amz-content-sha256"};
  }
  if (hash->starts_with("STREAMING-")) {
    return S3Error{S3ErrorCode::not_implemented,
                   "Chunked signatures are not supported: send the hash of the whole body.",
                   {{"Header", "x-amz-content-sha256"}}};
  }
  const auto digest = base::from_hex(*hash);
  if (*hash == unsigned_payload || (digest && digest->size() == 32)) return std::nullopt;
  return S3Error{S3ErrorCode::invalid_argument,
                 "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, or a valid sha256 value.",
                 {{"ArgumentName", "x-amz-content-sha256"}, {"ArgumentValue", *hash}}};
}

}  // namespace

std::optional<S3Error> check_authorization(const http::Request& request,
                                           const s3::Credentials& credentials, UtcTime now) {
  const auto header = authorization_header(request);
  if (const auto* error = std::get_if<S3Error>(&header)) return *error;
  const auto parsed = parse_authorization(std::get<std::string>(header));
  if (const auto* error = std::get_if<S3Error>(&parsed)) return *error;
  const auto& authorization = std::get<Authorization>(parsed);

  if (authorization.access_key_id != credentials.access_key_id) {
    return S3Error{S3ErrorCode::invalid_access_key_id,
                   {},
                   {{"AWSAccessKeyId", std::string(authorization.access_key_id)}}};
  }
  const auto time = time_of(request);
  if (!time) {
    return S3Error{S3ErrorCode::access_denied,
                   "AWS authentication requires a valid Date or x-amz-date header"};
  }
  if (auto error = check_time(request, *time, now)) return error;
  if (authorization.day != base::format_amz_day(*time)) {
    return malformed("its date is not that of x-amz-date.");
  }
  if (auto error = check_content_hash_header(request)) return error;
  if (auto error = check_coverage(request, authorization.signed_headers)) return error;

  const s3::SigningScope scope{*time, std::string(authorization.region)};
  if (signature_matches(head_of(request), authorization, credentials, scope)) return std::nullopt;
  const auto canonical = s3::canonical_request(head_of(request), authorization.signed_headers);
  return S3Error{S3ErrorCode::signature_does_not_match,
                 {},
                 {{"AWSAccessKeyId", credentials.access_key_id},
                  {"StringToSign", s3::string_to_sign(canonical, scope)},
                  {"CanonicalRequest", canonical.text}}};
}

std::optional<S3Error> check_body(const http::Request& request) {
  const std::string claimed = request.headers.find("x-amz-content-sha256").value_or("");
  const std::string computed = crypto::sha256_hex(request.body);
  if (claimed != unsigned_payload && base::to_lower(claimed) != computed) {
    return S3Error{
        S3ErrorCode::content_sha256_mismatch,
        {},
        {{"ClientComputedContentSHA256", claimed}, {"S3ComputedContentSHA256", computed}}};
  }
  const auto md5 = request.headers.find("Content-MD5");
  if (!md5 || *md5 == base::to_base64(crypto::md5(request.body))) return std::nullopt;
  constexpr std::size_t base64_md5_size = 24;
  if (md5->size() != base64_md5_size) return S3Error{S3ErrorCode::invalid_digest};
  return S3Error{
      S3ErrorCode::bad_digest,
      {},
      {{"ExpectedDigest", *md5}, {"CalculatedDigest", base::to_base64(crypto::md5(request.body))}}};
}

}  // namespace start_claude::server
