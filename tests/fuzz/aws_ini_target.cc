// The two INI files of the AWS tools, edited by hand and full of secrets.
//
// Input: the text of such a file.
#include "base/text.h"
#include "property.h"
#include "s3/ini_file.h"
#include "targets.h"

namespace start_claude::fuzz {
namespace {

std::string format_properties(const std::vector<s3::IniProperty>& properties,
                              const std::string& indentation) {
  std::string text;
  const std::string below = "\n" + indentation + "  ";
  for (const s3::IniProperty& property : properties) {
    // Without a blank: behind one, "#" would begin a comment.
    text += indentation + property.name + " =" + base::replace_all(property.value, "\n", below);
    text += "\n" + format_properties(property.nested, indentation + "  ");
  }
  return text;
}

std::string format_ini(const std::vector<s3::IniSection>& sections) {
  std::string text;
  for (const s3::IniSection& section : sections) {
    text += section.kind.empty() ? "[" + section.name
                                 : "[" + section.kind + " \"" + section.name + "\"";
    text += "]\n" + format_properties(section.properties, "");
  }
  return text;
}

void check_properties(const std::vector<s3::IniProperty>& properties) {
  for (const s3::IniProperty& property : properties) {
    if (property.name.empty()) broken("a property has a name");
    if (property.name != base::to_lower(property.name)) broken("names are lower case");
    if (base::trim(property.value) != property.value) broken("no blanks around a value");
    const auto found = s3::find_value(properties, property.name);
    if (found && found->empty()) broken("an empty value is none");
    check_properties(property.nested);
  }
}

/// Every letter another one: of the same shape, and with nothing of the secrets in it.
std::string disguised(std::string_view text) {
  std::string other(text);
  for (char& c : other) {
    if (c >= 'a' && c <= 'z') c = 'q';
    if (c >= 'A' && c <= 'Z') c = 'Q';
    if (c >= '0' && c <= '9') c = '7';
  }
  return other;
}

}  // namespace

void aws_ini(std::string_view input) {
  const auto sections = s3::parse_ini(input);
  if (!sections) {
    const auto other = s3::parse_ini(disguised(input));
    if (other || !(other.error() == sections.error())) {
      broken("an error shows nothing of the file", sections.error().message);
    }
    return;
  }
  for (const s3::IniSection& section : *sections) check_properties(section.properties);
  const std::string text = format_ini(*sections);
  const auto again = s3::parse_ini(text);
  if (!again) broken("what is formatted can be parsed: " + again.error().message, text);
  if (!(*again == *sections)) broken("a file is read back", text);
}

}  // namespace start_claude::fuzz
