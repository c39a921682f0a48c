#include "s3/signature_difference.h"

#include <algorithm>
#include <vector>

#include "base/secret.h"
#include "base/text.h"

namespace start_claude::s3 {
namespace {

constexpr std::size_t shown_max = 100;

/// Servers differ in how they end lines.
std::vector<std::string_view> lines_of(std::string_view text) {
  auto lines = base::split(text, '\n');
  for (auto& line : lines) {
    if (line.ends_with('\r')) line.remove_suffix(1);
  }
  return lines;
}

std::string shown(std::string_view line) {
  constexpr std::string_view token = "x-amz-security-token:";
  if (line.empty()) return "nothing";
  if (line.starts_with(token)) {
    return std::string(token) + base::mask(base::printable(line.substr(token.size()), shown_max));
  }
  return base::printable(line, shown_max);
}

}  // namespace

std::string explain_signature(std::string_view ours, std::string_view theirs) {
  const auto mine = lines_of(ours);
  const auto others = lines_of(theirs);
  const std::size_t count = std::max(mine.size(), others.size());
  const auto line_at = [](const auto& lines, std::size_t i) {
    return i < lines.size() ? lines[i] : std::string_view();
  };
  for (std::size_t i = 0; i < count; ++i) {
    const auto sent = line_at(mine, i);
    const auto seen = line_at(others, i);
    if (sent == seen) continue;
    return "line " + std::to_string(i + 1) + " of what is signed: here " + shown(sent) +
           ", at the server " + shown(seen);
  }
  return "the server signed the same text, so the secret access key is wrong";
}

}  // namespace start_claude::s3
