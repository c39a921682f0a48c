// Questions to a person at a terminal.
//
// The prompt goes to stderr, the answer comes from stdin. End of input is "nobody answers" and is
// never taken for a default. Wrong answers are asked again.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "ui/console.h"

namespace start_claude::ui {

struct LineQuestion {
  std::string label;           ///< "Bucket name"
  std::string suggested = {};  ///< shown in brackets; Enter takes it
  bool required = true;        ///< an empty answer without a suggestion is asked again
};

class Prompt {
 public:
  explicit Prompt(Console& console) : console_(console) {}

  /// Trimmed.
  std::optional<std::string> line(const LineQuestion& question);
  /// Not echoed. With `keep`, Enter keeps what is stored and the answer is an empty secret.
  std::optional<Secret> secret(std::string_view label, bool keep);
  /// "Question? [Y/n]: ". Any spelling of yes and no.
  std::optional<bool> yes_or_no(std::string_view question, bool suggested);
  /// The index of the chosen key; `suggested` may be empty, then an answer is required.
  std::optional<std::size_t> choose(std::string_view question, const std::vector<std::string>& keys,
                                    std::string_view suggested);

 private:
  Console& console_;
};

}  // namespace start_claude::ui
