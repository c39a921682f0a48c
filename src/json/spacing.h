// The white space of one array or object, and what is customary in a whole text.
//
// What is new in a document takes the spacing of its neighbours; where it has none, the customs of
// the document; where that has none, those of write_pretty().
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "json/walker.h"

namespace start_claude::json {

struct Spacing {
  std::string opening;  ///< after the opening bracket
  std::string lead;     ///< before a part that is not the first
  std::string trail;    ///< after a part that is not the last, before its comma
  std::string closing;  ///< before the closing bracket
  std::string colon;    ///< from a name to its value, the colon included
};

/// Where a new part goes: on a line of its own with this indentation, or on its container's line.
struct Place {
  bool own_line = true;
  std::string indent = {};
};

/// Where parts go in a container with that spacing.
Place place_in(const Spacing& spacing);

struct Customs {
  std::string newline = "\n";
  std::string indent_unit = "  ";
  bool broken_root = true;      ///< the parts of the outermost value stand on lines of their own
  std::string comma_gap = " ";  ///< after a comma within a line
  std::string colon = ": ";
  std::string array_padding = {};  ///< inside the brackets of an array on one line
  std::string object_padding = {};
};

/// Each custom is taken from the first place in `text`, a JSON text, that shows it. Linear.
Customs customs_of(std::string_view text);

/// The spacing of the container at `place`, which has `parts` (at least one): the most frequent
/// lead, trail and colon where one prevails. `customs` is asked where the container does not tell.
Spacing spacing_of(std::string_view text, Extent place, const std::vector<TextPart>& parts,
                   const std::function<const Customs&()>& customs);

/// The spacing of a new container at `place`, an object if `opening_bracket` is '{'.
Spacing new_spacing(const Customs& customs, const Place& place, char opening_bracket);

/// The white space that ends just before `at`, or starts there.
std::string_view gap_before(std::string_view text, std::size_t at);
std::string_view gap_after(std::string_view text, std::size_t at);

}  // namespace start_claude::json
