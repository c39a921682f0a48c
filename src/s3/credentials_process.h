// credential_process: a program of the user's that prints credentials.
//
// Follows "Process credential provider" of the AWS SDKs and Tools Reference Guide. The program is
// run without a shell, from words split as botocore splits them. What it prints is never shown,
// neither are its arguments: both may hold secrets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "platform/program.h"
#include "s3/credentials.h"

namespace start_claude::s3 {

/// The words of a command line: blanks separate them, '...' keeps everything, "..." everything but
/// \" and \\, a \ outside of quotes the character behind it. Nothing else has a meaning: no
/// variables, no ~, no patterns. The error, of kind not_configured, completes "credential_process
/// ".
Result<std::vector<std::string>> split_command(std::string_view command);

/// What the program prints. `profile` is whose credential_process it is, for messages.
Result<Credentials> credentials_from_process(platform::Programs& programs,
                                             const std::string& command, std::string_view profile);

}  // namespace start_claude::s3
