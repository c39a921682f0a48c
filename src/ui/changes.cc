#include "ui/changes.h"

#include <algorithm>

#include "base/secret.h"
#include "base/text.h"
#include "config/profile.h"
#include "json/write.h"
#include "ui/names.h"
#include "ui/table.h"

namespace start_claude::ui {
namespace {

using resolve::FieldChange;
using resolve::FieldPath;
using resolve::Side;

constexpr std::size_t value_characters_max = 40;
constexpr std::size_t names_max = 4;
constexpr std::size_t lines_max = 200;

bool is_whole_profile(const FieldPath& path) { return path.size() == 2 && path[0] == "configs"; }

bool changed_by(const FieldChange& change, Side side) {
  const auto& value = side == Side::local ? change.local : change.remote;
  return value != change.ancestor;
}

bool is_live(const std::optional<json::Value>& profile) {
  return profile && !config::is_tombstone(*profile);
}

/// "added", "removed", "edited" or "old -> new".
std::string describe_change(const FieldChange& change) {
  if (is_whole_profile(change.path)) {
    if (!is_live(change.merged)) return "removed";
    if (!is_live(change.ancestor)) return "added";
    return change.merged == change.ancestor ? "kept" : "kept as it was edited";
  }
  return format_value(change.path, change.ancestor) + " -> " +
         format_value(change.path, change.merged);
}

std::string origin_of(const FieldChange& change) {
  using resolve::Reason;
  switch (change.reason) {
    case Reason::both_made_the_same_change: return "on both sides";
    case Reason::both_added_to_a_set: return "from both";
    case Reason::one_default_profile: return "one default only";
    case Reason::unsettled: return "changed on both sides";
    case Reason::only_local_changed:
    case Reason::only_remote_changed:
    case Reason::by_rule:
    case Reason::chosen: break;
  }
  return "from " + std::string(name_of(change.taken_from));
}

void cut(std::vector<std::string>& lines) {
  if (lines.size() <= lines_max) return;
  const std::size_t more = lines.size() - lines_max;
  lines.resize(lines_max);
  lines.push_back("  ... and " + std::to_string(more) + " more");
}

}  // namespace

std::string format_value(const FieldPath& path, const std::optional<json::Value>& value) {
  if (!value) return "(none)";
  // A whole profile or settings object may hold secrets further down.
  if (value->as_object() != nullptr || is_whole_profile(path)) return "{...}";
  const std::string* string = value->as_string();
  const std::string text = string != nullptr ? *string : json::write_compact(*value);
  if (config::is_secret(path, *value)) return base::printable(base::mask(text));
  return base::printable(text, value_characters_max);
}

std::string format_settled_earlier(const std::vector<FieldChange>& fields) {
  return "an edit of " + format_names(fields) +
         " was lost to another edit, in a run that was cut off or whose answer was; it is in the "
         "history (s3-history)";
}

std::vector<FieldChange> without_default(std::vector<FieldChange> changes) {
  std::erase_if(changes,
                [](const FieldChange& change) { return resolve::is_about_default(change.path); });
  return changes;
}

std::string format_names(const std::vector<resolve::FieldChange>& conflicts) {
  constexpr std::size_t fields_max = 3;
  std::vector<std::string> names;
  for (const auto& conflict : conflicts) {
    std::string name = base::printable(resolve::format_path(conflict.path));
    // Two rounds of a run may settle one field each.
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(std::move(name));
    }
  }
  if (names.empty()) return "the same fields";
  const std::size_t more = names.size() > fields_max ? names.size() - fields_max : 0;
  names.resize(names.size() - more);
  return base::join(names, ", ") + (more > 0 ? " and " + std::to_string(more) + " more" : "");
}

std::vector<std::string> format_merge(const resolve::MergeResult& merge) {
  std::vector<Row> rows;
  for (const FieldChange& change : merge.changes) {
    rows.push_back({base::printable(resolve::format_path(change.path)), describe_change(change),
                    origin_of(change)});
  }
  auto lines = format_table(rows, 2);
  cut(lines);
  return lines;
}

std::string summarize_changes(const resolve::MergeResult& merge, Side side) {
  std::vector<std::string> names;
  std::size_t more = 0;
  for (const FieldChange& change : merge.changes) {
    if (!changed_by(change, side)) continue;
    if (names.size() == names_max) {
      ++more;
      continue;
    }
    std::string name = base::printable(resolve::format_path(change.path));
    const auto& value = side == Side::local ? change.local : change.remote;
    if (is_whole_profile(change.path) && is_live(value) != is_live(change.ancestor)) {
      name += is_live(value) ? " (new)" : " (removed)";
    }
    names.push_back(std::move(name));
  }
  std::string summary = base::join(names, ", ");
  if (more > 0) summary += " and " + std::to_string(more) + " more";
  return summary;
}

std::vector<std::string> format_differences(const std::vector<FieldChange>& differences) {
  std::vector<Row> rows;
  for (const FieldChange& difference : differences) {
    const std::string name = base::printable(resolve::format_path(difference.path));
    if (is_whole_profile(difference.path) && (!difference.local || !difference.remote)) {
      rows.push_back({name, difference.local ? "only local" : "only remote"});
      continue;
    }
    rows.push_back({name, "local " + format_value(difference.path, difference.local),
                    "remote " + format_value(difference.path, difference.remote)});
  }
  auto lines = format_table(rows, 2);
  cut(lines);
  return lines;
}

}  // namespace start_claude::ui
