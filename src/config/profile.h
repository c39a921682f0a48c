// One entry of `configs`: who it is, and whether it is deleted.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "json/value.h"

namespace start_claude::config {

/// `name`, or "" if it has none.
std::string name_of(const json::Value& profile);
/// `id`, if it has one that is a non-empty string.
std::optional<std::string> id_of(const json::Value& profile);

/// `isDeleted` is true.
bool is_tombstone(const json::Value& profile);
/// `deletedAt` in either form the writers of this format use; nothing if absent or strange.
std::optional<UtcTime> deleted_at(const json::Value& profile);

/// True for members whose value must not be shown: apiKey, authToken, and whatever is named like a
/// key, token, secret or password (in `env` and headers too).
bool is_secret_member(std::string_view name);

/// True if the value at that path (such as {"configs", "production", "env", "API_KEY"}) is a secret
/// by its own name or by that of what it stands in.
bool is_secret_path(const std::vector<std::string>& path);

/// The profile as a tombstone: name, id and order stay; secrets and everything else go. A date of
/// deletion it already has stays too.
json::Value tombstone_of(const json::Value& profile, UtcTime now);
/// A tombstone without what it should not hold; one that is as it should be is returned as it is.
json::Value stripped_tombstone(const json::Value& tombstone);

}  // namespace start_claude::config
