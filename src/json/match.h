// Which part of an earlier array or object a part of a later one goes back to.
//
// Only spacing and spelling hang on it, never what is written: a poor match costs a larger
// difference between two texts, not a wrong one.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "json/value.h"

namespace start_claude::json {

/// For every later part the position of its earlier part, or no_match. None is used twice.
using Matches = std::vector<std::size_t>;
inline constexpr std::size_t no_match = static_cast<std::size_t>(-1);

/// The names of an object's members, in order.
using Names = std::vector<std::string>;

/// By name; a repeated name by its position among the members of that name, from the last one on.
Matches match_members(const Names& before, const Names& after);

using Elements = std::vector<const Value*>;

/// Equal elements first (those at the start and the end in place, others wherever they went), then
/// objects of the same `id`, then of the same `name`, then by position between matched neighbours.
Matches match_elements(const Elements& before, const Elements& after);

}  // namespace start_claude::json
