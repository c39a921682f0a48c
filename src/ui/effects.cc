#include "ui/effects.h"

#include "base/text.h"
#include "config/secret_mask.h"
#include "ui/changes.h"

namespace start_claude::ui {
namespace {

using resolve::Effect;
using Kind = resolve::Effect::Kind;

constexpr std::size_t names_max = 8;
constexpr std::size_t name_characters_max = 60;

std::string name_of_profile(const Effect& effect) {
  const std::string& name = effect.path[1];
  return name.empty() ? "(no name)" : base::printable(name, name_characters_max);
}

/// "production.model claude-sonnet-4 -> claude-opus-4"; values that look alike are only "changed".
std::string describe(const Effect& effect) {
  const std::string name = base::printable(resolve::format_path(effect.path));
  if (effect.path == resolve::FieldPath{"configs"}) return name + " changed";
  if (resolve::is_about_default(effect.path)) {
    const bool is_now = effect.after == json::Value(true);
    return name_of_profile(effect) + (is_now ? " is the default now" : " is no default any more");
  }
  const std::string before = format_value(effect.path, effect.before);
  const std::string after = format_value(effect.path, effect.after);
  return before == after ? name + " changed" : name + " " + before + " -> " + after;
}

std::string describe_renaming(const Effect& effect) {
  return name_of_profile(effect) + " renamed to " + format_value(effect.path, effect.after);
}

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::removed: return "removed";
    case Kind::changed: return "changed";
    case Kind::renamed: return "renamed";
    case Kind::added: return "added";
  }
  return "changed";
}

json::Value value_in(const Effect& effect, const std::optional<json::Value>& value) {
  if (!value) return json::Null{};
  return config::masked(*value, effect.path);
}

json::Value removed_in(const std::vector<Effect>& effects) {
  json::Array names;
  for (const Effect& effect : effects) {
    if (effect.kind == Kind::removed) names.emplace_back(effect.path[1]);
  }
  return names;
}

}  // namespace

std::string format_list(const std::vector<std::string>& names) {
  if (names.size() <= names_max) return base::join(names, ", ");
  const std::vector<std::string> first(names.begin(), names.begin() + names_max);
  return base::join(first, ", ") + " and " + std::to_string(names.size() - names_max) + " more";
}

std::string format_effects(const std::vector<Effect>& effects) {
  std::vector<std::string> removed;
  std::vector<std::string> changed;
  std::vector<std::string> added;
  for (const Effect& effect : effects) {
    switch (effect.kind) {
      case Kind::removed: removed.push_back(name_of_profile(effect)); break;
      case Kind::changed: changed.push_back(describe(effect)); break;
      case Kind::renamed: changed.push_back(describe_renaming(effect)); break;
      case Kind::added: added.push_back(name_of_profile(effect)); break;
    }
  }
  std::vector<std::string> parts;
  if (!removed.empty()) parts.push_back(format_list(removed) + " removed");
  if (!changed.empty()) parts.push_back(format_list(changed));
  if (!added.empty()) parts.push_back(format_list(added) + " added");
  return base::join(parts, ", ");
}

std::vector<std::string> effect_lines(const std::vector<Effect>& effects) {
  std::vector<std::string> lines;
  for (const Effect& effect : effects) {
    switch (effect.kind) {
      case Kind::removed: lines.push_back(name_of_profile(effect) + " removed"); break;
      case Kind::changed: lines.push_back(describe(effect)); break;
      case Kind::renamed: lines.push_back(describe_renaming(effect)); break;
      case Kind::added: lines.push_back(name_of_profile(effect) + " added"); break;
    }
  }
  return lines;
}

std::string format_removals(const resolve::Removals& removals) {
  std::vector<std::string> names;
  for (const std::string& name : removals.profiles) {
    names.push_back(name.empty() ? "(no name)" : base::printable(name, name_characters_max));
  }
  const char* where = removals.from == resolve::Side::local ? "in the bucket" : "here";
  return std::to_string(names.size()) + " of " + base::count_of(removals.of, "profile") +
         " were removed " + where + ": " + format_list(names);
}

json::Value json_of(const std::vector<Effect>& effects) {
  json::Array list;
  for (const Effect& effect : effects) {
    list.emplace_back(json::Object{{"path", resolve::format_path(effect.path)},
                                   {"kind", name_of(effect.kind)},
                                   {"before", value_in(effect, effect.before)},
                                   {"after", value_in(effect, effect.after)}});
  }
  return list;
}

json::Value json_of(const resolve::Effects& effects) {
  return json::Object{{"local", json_of(effects.local)}, {"remote", json_of(effects.remote)}};
}

json::Value removed_json(const resolve::Effects& effects) {
  return json::Object{{"local", removed_in(effects.local)}, {"remote", removed_in(effects.remote)}};
}

}  // namespace start_claude::ui
