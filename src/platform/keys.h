// Single keys of a person at the terminal, without Enter.
#pragma once

#include <optional>

namespace start_claude::platform {

class Keys {
 public:
  virtual ~Keys() = default;
  /// Readable (POLLIN) when a key was pressed; the same for as long as this lives.
  virtual int descriptor() const = 0;
  /// The next key that was pressed, without waiting; nothing if there is none.
  virtual std::optional<char> take() = 0;
};

}  // namespace start_claude::platform
