#include "s3/ini_file.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace start_claude::s3 {
namespace {

constexpr std::string_view blanks = " \t";

Error error_in_line(std::size_t number, std::string_view what) {
  return {ErrorKind::not_configured, "line " + std::to_string(number) + ' ' + std::string(what)};
}

std::string_view without_comment(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    const bool begins = text[i] == '#' || text[i] == ';';
    if (begins && blanks.find(text[i - 1]) != std::string_view::npos) return text.substr(0, i);
  }
  return text;
}

std::string_view without_quotes(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == text.back() &&
                      (text.front() == '"' || text.front() == '\'');
  return quoted ? text.substr(1, text.size() - 2) : text;
}

/// From what stands between the brackets.
IniSection section_named(std::string_view inside) {
  inside = base::trim(inside);
  const auto blank = inside.find_first_of(blanks);
  if (blank == std::string_view::npos) return {.kind = "", .name = std::string(inside)};
  return {.kind = std::string(inside.substr(0, blank)),
          .name = std::string(without_quotes(base::trim(inside.substr(blank))))};
}

/// Values of which half is another value. A second line of one is its next property, indented.
constexpr auto single_line_properties = std::to_array<std::string_view>(
    {"aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_security_token",
     "region", "endpoint_url", "role_arn", "source_profile", "ca_bundle"});

bool has_one_line(std::string_view name) {
  return std::find(single_line_properties.begin(), single_line_properties.end(), name) !=
         single_line_properties.end();
}

class IniParser {
 public:
  Result<std::vector<IniSection>> parse(std::string_view text) {
    for (const std::string_view line : base::split(base::without_byte_order_mark(text), '\n')) {
      ++number_;
      auto done = take(line);
      if (!done) return std::move(done).error();
    }
    return std::move(sections_);
  }

 private:
  Result<base::Done> take(std::string_view line) {
    const std::string_view content = base::trim(line);
    if (content.empty() || content[0] == '#' || content[0] == ';') return base::Done{};
    const auto indent = static_cast<std::size_t>(content.data() - line.data());
    if (in_property_ && indent > indent_) return take_continuation(content);
    if (content[0] == '[') return take_section(content);
    return take_property(content, indent);
  }

  Result<base::Done> take_section(std::string_view content) {
    const auto end = content.find(']');
    if (end == std::string_view::npos) return error_in_line(number_, "has a [ without its ]");
    const std::string_view rest = base::trim(content.substr(end + 1));
    if (!rest.empty() && rest[0] != '#' && rest[0] != ';') {
      return error_in_line(number_, "goes on behind the ]");
    }
    sections_.push_back(section_named(content.substr(1, end - 1)));
    in_property_ = false;
    if (sections_.back().name.empty()) return error_in_line(number_, "names no section");
    return base::Done{};
  }

  Result<base::Done> take_property(std::string_view content, std::size_t indent) {
    if (sections_.empty()) return error_in_line(number_, "stands before any [section]");
    auto property = property_from(content);
    if (!property) return std::move(property).error();
    sections_.back().properties.push_back(*std::move(property));
    in_property_ = true;
    indent_ = indent;
    return base::Done{};
  }

  /// A nested property where the one above has no value, else one more line of that value.
  Result<base::Done> take_continuation(std::string_view content) {
    IniProperty& above = sections_.back().properties.back();
    if (!above.value.empty() && has_one_line(above.name)) {
      return error_in_line(number_, "is indented, which adds it to " + above.name + " above");
    }
    if (!above.value.empty()) {
      above.value.append(1, '\n').append(base::trim(without_comment(content)));
      return base::Done{};
    }
    auto property = property_from(content);
    if (!property) return std::move(property).error();
    above.nested.push_back(*std::move(property));
    return base::Done{};
  }

  Result<IniProperty> property_from(std::string_view content) const {
    // Whichever comes first, as the AWS CLI reads it.
    const auto equals = content.find_first_of("=:");
    const std::string_view name = base::trim(content.substr(0, equals));
    if (equals == std::string_view::npos || name.empty()) {
      return error_in_line(number_, "is not NAME = VALUE");
    }
    // With the "=", so that a comment right behind it has its blank: "name = # none".
    const std::string_view value = without_comment(content.substr(equals)).substr(1);
    return IniProperty{.name = base::to_lower(name), .value = std::string(base::trim(value))};
  }

  std::vector<IniSection> sections_;
  std::size_t number_ = 0;
  bool in_property_ = false;
  std::size_t indent_ = 0;  ///< of the property above
};

const IniProperty* find_last(const std::vector<IniProperty>& properties, std::string_view name) {
  const IniProperty* found = nullptr;
  for (const IniProperty& property : properties) {
    if (property.name == name) found = &property;
  }
  return found;
}

}  // namespace

std::optional<std::string> find_value(const std::vector<IniProperty>& properties,
                                      std::string_view name) {
  const IniProperty* found = find_last(properties, name);
  if (found == nullptr || found->value.empty()) return std::nullopt;
  return found->value;
}

const std::vector<IniProperty>* find_nested(const std::vector<IniProperty>& properties,
                                            std::string_view name) {
  const IniProperty* found = find_last(properties, name);
  return found != nullptr ? &found->nested : nullptr;
}

Result<std::vector<IniSection>> parse_ini(std::string_view text) { return IniParser().parse(text); }

}  // namespace start_claude::s3
