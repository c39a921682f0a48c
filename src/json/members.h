// Which members of an object count, when a name is there twice.
#pragma once

#include <vector>

#include "json/value.h"

namespace start_claude::json {

/// The last member of every name, sorted by name bytewise. The object must outlive the pointers.
std::vector<const Member*> counting_members(const Object& object);

}  // namespace start_claude::json
