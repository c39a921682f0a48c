#include "json_mutation.h"

#include <array>
#include <utility>

#include "json/write.h"
#include "property.h"

namespace start_claude::fuzz {
namespace {

constexpr std::array<std::string_view, 16> names{
    "configs", "name",     "id",     "isDefault", "isDeleted", "deletedAt", "order",   "env",
    "apiKey",  "settings", "s3Sync", "version",   "enabled",   "bucket",    "headers", "x"};

constexpr std::array<std::string_view, 16> values{"null",
                                                  "true",
                                                  "false",
                                                  "1",
                                                  "1.0",
                                                  "\"a\"",
                                                  "\"A\"",
                                                  "\"b\"",
                                                  "[]",
                                                  "{}",
                                                  "\"\"",
                                                  "[{}]",
                                                  "1e400",
                                                  "[\"p\",\"q\"]",
                                                  "\"2026-11-22T08:14:03.250Z\"",
                                                  "{\"name\":\"a\",\"isDefault\":true}"};

}  // namespace

std::vector<std::string> JsonMutation::mutate(const std::vector<std::string_view>& texts) {
  std::vector<std::string> mutated(texts.begin(), texts.end());
  for (const std::string_view text : texts) {
    if (const auto value = value_of(text)) collect(*value);
  }
  if (texts.size() > 1 && chance(4)) mutated[below(texts.size())] = texts[below(texts.size())];
  for (std::size_t edits = 1 + below(4); edits > 0; --edits) {
    std::string& text = mutated[below(mutated.size())];
    auto value = value_of(text);
    if (!value) continue;
    edit(*value);
    text = chance(3) ? json::write_compact(*value) : json::write_over(text, *value);
  }
  return mutated;
}

void JsonMutation::collect(const json::Value& value) {
  constexpr std::size_t parts_max = 64;
  constexpr std::size_t part_bytes_max = 512;
  if (parts_.size() >= parts_max) return;
  if (json::write_compact(value).size() <= part_bytes_max) parts_.push_back(value);
  if (const json::Array* array = value.as_array()) {
    for (const json::Value& element : *array) collect(element);
  }
  if (const json::Object* object = value.as_object()) {
    for (const json::Member& member : object->members()) collect(member.value);
  }
}

json::Value JsonMutation::any_part() {
  if (!parts_.empty() && chance(2)) return parts_[below(parts_.size())];
  return *value_of(values[below(values.size())]);
}

void JsonMutation::edit(json::Value& value) {
  json::Array* array = value.as_array();
  json::Object* object = value.as_object();
  if (array != nullptr && !array->empty() && !chance(4))
    return edit((*array)[below(array->size())]);
  if (object != nullptr && !object->empty() && !chance(4)) {
    return edit(object->members()[below(object->size())].value);
  }
  if (array != nullptr) return edit_array(*array);
  if (object != nullptr) return edit_object(*object);
  value = any_part();
}

void JsonMutation::edit_array(json::Array& array) {
  const auto place = static_cast<std::ptrdiff_t>(below(array.size() + 1));
  if (array.empty() || chance(3)) {
    array.insert(array.begin() + place, any_part());
    return;
  }
  const std::size_t one = below(array.size());
  if (chance(2)) {
    std::swap(array[one], array[below(array.size())]);
  } else {
    array.erase(array.begin() + static_cast<std::ptrdiff_t>(one));
  }
}

void JsonMutation::edit_object(json::Object& object) {
  auto& members = object.members();
  const std::string name(names[below(names.size())]);
  if (members.empty() || chance(3)) {
    object.set(name, any_part());
    return;
  }
  const std::size_t one = below(members.size());
  switch (below(4)) {
    case 0: members[one].name = name; return;
    case 1: std::swap(members[one], members[below(members.size())]); return;
    case 2: {
      json::Member copy = members[one];
      members.push_back(std::move(copy));
      return;
    }
    default: members.erase(members.begin() + static_cast<std::ptrdiff_t>(one));
  }
}

}  // namespace start_claude::fuzz
