// AWS Signature Version 4, header form, for S3.
//
// Three stages, each a pure function: canonical request, string to sign, signature. What is signed
// is what is sent: sign() returns the request with the very headers it signed. Follows
// "Signature Calculations for the Authorization Header" of the Amazon S3 API reference.
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "http/message.h"
#include "s3/credentials.h"

namespace start_claude::s3 {

struct SigningScope {
  UtcTime time;
  std::string region;
  std::string service = "s3";

  /// "20130524/us-east-1/s3/aws4_request"
  std::string text() const;
};

/// What the signature covers: the canonical text, and the names in it ("host;x-amz-date").
struct CanonicalRequest {
  std::string text;
  std::string signed_headers;
};

/// Covers host, every x-amz-* header, content-type, content-md5, range and the conditional headers
/// that `request` carries, sorted by name. The path is taken as it is. The query is sorted and
/// spelled the one way S3 does it, because clients differ: "+" is a space, what needs no escape has
/// none. Blanks at the ends of values go, runs of them become one space. The last line is what
/// x-amz-content-sha256 says, or the body's hash where nothing says it.
CanonicalRequest canonical_request(const http::Request& request);

/// The same for a given list of names ("host;range;x-amz-date"), for a server that must check what
/// a client says it signed. They are taken as given, lower case and in this order; a name that the
/// request does not carry counts as an empty value, and one it carries twice as "first,second".
CanonicalRequest canonical_request(const http::Request& request, std::string_view signed_headers);

std::string string_to_sign(const CanonicalRequest& canonical, const SigningScope& scope);

/// 64 hexadecimal digits.
std::string signature(std::string_view string_to_sign, const Secret& secret_access_key,
                      const SigningScope& scope);

/// `request` with the headers that prove it comes from the owner of `credentials`: x-amz-date,
/// x-amz-content-sha256 (of the body), x-amz-security-token if there is one, Authorization.
/// Earlier ones of those four are replaced, so that a retry is signed anew.
http::Request sign(http::Request request, const Credentials& credentials,
                   const SigningScope& scope);

}  // namespace start_claude::s3
