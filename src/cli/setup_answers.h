// The wizard's questions: which service, which bucket, whose credentials.
#pragma once

#include <optional>

#include "base/result.h"
#include "cli/host.h"
#include "cli/options.h"
#include "config/s3_settings.h"
#include "ui/console.h"

namespace start_claude::cli {

/// Whether questions may be put to a person.
enum class Asking { no, yes };

/// A path as it was typed, so that it means the same wherever the program is started later:
/// absolute, "~/" expanded.
std::string path_to_keep(const std::string& typed, const platform::Environment& environment);

/// The settings that flags, answers and the earlier settings make up. Asks in the documented order
/// for what no flag gave; earlier settings are the suggestions. Without asking, a required value
/// nobody gave is an error of kind `usage` that names its flag.
Result<config::S3Settings> gather_settings(Host& host, ui::Console& console, const Options& options,
                                           const std::optional<config::S3Settings>& earlier,
                                           Asking asking);

}  // namespace start_claude::cli
