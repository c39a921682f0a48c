// Documents and merges as text a person can read in a table: JSON with ' for ", and one line that
// tells what a merge did.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "base/text.h"
#include "json/parse.h"
#include "json/write.h"
#include "resolve/merge.h"

namespace start_claude::resolve {

inline json::Value read(std::string_view text) {
  return std::get<json::Value>(json::parse(base::replace_all(std::string(text), "'", "\"")));
}

/// Nothing for "".
inline std::optional<json::Value> read_if_any(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return read(text);
}

inline std::string written(const json::Value& value) {
  return base::replace_all(json::write_compact(value), "\"", "'");
}

inline std::string written(const std::optional<json::Value>& value) {
  return value ? written(*value) : "-";
}

inline std::string word_for(const FieldChange& change) {
  const std::string side = change.taken_from == Side::local ? "local" : "remote";
  switch (change.reason) {
    case Reason::only_local_changed: return "local";
    case Reason::only_remote_changed: return "remote";
    case Reason::both_made_the_same_change: return "both";
    case Reason::both_added_to_a_set: return "set";
    case Reason::by_rule: return "rule " + side;
    case Reason::chosen: return "chosen " + side;
    case Reason::unsettled: return "unsettled";
    case Reason::one_default_profile: return "one default";
  }
  return "";
}

/// "a.model remote; a.apiKey local; b unsettled!": the change and its reason, "!" for a conflict.
inline std::string story(const MergeResult& result) {
  std::vector<std::string> parts;
  for (const FieldChange& change : result.changes) {
    const bool is_conflict = std::find(result.conflicts.begin(), result.conflicts.end(), change) !=
                             result.conflicts.end();
    parts.push_back(format_path(change.path) + " " + word_for(change) + (is_conflict ? "!" : ""));
  }
  return base::join(parts, "; ");
}

struct MergeCase {
  std::string what, ancestor, local, remote, merged, story;
};

}  // namespace start_claude::resolve
