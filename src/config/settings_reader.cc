#include "config/settings_reader.h"

#include <charconv>

#include "base/text.h"

namespace start_claude::config {
namespace {

bool is_absent(const json::Value* member) {
  if (member == nullptr || member->is_null()) return true;
  const std::string* text = member->as_string();
  return text != nullptr && base::trim(*text).empty();
}

/// The text of a string or the spelling of a number.
std::optional<std::string_view> spelling_of(const json::Value& member) {
  if (const std::string* text = member.as_string()) return base::trim(*text);
  if (const json::Number* number = member.as_number()) return number->spelling;
  return std::nullopt;
}

}  // namespace

std::optional<std::string> SettingsReader::text(std::string_view name) {
  const json::Value* member = object_.find(name);
  if (is_absent(member)) return std::nullopt;
  if (const auto spelling = spelling_of(*member)) return std::string(*spelling);
  complain(name, "is not a text");
  return std::nullopt;
}

std::optional<bool> SettingsReader::truth(std::string_view name) {
  const json::Value* member = object_.find(name);
  if (is_absent(member)) return std::nullopt;
  if (const bool* value = member->as_bool()) return *value;
  if (const std::string* text = member->as_string()) {
    if (base::equal_ignoring_case(base::trim(*text), "true")) return true;
    if (base::equal_ignoring_case(base::trim(*text), "false")) return false;
  }
  complain(name, "is neither true nor false");
  return std::nullopt;
}

std::optional<long long> SettingsReader::number(std::string_view name, Bounds bounds) {
  const json::Value* member = object_.find(name);
  if (is_absent(member)) return std::nullopt;
  if (const auto spelling = spelling_of(*member)) {
    double value = 0;
    const char* end = spelling->data() + spelling->size();
    const auto read = std::from_chars(spelling->data(), end, value);
    if (read.ec == std::errc() && read.ptr == end && value == value) {
      if (value <= static_cast<double>(bounds.min)) return bounds.min;
      if (value >= static_cast<double>(bounds.max)) return bounds.max;
      return static_cast<long long>(value);
    }
  }
  complain(name, "is not a number");
  return std::nullopt;
}

void SettingsReader::complain(std::string_view name, std::string_view what) {
  if (!complaint_) complaint_ = std::string(name) + " " + std::string(what);
}

}  // namespace start_claude::config
