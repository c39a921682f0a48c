#include "resolve/merge_set.h"

#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "json/write.h"

namespace start_claude::resolve {
namespace {

/// The canonical text of each element: equal texts are equal elements. Nothing unless `value` is an
/// array of scalars, none of them twice.
std::optional<std::vector<std::string>> elements_of(const json::Value* value) {
  const json::Array* array = value != nullptr ? value->as_array() : nullptr;
  if (array == nullptr) return std::nullopt;
  std::vector<std::string> elements;
  std::unordered_set<std::string> seen;
  for (const json::Value& element : *array) {
    if (element.as_array() != nullptr || element.as_object() != nullptr) return std::nullopt;
    elements.push_back(json::write_canonical(element));
    if (!seen.insert(elements.back()).second) return std::nullopt;
  }
  return elements;
}

/// Whether `later` is `earlier` with elements put in between, and nothing else.
bool only_adds(const std::vector<std::string>& earlier, const std::vector<std::string>& later) {
  std::size_t found = 0;
  for (const std::string& element : later) {
    if (found < earlier.size() && element == earlier[found]) ++found;
  }
  return found == earlier.size();
}

}  // namespace

std::optional<json::Value> merge_sets(const Versions& field) {
  const auto local = elements_of(field.local);
  const auto remote = elements_of(field.remote);
  if (!local || !remote) return std::nullopt;
  bool was_set = false;
  for (std::size_t i = 0; i < field.ancestors.size(); ++i) {
    const auto ancestor = elements_of(field.ancestors[i]);
    if (!ancestor) continue;
    was_set = true;
    if (!only_adds(*ancestor, *local) || !only_adds(*ancestor, *remote)) return std::nullopt;
  }
  if (!was_set) return std::nullopt;
  const std::unordered_set<std::string> present(local->begin(), local->end());
  json::Array merged = *field.local->as_array();
  for (std::size_t i = 0; i < remote->size(); ++i) {
    if (present.count((*remote)[i]) == 0) merged.push_back((*field.remote->as_array())[i]);
  }
  return merged;
}

}  // namespace start_claude::resolve
