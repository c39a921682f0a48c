// What credentials a machine has, as far as one sees it without asking a program or a service.
#pragma once

#include <optional>
#include <string>

#include "platform/environment.h"
#include "platform/filesystem.h"

namespace start_claude::s3 {

/// The first source of make_credentials() that is set up, in words: "AWS_ACCESS_KEY_ID", "profile
/// team". Nothing if there is none, or if the AWS files cannot be read.
std::optional<std::string> credentials_at_hand(const platform::FileSystem& files,
                                               const platform::Environment& environment);

}  // namespace start_claude::s3
