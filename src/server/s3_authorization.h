// Who sends this request, and is it what they signed? SigV4, header form, from the server's side.
//
// Follows "Authenticating Requests (AWS Signature Version 4)" of the Amazon S3 API reference. Every
// request must be signed; presigned URLs, Signature Version 2 and session tokens are refused.
#pragma once

#include <optional>

#include "base/time.h"
#include "http/message.h"
#include "s3/credentials.h"
#include "server/s3_error.h"

namespace start_claude::server {

/// Nothing if the headers prove that the owner of `credentials` made the request within 15 minutes
/// of `now`. Does not look at the body: see check_body. The region may be any: there is only one.
std::optional<S3Error> check_authorization(const http::Request& request,
                                           const s3::Credentials& credentials, UtcTime now);

/// Nothing if the body is the one x-amz-content-sha256 and Content-MD5 speak of.
std::optional<S3Error> check_body(const http::Request& request);

}  // namespace start_claude::server
