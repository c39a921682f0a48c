#include "json/member_text.h"

#include "json/walker.h"

namespace start_claude::json {

std::optional<std::string> with_member_text(std::string_view text, std::string_view name,
                                            std::string_view value) {
  Walker walker(text);
  if (!walker.take('{')) return std::nullopt;
  std::string changed;
  std::size_t copied = 0;
  bool is_first = true;
  while (!walker.take('}')) {
    if (!is_first && !walker.take(',')) return std::nullopt;
    is_first = false;
    walker.skip_blanks();
    const std::size_t name_begin = walker.at();
    if (!walker.skip_string()) return std::nullopt;
    const bool is_wanted = is_name(walker.from(name_begin), name);
    if (!walker.take(':')) return std::nullopt;
    walker.skip_blanks();
    const std::size_t value_begin = walker.at();
    if (!walker.skip_value()) return std::nullopt;
    if (!is_wanted) continue;
    changed.append(text.substr(copied, value_begin - copied)).append(value);
    copied = walker.at();
  }
  if (copied == 0 || !walker.is_at_end()) return std::nullopt;
  changed.append(text.substr(copied));
  return changed;
}

}  // namespace start_claude::json
