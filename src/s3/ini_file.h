// The INI dialect of ~/.aws/config and ~/.aws/credentials as a value.
//
// Follows "Shared config and credentials files" of the AWS SDKs and Tools Reference Guide, and
// botocore where that is silent: a line indented deeper than the property above it belongs to that
// property, so that a whole file may be indented. Pure; an error names the line, never its text,
// because these files are full of secrets.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace start_claude::s3 {

/// NAME = VALUE. A property without a value may have properties of its own, indented below it.
struct IniProperty {
  std::string name;  ///< lower case
  std::string value;
  std::vector<IniProperty> nested = {};
  bool operator==(const IniProperty&) const = default;
};

/// "[profile team]": the kind "profile" and the name "team"; "[team]" has no kind.
struct IniSection {
  std::string kind;
  std::string name;
  std::vector<IniProperty> properties = {};
  bool operator==(const IniSection&) const = default;
};

/// The value of the last property of that name; nothing if there is none, or if it is empty.
std::optional<std::string> find_value(const std::vector<IniProperty>& properties,
                                      std::string_view name);
/// What is nested below the property of that name; null if there is none.
const std::vector<IniProperty>* find_nested(const std::vector<IniProperty>& properties,
                                            std::string_view name);

/// Sections in the file's order; one that stands there twice comes twice. Lines end with LF or
/// CRLF; "=" or ":" ends a name; "#" and ";" begin a comment at a line's start or behind a blank.
/// The error is of kind not_configured: "line 7 is not NAME = VALUE".
Result<std::vector<IniSection>> parse_ini(std::string_view text);

}  // namespace start_claude::s3
