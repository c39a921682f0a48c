#include "platform/waiter.h"

#include <algorithm>

namespace start_claude::platform {

bool Awakening::has(Signal signal) const {
  return std::find(signals.begin(), signals.end(), signal) != signals.end();
}

}  // namespace start_claude::platform
