#include "s3/sigv4.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/sha256.h"

namespace start_claude::s3 {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view scope_end = "aws4_request";
constexpr std::string_view content_hash_header = "x-amz-content-sha256";
constexpr std::string_view security_token_header = "x-amz-security-token";

/// Not Accept-Encoding, User-Agent or Expect: proxies, and Google's front end, rewrite those.
constexpr std::array<std::string_view, 8> signed_besides_amz = {
    "content-md5",   "content-type",        "host", "if-match", "if-modified-since",
    "if-none-match", "if-unmodified-since", "range"};

bool is_signed(std::string_view lower_case_name) {
  return lower_case_name.starts_with("x-amz-") ||
         std::find(signed_besides_amz.begin(), signed_besides_amz.end(), lower_case_name) !=
             signed_besides_amz.end();
}

/// Sorted by name alone: "x-amz-meta-a" comes before "x-amz-meta-a-b" though ":" is above "-".
std::string names_to_sign(const http::Request& request) {
  std::set<std::string> names = {"host"};
  for (const auto& header : request.headers) {
    auto name = base::to_lower(header.name);
    if (is_signed(name)) names.insert(std::move(name));
  }
  return base::join({names.begin(), names.end()}, ";");
}

/// SigV4's Trimall: no blanks at the ends, runs of them inside become one space.
std::string collapse_blanks(std::string_view value) {
  std::string collapsed;
  for (const char c : base::trim(value)) {
    const bool blank = c == ' ' || c == '\t';
    if (!blank) {
      collapsed += c;
    } else if (collapsed.back() != ' ') {
      collapsed += ' ';
    }
  }
  return collapsed;
}

std::string canonical_value(const http::Request& request, std::string_view name) {
  std::vector<std::string> values;
  for (const auto& header : request.headers) {
    if (base::equal_ignoring_case(header.name, name)) {
      values.push_back(collapse_blanks(header.value));
    }
  }
  // The transport writes the Host header from the URI; a server finds it among the headers.
  if (values.empty() && name == "host") return request.uri.authority();
  return base::join(values, ",");
}

/// One spelling for what may be sent in several ("%7e", "~"; "+", "%20").
std::string canonical_query_part(std::string_view raw) {
  const auto decoded = http::percent_decode(base::replace_all(std::string(raw), "+", " "));
  return http::encode_segment(decoded ? std::string_view(*decoded) : raw);
}

std::string canonical_query(std::string_view query) {
  if (query.empty()) return {};
  std::vector<std::pair<std::string, std::string>> parameters;
  for (const auto part : base::split(query, '&')) {
    if (part.empty()) continue;
    const auto equals = std::min(part.find('='), part.size());
    const auto value = part.substr(std::min(equals + 1, part.size()));
    parameters.emplace_back(canonical_query_part(part.substr(0, equals)),
                            canonical_query_part(value));
  }
  std::sort(parameters.begin(), parameters.end());
  std::vector<std::string> lines;
  for (const auto& [name, value] : parameters) lines.push_back(name + '=' + value);
  return base::join(lines, "&");
}

Secret signing_key(const Secret& secret_access_key, const SigningScope& scope) {
  const auto day = base::format_amz_day(scope.time);
  Secret key("AWS4" + secret_access_key.reveal());
  for (const std::string_view part : {std::string_view(day), std::string_view(scope.region),
                                      std::string_view(scope.service), scope_end}) {
    key = Secret(crypto::hmac_sha256(key.reveal(), part));
  }
  return key;
}

}  // namespace

std::string SigningScope::text() const {
  return base::join({base::format_amz_day(time), region, service, std::string(scope_end)}, "/");
}

CanonicalRequest canonical_request(const http::Request& request) {
  return canonical_request(request, names_to_sign(request));
}

CanonicalRequest canonical_request(const http::Request& request, std::string_view signed_headers) {
  CanonicalRequest canonical;
  canonical.signed_headers = signed_headers;
  canonical.text = request.method + '\n' + request.uri.path + '\n';
  canonical.text += canonical_query(request.uri.query) + '\n';
  for (const auto name : base::split(canonical.signed_headers, ';')) {
    canonical.text.append(name).append(":");
    canonical.text += canonical_value(request, name) + '\n';
  }
  canonical.text += '\n' + canonical.signed_headers + '\n';
  const auto content_hash = request.headers.find(content_hash_header);
  canonical.text += content_hash ? *content_hash : crypto::sha256_hex(request.body);
  return canonical;
}

std::string string_to_sign(const CanonicalRequest& canonical, const SigningScope& scope) {
  return base::join({std::string(algorithm), base::format_amz_date(scope.time), scope.text(),
                     crypto::sha256_hex(canonical.text)},
                    "\n");
}

std::string signature(std::string_view string_to_sign, const Secret& secret_access_key,
                      const SigningScope& scope) {
  const auto key = signing_key(secret_access_key, scope);
  return base::to_hex(crypto::hmac_sha256(key.reveal(), string_to_sign));
}

http::Request sign(http::Request request, const Credentials& credentials,
                   const SigningScope& scope) {
  auto& headers = request.headers;
  headers.set("x-amz-date", base::format_amz_date(scope.time));
  headers.set(std::string(content_hash_header), crypto::sha256_hex(request.body));
  headers.remove(security_token_header);
  if (credentials.session_token && !credentials.session_token->empty()) {
    headers.set(std::string(security_token_header), credentials.session_token->reveal());
  }
  const auto canonical = canonical_request(request);
  const auto proof =
      signature(string_to_sign(canonical, scope), credentials.secret_access_key, scope);
  headers.set("Authorization", std::string(algorithm) + " Credential=" + credentials.access_key_id +
                                   '/' + scope.text() + ", SignedHeaders=" +
                                   canonical.signed_headers + ", Signature=" + proof);
  return request;
}

}  // namespace start_claude::s3
