// Whether settings work: one reading, and what it found, in words.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "cli/connection.h"
#include "cli/host.h"
#include "ui/console.h"

namespace start_claude::cli {

/// "readable: 2 configurations, 2026-11-22 09:14:03 +0100, by lark (12 min ago)", or the error that
/// the store answered with.
Result<std::string> describe_what_is_there(Connection& connection, Host& host,
                                           const ui::Console& console);

/// The region that the server named instead of that of the settings it was reached with, to be
/// saved in its place; nothing if theirs was right.
std::optional<std::string> region_to_keep(Connection& connection,
                                          const config::S3Settings& settings);

}  // namespace start_claude::cli
