// One entry of `configs`: who it is, and whether it is deleted.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "config/secret_members.h"
#include "json/value.h"

namespace start_claude::config {

/// `name`, or "" if it has none.
std::string name_of(const json::Value& profile);
/// `id`, if it has one that is a non-empty string.
std::optional<std::string> id_of(const json::Value& profile);

/// No member has a value: `{}`, `{"name": ""}`. Nothing is lost with such an entry.
bool says_nothing(const json::Value& profile);

/// `isDeleted` is true.
bool is_tombstone(const json::Value& profile);
/// `deletedAt` in either form the writers of this format use; nothing if absent or strange.
std::optional<UtcTime> deleted_at(const json::Value& profile);

/// The profile as a tombstone: name, id and order stay; secrets and everything else go. A date of
/// deletion it already has stays too.
json::Value tombstone_of(const json::Value& profile, UtcTime now);
/// A tombstone without what it should not hold; one that is as it should be is returned as it is.
json::Value stripped_tombstone(const json::Value& tombstone);

}  // namespace start_claude::config
