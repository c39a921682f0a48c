// Credentials as JSON: what credential_process prints, and what metadata services answer.
//
// Follows "Process credential provider" and "Container credential provider" of the AWS SDKs and
// Tools Reference Guide. An error never quotes the text: it holds secrets.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "s3/credentials.h"

namespace start_claude::s3 {

enum class CredentialsFormat {
  process,   ///< "Version": 1, and the token is called "SessionToken"
  metadata,  ///< the token is called "Token"; a "Code", if there is one, is "Success"
};

/// The error, of kind not_configured, completes "NAME ": "is not JSON", "has no SecretAccessKey".
Result<Credentials> parse_credentials_json(std::string_view text, CredentialsFormat format);

}  // namespace start_claude::s3
