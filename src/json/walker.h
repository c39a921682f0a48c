// Walks over a JSON text from token to token and past whole values, without looking into them.
//
// Safe on any bytes: false, and nothing, mean that the text is not what was expected.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "json/scan.h"

namespace start_claude::json {

class Walker {
 public:
  /// Starts after the byte order mark, if there is one.
  explicit Walker(std::string_view text);
  /// Starts at `at`; past what is in `large` it jumps.
  Walker(std::string_view text, std::size_t at, const std::vector<Extent>& large);

  std::size_t at() const { return at_; }
  std::string_view from(std::size_t begin) const { return text_.substr(begin, at_ - begin); }

  void skip_blanks();
  /// Passes `expected`, and blanks before it, if it is next.
  bool take(char expected);
  bool skip_string();
  bool skip_value();
  bool is_at_end();

 private:
  bool skip_container();
  bool jump();

  std::string_view text_;
  std::size_t at_ = 0;
  const std::vector<Extent>* large_ = nullptr;
};

/// Where one part of an array or object stands in a text. A name is with its quotes; that of an
/// element is empty, and where the element begins.
struct TextPart {
  Extent name;
  Extent value;
};

/// Calls `take(TextPart)` for each part of the array or object that begins at `at`, which must be
/// one that scan() took.
template <class Take>
void for_each_part(std::string_view text, std::size_t at, const std::vector<Extent>& large,
                   Take take) {
  const auto offset = [](std::size_t place) { return static_cast<std::uint32_t>(place); };
  const bool is_object = text[at] == '{';
  Walker walker(text, at + 1, large);
  while (!walker.take(is_object ? '}' : ']')) {
    (void)walker.take(',');
    walker.skip_blanks();
    TextPart part{{offset(walker.at()), offset(walker.at())}, {}};
    if (is_object) {
      if (!walker.skip_string()) return;
      part.name.end = offset(walker.at());
      (void)walker.take(':');
      walker.skip_blanks();
    }
    part.value.begin = offset(walker.at());
    if (!is_object) part.name = {part.value.begin, part.value.begin};
    if (!walker.skip_value()) return;
    part.value.end = offset(walker.at());
    take(part);
  }
}

/// Whether a name with its quotes, escapes in it perhaps, is `name`.
bool is_name(std::string_view quoted, std::string_view name);

}  // namespace start_claude::json
