#include "json/parse.h"

#include <string>
#include <utility>

#include "json/scan.h"
#include "json/source.h"
#include "json/walker.h"

namespace start_claude::json {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Of a repeated name the last one counts, so every member is passed. False if the text is none
/// that scan() takes.
bool find_at(Walker& walker, std::span<const std::string_view> path,
             std::optional<std::string_view>& found) {
  found.reset();
  walker.skip_blanks();
  const std::size_t begin = walker.at();
  if (path.empty()) {
    if (!walker.skip_value()) return false;
    found = walker.from(begin);
    return true;
  }
  if (!walker.take('{')) return walker.skip_value();
  for (bool is_first = true; !walker.take('}'); is_first = false) {
    if (!is_first && !walker.take(',')) return false;
    walker.skip_blanks();
    const std::size_t name_begin = walker.at();
    if (!walker.skip_string()) return false;
    const bool is_wanted = is_name(walker.from(name_begin), path.front());
    if (!walker.take(':')) return false;
    if (is_wanted ? !find_at(walker, path.subspan(1), found) : !walker.skip_value()) return false;
  }
  return true;
}

}  // namespace

std::optional<Value> parse_at(std::string_view text, std::span<const std::string_view> path) {
  Walker walker(text);
  std::optional<std::string_view> found;
  if (!find_at(walker, path, found) || !found) return std::nullopt;
  auto parsed = parse(*found);
  if (auto* value = std::get_if<Value>(&parsed)) return std::move(*value);
  return std::nullopt;
}

std::variant<Value, SyntaxError> parse(std::string_view text) {
  return parse_shared(std::string(text));
}

std::variant<Value, SyntaxError> parse_shared(base::SharedText text) {
  const std::size_t start =
      text.view().starts_with(byte_order_mark) ? byte_order_mark.size() : std::size_t{0};
  auto scanned = scan(text.view().substr(start));
  if (auto* error = std::get_if<SyntaxError>(&scanned)) return std::move(*error);
  auto& [root, large] = std::get<Scanned>(scanned);
  const auto shift = [start](Extent& extent) {
    extent.begin += static_cast<std::uint32_t>(start);
    extent.end += static_cast<std::uint32_t>(start);
  };
  shift(root);
  if (start > 0) {
    for (Extent& extent : large) shift(extent);
  }
  const auto* source = new Source(std::move(text), std::move(large));
  return Value(*source, root.begin, root.end);
}

}  // namespace start_claude::json
