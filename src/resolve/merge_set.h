// Arrays of scalars as sets: what both sides added is no conflict.
#pragma once

#include <optional>

#include "resolve/ledger.h"

namespace start_claude::resolve {

/// Local's array with what remote added at its end, if all three are arrays of scalars without
/// repetitions and both sides only added: the ancestor's elements are all there, in their order.
/// Nothing otherwise. Of several ancestors one must be such an array, and this true of all that
/// are.
std::optional<json::Value> merge_sets(const Versions& field);

}  // namespace start_claude::resolve
