// What a run did to a side, or would do, by name: secrets masked, long lists cut with a count.
#pragma once

#include <string>
#include <vector>

#include "json/value.h"
#include "resolve/effects.h"

namespace start_claude::ui {

/// The command that every message names where something was replaced.
inline constexpr const char* undo_command = "start-claude s3-restore --last";

/// "staging removed, production.model claude-sonnet-4 -> claude-opus-4, laptop added"; "" for none.
std::string format_effects(const std::vector<resolve::Effect>& effects);

/// The same, a line each, every one of them.
std::vector<std::string> effect_lines(const std::vector<resolve::Effect>& effects);

/// "a, b, c and 4 more"
std::string format_list(const std::vector<std::string>& names);

/// "9 of 10 profiles were removed here: p1, p2, p3 and 6 more"
std::string format_removals(const resolve::Removals& removals);

/// [{"path", "kind", "before", "after"}...]
json::Value json_of(const std::vector<resolve::Effect>& effects);
/// {"local": [{"path", "kind", "before", "after"}...], "remote": [...]}
json::Value json_of(const resolve::Effects& effects);
/// {"local": ["staging"...], "remote": [...]}: the profiles that went, by name, every one of them.
json::Value removed_json(const resolve::Effects& effects);

}  // namespace start_claude::ui
