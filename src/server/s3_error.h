// The errors of the S3 API, as values and as the XML that goes over the wire.
//
// Codes, statuses and messages follow "Error responses" of the Amazon S3 API reference; where a
// client is known to look at a detail (ServerTime, Header, Region), the detail is there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace start_claude::server {

enum class S3ErrorCode {
  access_denied,
  authorization_header_malformed,
  bad_digest,
  bucket_already_owned_by_you,
  content_sha256_mismatch,
  entity_too_large,
  insufficient_storage,
  internal_error,
  invalid_access_key_id,
  invalid_argument,
  invalid_bucket_name,
  invalid_digest,
  invalid_range,
  invalid_request,
  invalid_token,
  invalid_uri,
  key_too_long,
  metadata_too_large,
  method_not_allowed,
  missing_content_length,
  no_such_bucket,
  no_such_key,
  no_such_version,
  not_implemented,
  precondition_failed,
  request_time_too_skewed,
  signature_does_not_match,
};

/// "NoSuchKey"
std::string_view code_name(S3ErrorCode code);
int http_status(S3ErrorCode code);

struct S3ErrorDetail {
  std::string name;  ///< an XML element: "ServerTime"
  std::string value;
};

struct S3Error {
  S3ErrorCode code = S3ErrorCode::internal_error;
  /// Empty: the message Amazon sends with that code.
  std::string message = {};
  std::vector<S3ErrorDetail> details = {};
};

struct ErrorContext {
  std::string resource;  ///< the path of the request
  std::string request_id;
  std::string host_id;
};

/// Status, Content-Type and the <Error> document.
http::Response error_response(const S3Error& error, const ErrorContext& context);

/// `text` as XML character data; what XML 1.0 cannot hold becomes U+FFFD.
std::string escape_xml(std::string_view text);

}  // namespace start_claude::server
