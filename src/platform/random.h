// Randomness, as a thing that is handed in: jitter, temporary names, tokens.
#pragma once

#include <cstdint>
#include <string>

namespace start_claude::platform {

class Random {
 public:
  virtual ~Random() = default;
  /// Uniform over all 64-bit values.
  virtual std::uint64_t next() = 0;
  /// Uniform in [0, bound); 0 for bound 0.
  std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : next() % bound; }
};

}  // namespace start_claude::platform
