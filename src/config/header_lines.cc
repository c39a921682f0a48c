#include "config/header_lines.h"

#include <algorithm>

#include "base/text.h"
#include "json/write.h"

namespace start_claude::config {
namespace {

auto find_header(std::vector<HeaderLine>& headers, std::string_view name) {
  return std::find_if(headers.begin(), headers.end(), [&](const HeaderLine& header) {
    return base::equal_ignoring_case(header.name, name);
  });
}

bool has_names_of_their_own(std::vector<HeaderLine> headers) {
  return std::all_of(headers.begin(), headers.end(), [&](const HeaderLine& header) {
    return !header.name.empty() && &*find_header(headers, header.name) == &header;
  });
}

}  // namespace

std::optional<std::vector<HeaderLine>> parse_header_lines(std::string_view text) {
  std::vector<HeaderLine> headers;
  for (const std::string_view line : base::split(text, '\n')) {
    if (base::trim(line).empty()) continue;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    headers.push_back({std::string(base::trim(line.substr(0, colon))),
                       std::string(base::trim(line.substr(colon + 1)))});
  }
  return headers;
}

std::string format_header_lines(const std::vector<HeaderLine>& headers) {
  std::vector<std::string> lines;
  for (const HeaderLine& header : headers) lines.push_back(header.name + ": " + header.value);
  return base::join(lines, "\n");
}

std::optional<std::vector<HeaderLine>> header_members(const json::Value& value,
                                                      const std::vector<std::string>& path) {
  const bool is_place = path.size() == 3 && path[0] == "configs" && path[2] == "customHeaders";
  const std::string* text = value.as_string();
  // An object may be written into the text, too: {"Name": "value"}.
  if (!is_place || text == nullptr || base::trim(*text).starts_with('{')) return std::nullopt;
  auto headers = parse_header_lines(*text);
  if (!headers || !has_names_of_their_own(*headers)) return std::nullopt;
  return headers;
}

std::vector<HeaderLine> patched_headers(std::vector<HeaderLine> headers,
                                        const json::Object& changes) {
  for (const json::Member& change : changes.members()) {
    const auto found = find_header(headers, change.name);
    if (change.value.is_null()) {
      if (found != headers.end()) headers.erase(found);
      continue;
    }
    const std::string* text = change.value.as_string();
    const std::string value = text != nullptr ? *text : json::write_compact(change.value);
    if (found != headers.end()) {
      found->value = value;
    } else {
      headers.push_back({change.name, value});
    }
  }
  return headers;
}

}  // namespace start_claude::config
