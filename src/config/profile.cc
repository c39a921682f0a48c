#include "config/profile.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace start_claude::config {
namespace {

/// Members that stay in a tombstone: who it was, where it stood, and that it is gone.
constexpr std::array<std::string_view, 5> tombstone_members{"name", "id", "order", "isDeleted",
                                                            "deletedAt"};

/// A profile is one of many, of which this is all that is wanted: see json::Value::part.
std::optional<std::string> string_member(const json::Value& profile, std::string_view name) {
  const auto member = profile.part(name);
  const std::string* string = member ? member->as_string() : nullptr;
  return string != nullptr ? std::optional(*string) : std::nullopt;
}

}  // namespace

std::string name_of(const json::Value& profile) {
  return string_member(profile, "name").value_or("");
}

std::optional<std::string> id_of(const json::Value& profile) {
  auto id = string_member(profile, "id");
  return id && !id->empty() ? id : std::nullopt;
}

bool is_tombstone(const json::Value& profile) {
  const auto deleted = profile.part("isDeleted");
  return deleted && deleted->as_bool() != nullptr && *deleted->as_bool();
}

std::optional<UtcTime> deleted_at(const json::Value& profile) {
  const auto text = string_member(profile, "deletedAt");
  return text ? base::parse_time(*text) : std::nullopt;
}

json::Value tombstone_of(const json::Value& profile, UtcTime now) {
  json::Value tombstone = stripped_tombstone(profile);
  json::Object& object = *tombstone.as_object();
  object.set("isDeleted", true);
  if (!deleted_at(profile)) object.set("deletedAt", base::format_rfc3339(now));
  return tombstone;
}

json::Value stripped_tombstone(const json::Value& tombstone) {
  json::Object stripped;
  if (const json::Object* object = tombstone.as_object()) {
    for (const json::Member& member : object->members()) {
      const bool stays = std::find(tombstone_members.begin(), tombstone_members.end(),
                                   member.name) != tombstone_members.end();
      if (stays) stripped.set(member.name, member.value);
    }
  }
  return stripped;
}

}  // namespace start_claude::config
