// Edits of profiles as a settings page makes them: pure functions from document to document.
//
// A patch is RFC 7396's: the members it names are set, null removes, all others stay, member by
// member into objects and into `customHeaders`, also where they are lines of a text. Whoever edits
// may have seen numbers with less precision than was written: one that comes back as it was shown
// is no change. Secrets in a patch are for secret_rules.h to check first. Profiles are addressed by
// their place in `configs`, tombstones counted.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "json/value.h"

namespace start_claude::config {

/// `value`, which is at `path`, with the patch applied.
json::Value patched(const json::Value& value, const json::Value& patch,
                    const std::vector<std::string>& path);

/// Where it stands in `configs`: by id, else by name without regard to case; nothing if no profile
/// (a tombstone is none) is called so.
std::optional<std::size_t> find_profile(const json::Value& document, const json::Value& like);
/// The profile at that place; null if there is none, or only a tombstone.
const json::Value* profile_at(const json::Value& document, std::size_t index);

/// The places of the profiles in the order they are shown: by `order`, else as they stand.
std::vector<std::size_t> profile_order(const json::Value& document);

/// `index` is that of a profile, here and below.
json::Value with_profile_patched(json::Value document, std::size_t index, const json::Value& patch);
/// At the end; the first profile there is becomes the default.
json::Value with_profile_added(json::Value document, json::Value profile);
/// A copy of everything but the id and isDefault, right after the original.
struct ProfileCopy {
  std::string name;
  std::string id;
};
json::Value with_profile_copied(json::Value document, std::size_t index, const ProfileCopy& copy);
/// As a tombstone. If it was the default, the first of those that stay becomes it.
json::Value with_profile_deleted(json::Value document, std::size_t index, UtcTime now);
json::Value with_default_profile(json::Value document, std::size_t index);
/// The profiles in that order: `indexes` has each profile's place once. Where profiles carry an
/// `order`, it follows. Tombstones stay where they are.
Result<json::Value> with_profiles_ordered(json::Value document,
                                          const std::vector<std::size_t>& indexes);

/// "production copy", or "production copy 2" if there is one of that name.
std::string name_for_copy(const json::Value& document, std::string_view name);

}  // namespace start_claude::config
