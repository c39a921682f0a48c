// What replacing one document by another does to it, by name: for everybody who must be told,
// before it is done or after.
//
// Pure. An edited profile is never new and a renamed one never gone: profiles match as in a merge,
// and one that went where an equal one of another name came was renamed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "resolve/resolve.h"

namespace start_claude::resolve {

struct Effect {
  enum class Kind { removed, changed, renamed, added };
  Kind kind = Kind::changed;
  /// {"configs", "production"} for a profile as a whole, by its name before; {"configs"} for the
  /// order of the profiles.
  FieldPath path;
  /// As it was and as it is; absent where it was or is not there.
  std::optional<json::Value> before;
  std::optional<json::Value> after;
  bool operator==(const Effect&) const = default;
};

/// Removals first, then changes, renamings and additions. A tombstone is no profile: where one
/// comes or goes, nothing is told but the profile it stands for.
std::vector<Effect> effects_between(const json::Value& before, const json::Value& after);

/// What a resolution does to the two sides.
struct Effects {
  std::vector<Effect> local;
  std::vector<Effect> remote;
};
/// Nothing for a side that is not written, or that has no document yet.
Effects effects_of(const Input& input, const Resolution& resolution);

/// True if something that was there is not there any more, as it was.
bool loses_something(const std::vector<Effect>& effects);

/// The profiles of `before` that are not in `after`, by name.
std::vector<std::string> removed_profiles(const json::Value& before, const json::Value& after);

/// So many profiles may go unasked, however few there are; more only if that is not over a half.
inline constexpr std::size_t removed_unasked_max = 2;
/// True if a document that becomes the other loses too many profiles for that.
bool removes_many(const json::Value& before, const json::Value& after);
/// The resolution, or what is asked first (or held): somebody may have emptied a file by mistake,
/// and that goes to every machine. Explicit orders (Force::yes) are obeyed.
Resolution ask_before_many_removals(const Input& input, Resolution resolution);

}  // namespace start_claude::resolve
