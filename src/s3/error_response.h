// The body of an S3 error: <Error><Code>…</Code><Message>…</Message>…</Error> as a value.
//
// Follows "Error responses" of the Amazon S3 API reference, with what other stores add or leave
// out. Bodies are untrusted: bounded, decoded, and never shown as they are.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "http/message.h"

namespace start_claude::s3 {

struct ErrorResponse {
  std::string code;               ///< "NoSuchKey"; never empty, [A-Za-z0-9.] only
  std::string message;            ///< for people, by the server; may be empty
  std::string region;             ///< <Region>: where the bucket is
  std::string endpoint;           ///< <Endpoint>: the host to use for the bucket
  std::string header;             ///< <Header>: what NotImplemented is about
  std::string argument;           ///< <ArgumentName>: what InvalidArgument is about
  std::string canonical_request;  ///< <CanonicalRequest> of SignatureDoesNotMatch; untrusted
  std::optional<UtcTime> server_time = {};  ///< <ServerTime> of RequestTimeTooSkewed
};

/// Nothing if it is not an S3 error. Reads at most the first 64 KiB.
std::optional<ErrorResponse> parse_error_response(std::string_view body);

/// The region a reply says the bucket is in: x-amz-bucket-region, <Region>, as <Endpoint> names it,
/// or, last, as the message does (MinIO: "expecting 'eu-west-1'"). Empty if it says none, or
/// nothing that is shaped like a region's name.
std::string region_hint(const http::Response& response, const std::optional<ErrorResponse>& error);

}  // namespace start_claude::s3
