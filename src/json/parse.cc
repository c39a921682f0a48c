#include "json/parse.h"

#include <string>
#include <utility>

#include "base/text.h"
#include "json/diagnose.h"
#include "json/scan.h"
#include "json/source.h"
#include "json/walker.h"

namespace start_claude::json {
namespace {

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
  std::string copy;
  copy.reserve(text.size() + base::SharedText::spare_wanted);
  copy = text;
  return parse_shared(std::move(copy));
}

std::variant<Value, SyntaxError> parse_shared(base::SharedText text) {
  const std::string_view document = base::without_byte_order_mark(text);
  auto scanned = scan(document, text.spare());
  if (!scanned) {
    if (auto error = diagnose(document)) return *std::move(error);
    // Grammar is not what was wrong, then: no memory, or more than the 4 GB simdjson can index.
    return SyntaxError{1, 1, "too large"};
  }
  const auto start = static_cast<std::uint32_t>(text.size() - document.size());
  const auto shift = [start](Extent& extent) {
    extent.begin += start;
    extent.end += start;
  };
  shift(scanned->root);
  if (start > 0) {
    for (Extent& extent : scanned->large) shift(extent);
  }
  const auto* source = new Source(std::move(text), std::move(scanned->large));
  return Value(*source, scanned->root.begin, scanned->root.end);
}

}  // namespace start_claude::json
