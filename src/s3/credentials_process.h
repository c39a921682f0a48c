// credential_process: a program of the user's that prints credentials.
//
// Follows "Process credential provider" of the AWS SDKs and Tools Reference Guide. The program is
// run without a shell, from words split as botocore splits them. What it prints is never shown,
// neither are its arguments: both may hold secrets.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "platform/program.h"
#include "s3/credentials.h"

namespace start_claude::s3 {

/// The words of a command line: blanks separate them, '...' keeps everything, "..." everything but
/// \" and \\, a \ outside of quotes the character behind it. Nothing else has a meaning: no
/// variables, no patterns. The error, of kind not_configured, completes "credential_process
/// ".
Result<std::vector<std::string>> split_command(std::string_view command);

/// A credential_process as a profile has it.
struct ProcessCommand {
  std::string text;
  std::string profile;                   ///< whose it is, for messages
  std::optional<std::string> home = {};  ///< what "~/" and "$HOME/" before a word stand for
};

/// What the program prints.
Result<Credentials> credentials_from_process(platform::Programs& programs,
                                             const ProcessCommand& command);

}  // namespace start_claude::s3
