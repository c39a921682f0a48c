// Holds a text against RFC 8259 in one pass, by simdjson, and notes where in it large arrays and
// objects end, so that whoever looks for one part need not read the others again.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace start_claude::json {

/// Offsets into a text; 32 bits, for no text of 4 GB is taken.
struct Extent {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

/// The arrays and objects of at least this many bytes are in Scanned::large: noting smaller ones
/// would take more memory than skipping them takes time.
inline constexpr std::uint32_t large_extent_min = 512;

struct Scanned {
  Extent root;                ///< the outermost value, without what is around it
  std::vector<Extent> large;  ///< by begin
};

/// Nothing if `text`, which is without a byte order mark, is not JSON: where and why is for
/// diagnose() to find. `spare` says how many bytes of memory after the text may be read as well,
/// whatever they hold: where they are fewer than simdjson reads at a time, the text is copied.
std::optional<Scanned> scan(std::string_view text, std::size_t spare);

}  // namespace start_claude::json
