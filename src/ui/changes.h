// Field changes as lines for people, secrets masked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "resolve/merge.h"

namespace start_claude::ui {

/// A value on one line: strings bare, lists and objects compact and cut, secrets as "****9f2c".
std::string format_value(const resolve::FieldPath& path, const std::optional<json::Value>& value);

/// What a merge does, a line each:
///   production.model   claude-sonnet-4 -> claude-opus-4   from remote
/// The names of fields, three at most: "alpha.model, beta.url, gamma.url and 2 more". "the same
/// fields" for none.
std::string format_names(const std::vector<resolve::FieldChange>& changes);

/// Those that are not about which profile is the default.
std::vector<resolve::FieldChange> without_default(std::vector<resolve::FieldChange> changes);

/// sync::Conversation::settled_earlier() as a warning.
std::string format_settled_earlier(const std::vector<resolve::FieldChange>& fields);

std::vector<std::string> format_merge(const resolve::MergeResult& merge);

/// What one side changed, as names in a row: "production.apiKey, staging (new)"; at most a few.
std::string summarize_changes(const resolve::MergeResult& merge, resolve::Side side);

/// How two documents differ, a line each:
///   production.model   local claude-sonnet-4   remote claude-opus-4
std::vector<std::string> format_differences(const std::vector<resolve::FieldChange>& differences);

}  // namespace start_claude::ui
