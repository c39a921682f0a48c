// The two sides of a platform::FileResult, by name.
#pragma once

#include <variant>

#include "platform/filesystem.h"

namespace start_claude::server {

/// Null if the operation succeeded.
template <class T>
const platform::FileFailure* failure_of(const platform::FileResult<T>& result) {
  return std::get_if<platform::FileFailure>(&result);
}

/// Precondition: failure_of(result) is null.
template <class T>
const T& value_of(const platform::FileResult<T>& result) {
  return *std::get_if<T>(&result);
}
template <class T>
T& value_of(platform::FileResult<T>& result) {
  return *std::get_if<T>(&result);
}

}  // namespace start_claude::server
