// Header lines in one text, as `customHeaders` of a profile has them: "Name: value", one a line.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

namespace start_claude::config {

struct HeaderLine {
  std::string name;
  std::string value;
  bool operator==(const HeaderLine&) const = default;
};

/// The headers in their order, blanks around names and values gone, empty lines left out; nothing
/// if a line has no colon. Names and values are not checked.
std::optional<std::vector<HeaderLine>> parse_header_lines(std::string_view text);
std::string format_header_lines(const std::vector<HeaderLine>& headers);

/// The same of the value at `path`, if that is a profile's `customHeaders` and a text whose headers
/// can be told apart: every line is one, and no name comes twice. Then each header counts as a
/// member of its own.
std::optional<std::vector<HeaderLine>> header_members(const json::Value& value,
                                                      const std::vector<std::string>& path);

/// The headers with the object of changes applied: null removes one, anything else sets it. Names
/// match without regard to case.
std::vector<HeaderLine> patched_headers(std::vector<HeaderLine> headers,
                                        const json::Object& changes);

}  // namespace start_claude::config
