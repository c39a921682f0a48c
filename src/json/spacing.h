// The white space of one array or object, and what is customary in a whole text.
//
// What is new in a document takes the spacing of its neighbours; where it has none, the customs of
// the document; where that has none, those of write_pretty().
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/layout.h"

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

/// Each custom is taken from the first place in `text` that shows it. Linear.
Customs customs_of(std::string_view text, const Layout& layout);

/// The spacing of the container `parent`, whose children (at least one) are the nodes `children`:
/// the most frequent lead, trail and colon where one prevails.
Spacing spacing_of(std::string_view text, const Layout& layout, std::size_t parent,
                   const std::vector<std::size_t>& children, const Customs& customs);

/// The spacing of a new container at `place`, an object if `opening_bracket` is '{'.
Spacing new_spacing(const Customs& customs, const Place& place, char opening_bracket);

}  // namespace start_claude::json
