// A text that was held against the grammar, as the values read from it share it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/shared_text.h"
#include "json/scan.h"

namespace start_claude::json {

struct Source {
  Source(base::SharedText of, std::vector<Extent> extents)
      : text(std::move(of)), large(std::move(extents)) {}

  base::SharedText text;
  std::vector<Extent> large;  ///< see scan()
  mutable std::atomic<std::size_t> owners{0};

  std::string_view bytes(Extent extent) const {
    return text.view().substr(extent.begin, extent.end - extent.begin);
  }
};

}  // namespace start_claude::json
