// Where every value of a JSON text stands in it: what a document looks like, not what it says.
//
// Numbered like the outline of the same document, so that a number names a value in both.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace start_claude::json {

/// Offsets into the text; 32 bits suffice because simdjson takes no text of 4 GB.
struct LayoutNode {
  std::uint32_t name_begin = 0;  ///< of a member: its name with the quotes; else same as `begin`
  std::uint32_t name_end = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t next = 0;  ///< the number of the first node that is not inside this one
};

using Layout = std::vector<LayoutNode>;

/// `text` must be one that parse() takes. Linear, without recursion.
Layout layout_of(std::string_view text);

/// The white space that ends just before `at`, or starts there.
std::string_view gap_before(std::string_view text, std::size_t at);
std::string_view gap_after(std::string_view text, std::size_t at);

}  // namespace start_claude::json
