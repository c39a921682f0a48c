#include "json/members.h"

#include <algorithm>

namespace start_claude::json {

std::vector<const Member*> counting_members(const Object& object) {
  std::vector<const Member*> members;
  members.reserve(object.size());
  for (const Member& member : object.members()) members.push_back(&member);
  const auto by_name = [](const Member* a, const Member* b) {
    const int order = a->name.compare(b->name);
    return order != 0 ? order < 0 : a > b;  // the later one first: it is the one unique() keeps
  };
  std::sort(members.begin(), members.end(), by_name);
  const auto same_name = [](const Member* a, const Member* b) { return a->name == b->name; };
  members.erase(std::unique(members.begin(), members.end(), same_name), members.end());
  return members;
}

}  // namespace start_claude::json
