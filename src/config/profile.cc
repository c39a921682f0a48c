#include "config/profile.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace start_claude::config {
namespace {

/// Members that stay in a tombstone: who it was, where it stood, and that it is gone.
constexpr std::array<std::string_view, 5> tombstone_members{"name", "id", "order", "isDeleted",
                                                            "deletedAt"};

const std::string* string_member(const json::Value& profile, std::string_view name) {
  const json::Value* member = profile.find(name);
  return member != nullptr ? member->as_string() : nullptr;
}

}  // namespace

std::string name_of(const json::Value& profile) {
  const std::string* name = string_member(profile, "name");
  return name != nullptr ? *name : "";
}

std::optional<std::string> id_of(const json::Value& profile) {
  const std::string* id = string_member(profile, "id");
  if (id == nullptr || id->empty()) return std::nullopt;
  return *id;
}

bool is_tombstone(const json::Value& profile) {
  const json::Value* deleted = profile.find("isDeleted");
  return deleted != nullptr && deleted->as_bool() != nullptr && *deleted->as_bool();
}

std::optional<UtcTime> deleted_at(const json::Value& profile) {
  const std::string* text = string_member(profile, "deletedAt");
  return text != nullptr ? base::parse_rfc3339(*text) : std::nullopt;
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
