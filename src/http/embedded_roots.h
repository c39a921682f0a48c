// The root certificates this program carries, for machines that have none of their own.
//
// Mozilla's set as Debian packages it, made into source by scripts/make-roots when the program is
// built; empty where the building machine had no such package.
#pragma once

#include <span>
#include <string_view>

#include "crypto/roots.h"

namespace start_claude::http {

/// Sorted by hash.
std::span<const crypto::Root> embedded_roots();

/// "2025-06-13": when the set was packaged; empty if there is none.
std::string_view embedded_roots_date();

}  // namespace start_claude::http
