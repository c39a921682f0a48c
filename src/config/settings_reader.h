// Settings as several programs and people wrote them: read for what they mean, not how they are
// typed. A number may be quoted, a text may be a bare number, null and "" are absent.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "json/value.h"

namespace start_claude::config {

/// Reads one object and remembers the first member that cannot be what it should be. Its words name
/// the member, never the value.
class SettingsReader {
 public:
  explicit SettingsReader(const json::Object& object) : object_(object) {}

  /// Trimmed.
  std::optional<std::string> text(std::string_view name);
  /// true, false, or either of them quoted.
  std::optional<bool> truth(std::string_view name);
  /// Cut to an integer and brought into the bounds.
  struct Bounds {
    long long min;
    long long max;
  };
  std::optional<long long> number(std::string_view name, Bounds bounds);

  /// "bucket is not a text"; nothing if all that was read is as it should be.
  const std::optional<std::string>& complaint() const { return complaint_; }
  /// Complains about a member, unless about another one before.
  void complain(std::string_view name, std::string_view what);

 private:
  const json::Object& object_;
  std::optional<std::string> complaint_;
};

}  // namespace start_claude::config
