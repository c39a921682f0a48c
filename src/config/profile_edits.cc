#include "config/profile_edits.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "config/header_lines.h"
#include "config/profile.h"

namespace start_claude::config {
namespace {

constexpr std::string_view is_default_name = "isDefault";
constexpr std::string_view order_name = "order";

json::Array& entries_of(json::Value& document) {
  if (document.as_object() == nullptr) document = json::Object{};
  json::Object& root = *document.as_object();
  json::Value* configs = root.find("configs");
  if (configs == nullptr || configs->as_array() == nullptr) {
    root.set("configs", json::Array{});
    configs = root.find("configs");
  }
  return *configs->as_array();
}

const json::Array* entries_in(const json::Value& document) {
  const json::Value* configs = document.find("configs");
  return configs != nullptr ? configs->as_array() : nullptr;
}

bool is_default(const json::Value& profile) {
  const json::Value* member = profile.find(is_default_name);
  return member != nullptr && member->as_bool() != nullptr && *member->as_bool();
}

std::optional<double> as_double(const json::Value& value) {
  const json::Number* number = value.as_number();
  if (number == nullptr) return std::nullopt;
  double result = 0;
  const char* end = number->spelling.data() + number->spelling.size();
  const auto read = std::from_chars(number->spelling.data(), end, result);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return result;
}

/// JavaScript has no other numbers than these.
bool is_same_double(const json::Value& a, const json::Value& b) {
  const auto first = as_double(a);
  return first && first == as_double(b);
}

std::vector<std::string> below(std::vector<std::string> path, std::string name) {
  path.push_back(std::move(name));
  return path;
}

std::vector<std::string> path_of(const json::Value& profile) {
  return {"configs", name_of(profile)};
}

void make_default(json::Array& entries, std::size_t index) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    json::Object* profile = entries[i].as_object();
    if (profile == nullptr || is_tombstone(entries[i])) continue;
    if (i == index) {
      profile->set(is_default_name, true);
    } else if (is_default(entries[i])) {
      profile->set(is_default_name, false);
    }
  }
}

/// The order of profiles is a number; without one it counts as 0, as in balance mode.
double order_of(const json::Value& profile) {
  const json::Value* order = profile.find(order_name);
  return order != nullptr ? as_double(*order).value_or(0) : 0;
}

bool is_name_taken(const json::Array& entries, std::string_view name) {
  return std::any_of(entries.begin(), entries.end(), [&](const json::Value& entry) {
    return !is_tombstone(entry) && base::equal_ignoring_case(name_of(entry), name);
  });
}

}  // namespace

json::Value patched(const json::Value& value, const json::Value& patch,
                    const std::vector<std::string>& path) {
  const json::Object* changes = patch.as_object();
  if (changes == nullptr) return is_same_double(patch, value) ? value : patch;
  if (auto headers = header_members(value.is_null() ? json::Value("") : value, path)) {
    auto after = patched_headers(*headers, *changes);
    return after == *headers ? value : json::Value(format_header_lines(after));
  }
  json::Object result = value.as_object() != nullptr ? *value.as_object() : json::Object{};
  for (const json::Member& change : changes->members()) {
    if (change.value.is_null()) {
      result.remove(change.name);
      continue;
    }
    const json::Value* before = result.find(change.name);
    result.set(change.name, patched(before != nullptr ? *before : json::Value{}, change.value,
                                    below(path, change.name)));
  }
  return result;
}

const json::Value* profile_at(const json::Value& document, std::size_t index) {
  const json::Array* entries = entries_in(document);
  if (entries == nullptr || index >= entries->size()) return nullptr;
  const json::Value& entry = (*entries)[index];
  return is_tombstone(entry) ? nullptr : &entry;
}

std::optional<std::size_t> find_profile(const json::Value& document, const json::Value& like) {
  const json::Array* entries = entries_in(document);
  if (entries == nullptr) return std::nullopt;
  const auto first = [&](auto matches) -> std::optional<std::size_t> {
    for (std::size_t i = 0; i < entries->size(); ++i) {
      if (!is_tombstone((*entries)[i]) && matches((*entries)[i])) return i;
    }
    return std::nullopt;
  };
  if (const auto id = id_of(like)) {
    const auto found = first([&](const json::Value& entry) { return id_of(entry) == id; });
    if (found) return found;
  }
  const std::string name = name_of(like);
  return first(
      [&](const json::Value& entry) { return base::equal_ignoring_case(name_of(entry), name); });
}

std::vector<std::size_t> profile_order(const json::Value& document) {
  std::vector<std::size_t> indexes;
  const json::Array* entries = entries_in(document);
  if (entries == nullptr) return indexes;
  for (std::size_t i = 0; i < entries->size(); ++i) {
    if (!is_tombstone((*entries)[i])) indexes.push_back(i);
  }
  std::stable_sort(indexes.begin(), indexes.end(), [&](std::size_t a, std::size_t b) {
    return order_of((*entries)[a]) < order_of((*entries)[b]);
  });
  return indexes;
}

json::Value with_profile_patched(json::Value document, std::size_t index,
                                 const json::Value& patch) {
  assert(profile_at(document, index) != nullptr);
  json::Value& entry = entries_of(document)[index];
  entry = patched(entry, patch, path_of(entry));
  return document;
}

json::Value with_profile_added(json::Value document, json::Value profile) {
  json::Array& entries = entries_of(document);
  const bool is_first = std::all_of(entries.begin(), entries.end(), is_tombstone);
  // One that comes with a mark of its own takes it from the others.
  const bool takes_default = is_first || is_default(profile);
  entries.push_back(std::move(profile));
  if (takes_default) make_default(entries, entries.size() - 1);
  return document;
}

json::Value with_profile_copied(json::Value document, std::size_t index, const ProfileCopy& copy) {
  assert(profile_at(document, index) != nullptr);
  json::Array& entries = entries_of(document);
  json::Value added = entries[index];
  added.as_object()->remove(is_default_name);
  added.as_object()->set("name", copy.name);
  added.as_object()->set("id", copy.id);
  entries.insert(entries.begin() + static_cast<std::ptrdiff_t>(index) + 1, std::move(added));
  return document;
}

json::Value with_profile_deleted(json::Value document, std::size_t index, UtcTime now) {
  assert(profile_at(document, index) != nullptr);
  json::Array& entries = entries_of(document);
  const bool was_default = is_default(entries[index]);
  entries[index] = tombstone_of(entries[index], now);
  const auto order = profile_order(document);
  if (was_default && !order.empty()) make_default(entries, order.front());
  return document;
}

json::Value with_default_profile(json::Value document, std::size_t index) {
  assert(profile_at(document, index) != nullptr);
  make_default(entries_of(document), index);
  return document;
}

Result<json::Value> with_profiles_ordered(json::Value document,
                                          const std::vector<std::size_t>& indexes) {
  std::vector<std::size_t> places = profile_order(document);
  std::sort(places.begin(), places.end());
  std::vector<std::size_t> given = indexes;
  std::sort(given.begin(), given.end());
  if (given != places) {
    return Error{ErrorKind::usage, "the order must name every configuration exactly once"};
  }
  json::Array& entries = entries_of(document);
  const json::Array before = entries;
  const bool has_order = std::any_of(places.begin(), places.end(), [&](std::size_t place) {
    return before[place].find(order_name) != nullptr;
  });
  for (std::size_t i = 0; i < places.size(); ++i) {
    json::Value& entry = entries[places[i]];
    entry = before[indexes[i]];
    const auto number = json::Value::integer(static_cast<long long>(i) + 1);
    if (has_order && entry.as_object() != nullptr) entry.as_object()->set(order_name, number);
  }
  return document;
}

std::string name_for_copy(const json::Value& document, std::string_view name) {
  const json::Array* entries = entries_in(document);
  const std::string wanted = std::string(name) + " copy";
  std::string candidate = wanted;
  for (int number = 2; entries != nullptr && is_name_taken(*entries, candidate); ++number) {
    candidate = wanted + " " + std::to_string(number);
  }
  return candidate;
}

}  // namespace start_claude::config
